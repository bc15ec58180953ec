"""Digits kept in a folder under their digest, so that they cross the network once only.

Knows nothing of where they come from.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from mnist_core.data.arrays import BROKEN
from mnist_core.data.dataset import Arrays, Dataset

MOST_KEPT: Final = 8
"""Data sets in the folder, those used last: MNIST takes 55 MB."""

_WORDS: Final = ("name", "source", "licence")


def load_kept(folder: Path, digest: str) -> Dataset | None:
    """Return a kept data set, its digest checked.

    Returns:
        None where there is none, or where its file is no longer what was kept: it is deleted then.
    """
    path = _path(folder, digest)
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = Arrays(*(file[name] for name in Arrays._fields))
            name, source, licence = (str(file[key]) for key in _WORDS)
        if arrays.digest() == digest:
            path.touch()
            return Dataset(*arrays, name=name, digest=digest, source=source, licence=licence)
    except FileNotFoundError:
        return None
    except (*BROKEN, KeyError):
        pass
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    return None


def keep(folder: Path, dataset: Dataset) -> None:
    """Keep a data set, whole or not at all, and forget those not used for longest.

    A disk that is full or may not be written keeps nothing: the next time they are fetched again.
    Safe for several processes at once.
    """
    parts = {name: getattr(dataset, name) for name in (*Arrays._fields, *_WORDS)}
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as place:
            written = Path(place) / "digits.npz"
            np.savez(written, **parts)
            written.replace(_path(folder, dataset.digest))
        kept = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MOST_KEPT]:
            path.unlink(missing_ok=True)


def _path(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.npz"
