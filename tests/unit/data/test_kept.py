"""Digits kept in a folder: those used last, and nothing where nothing can be written."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from mnist_core.data import Arrays, Dataset
from mnist_core.data.kept import MOST_KEPT, keep, load_kept


def dataset(number: int) -> Dataset:
    images, labels = np.full((1, 28, 28), number, np.uint8), np.zeros(1, np.uint8)
    return Dataset.from_arrays(
        Arrays(images, labels, images, labels), name=f"{number}", source="from a test"
    )


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    for number in range(MOST_KEPT):
        keep(tmp_path, dataset(number))
        os.utime(tmp_path / f"{dataset(number).digest}.npz", (number, number))
    assert load_kept(tmp_path, dataset(0).digest).name == "0"  # used now
    keep(tmp_path, dataset(MOST_KEPT))
    assert load_kept(tmp_path, dataset(1).digest) is None
    assert load_kept(tmp_path, dataset(0).digest) is not None
    assert len([*tmp_path.iterdir()]) == MOST_KEPT


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    keep(file, dataset(1))
    assert load_kept(file, dataset(1).digest) is None
