"""A few real digits, a store and runs in it; and a switch for what must do without TensorFlow."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from mnist_core.config import TrainingConfig
from mnist_core.data import Arrays, Dataset, load_mnist
from mnist_core.store import Run, Store

settings.register_profile("busy", deadline=None)  # a machine that does much else is slow, not wrong
settings.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without-tensorflow", action="store_true", help="let no test import TensorFlow"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("without_tensorflow"):
        for name in ("keras", "tensorflow"):
            sys.modules[name] = None  # to import it raises ModuleNotFoundError


@pytest.fixture(scope="session")
def tiny() -> Dataset:
    """500 real digits: 360 to train on, 40 to validate with, 100 to test with."""
    sample = load_mnist("sample")
    arrays = Arrays(
        sample.x_train[:400], sample.y_train[:400], sample.x_test[:100], sample.y_test[:100]
    )
    return Dataset.from_arrays(arrays, name="tiny.npz", source="from a test")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them: opening a copy takes no migration."""
    file = tmp_path_factory.mktemp("empty") / "mnist.db"
    Store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[Store]:
    file = shutil.copy(empty_store, tmp_path / "mnist.db")
    with Store(f"sqlite:///{file}") as opened:
        yield opened


@pytest.fixture
def start(store: Store, tiny: Dataset) -> Callable[..., Run]:
    """Create runs that this process has claimed."""

    def create(config: TrainingConfig, **settings: Any) -> Run:
        store.save_dataset(tiny)
        return store.create_run(
            config,
            dataset_digest=tiny.digest,
            dataset_name=tiny.name,
            training_digits=360,
            lease_seconds=60,
            **settings,
        )

    return create
