"""An archive of one run, and an empty store for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_core.data import Dataset, load_mnist
from mnist_core.export import archive_bytes
from mnist_core.store import Run, Store
from tests.unit.export.export_helpers import finished_run


@pytest.fixture(scope="session")
def sample() -> Dataset:
    return load_mnist("sample")


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory, sample: Dataset) -> tuple[Run, bytes]:
    """A run and its archive; its digits are those of the program."""
    folder = tmp_path_factory.mktemp("first")
    with Store(f"sqlite:///{folder / 'first.db'}") as first:
        run = finished_run(first, sample)
        return run, archive_bytes(first, [run.id])


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'other.db'}") as opened:
        yield opened
