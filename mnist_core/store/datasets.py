"""Data sets in the store, each kept once, so that any worker anywhere trains on the same digits."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import sqlalchemy as sa

from mnist_core.data import Arrays, Dataset
from mnist_core.data.kept import keep, load_kept
from mnist_core.errors import StoreError
from mnist_core.store.engine import insert_if_new
from mnist_core.store.part import StorePart
from mnist_core.store.schema import datasets

# Level 1 packs MNIST to a fifth in half a second; level 9 takes ten times as long for little more.
_COMPRESSION: Final = 1


class DatasetPart(StorePart):
    """Saving and loading data sets by their digest."""

    def save_dataset(self, dataset: Dataset) -> None:
        """Keep a data set, unless one with this digest is kept already."""
        if self.has_dataset(dataset.digest):
            return
        packed = _pack(dataset)
        with self._database.write() as connection:
            insert_if_new(
                connection,
                datasets,
                {"digest": dataset.digest},
                {name: getattr(dataset, name) for name in ("name", "source", "licence")}
                | {"arrays": packed},
            )

    def has_dataset(self, digest: str) -> bool:
        """Check whether a data set is kept, without reading its arrays."""
        query = sa.select(datasets.c.digest).where(datasets.c.digest == digest)
        return self._value(query) is not None

    def load_dataset(self, digest: str) -> Dataset:
        """Return a kept data set, its digest checked.

        Raises:
            StoreError: there is none with this digest, or its arrays are no longer those that
                were saved.
        """
        rows = self._rows(sa.select(datasets).where(datasets.c.digest == digest))
        if not rows:
            raise StoreError("The store does not have the digits of this run.")
        name, source, licence = rows[0].name, rows[0].source, rows[0].licence
        try:
            arrays = _unpack(rows[0].arrays)
        except (zlib.error, zipfile.BadZipFile, ValueError, KeyError, OSError) as error:
            raise _damaged(name) from error
        if arrays.digest() != digest:
            raise _damaged(name)
        return Dataset(*arrays, name=name, digest=digest, source=source, licence=licence)

    def load_dataset_once(self, digest: str, folder: Path) -> Dataset:
        """Return a kept data set; from PostgreSQL it is read once, and then from a folder.

        Args:
            digest: names it; what is in the folder is checked against it.
            folder: on a disk of this computer.

        Raises:
            StoreError: as from ``load_dataset``.
        """
        if self._database.is_file:
            return self.load_dataset(digest)
        dataset = load_kept(folder, digest)
        if dataset is None:
            dataset = self.load_dataset(digest)
            keep(folder, dataset)
        return dataset


def check_dataset(connection: sa.Connection, digest: str) -> None:
    """Make sure that a data set is kept.

    Raises:
        StoreError: it is not.
    """
    query = sa.select(datasets.c.digest).where(datasets.c.digest == digest)
    if connection.execute(query).first() is None:
        raise StoreError("The store does not have the digits for this run. Load the data again.")


def _damaged(name: str) -> StoreError:
    return StoreError(f"The digits of “{name}” in the store are damaged. Load the data again.")


def _pack(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **{name: getattr(dataset, name) for name in Arrays._fields})
    return zlib.compress(buffer.getbuffer(), _COMPRESSION)


def _unpack(packed: bytes) -> Arrays:
    with np.load(io.BytesIO(zlib.decompress(packed)), allow_pickle=False) as file:
        return Arrays(**{name: file[name] for name in Arrays._fields})
