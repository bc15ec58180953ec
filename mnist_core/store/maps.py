"""Maps of digits that took long to draw: kept for everybody who looks at the same."""

from __future__ import annotations

import sqlalchemy as sa

from mnist_core.store.datasets import check_dataset
from mnist_core.store.engine import upsert
from mnist_core.store.part import StorePart
from mnist_core.store.records import MapSubject
from mnist_core.store.rows import find_run
from mnist_core.store.schema import blobs, pixel_maps


class MapPart(StorePart):
    """Saving and loading maps. That of a layer goes with its run, that of pixels stays."""

    def save_map(self, subject: MapSubject, data: bytes) -> None:
        """Keep a map; an earlier one of the same is replaced.

        Raises:
            RunNotFoundError: the run has been deleted meanwhile; nothing is kept.
            StoreError: the data set is not in the store.
        """
        with self._database.write() as connection:
            if subject.run_id is None:
                check_dataset(connection, subject.dataset_digest)
                keys = {"dataset_digest": subject.dataset_digest}
                upsert(connection, pixel_maps, keys, {"data": data})
            else:
                find_run(connection, subject.run_id, lock=True)
                upsert(connection, blobs, _blob_keys(subject), {"data": data})

    def load_map(self, subject: MapSubject) -> bytes | None:
        """Load a map; None where there is none yet."""
        if subject.run_id is None:
            query = sa.select(pixel_maps.c.data).where(
                pixel_maps.c.dataset_digest == subject.dataset_digest
            )
        else:
            query = sa.select(blobs.c.data).where(
                *(blobs.c[name] == value for name, value in _blob_keys(subject).items())
            )
        data: bytes | None = self._value(query)
        return data


def _blob_keys(subject: MapSubject) -> dict[str, str | int | None]:
    return {"run_id": subject.run_id, "kind": f"map-{subject.layer}", "epoch": subject.epoch}
