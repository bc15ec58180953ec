"""A store of its own for every test, runs in it, and the pages opened on it."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.data.arrays import pack_weights
from mnist_core.store import EpochRecord, Run, RunStatus, Store
from pages.services import server
from pages.services.datasets import run_dataset
from pages.session import browser, person
from pages.views.frame import who
from pages.views.join import place
from tests.app.page_helpers import PATIENCE, SAMPLE, nearest_mean

NAVIGATION = Path(__file__).resolve().parents[2] / "pages" / "navigation.py"


@pytest.fixture(scope="session", autouse=True)
def _installed_packages_are_searched_once() -> Iterator[None]:
    """Each AppTest looks through all that is installed for components, which takes 0.2 s."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def store(tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    file = shutil.copy(empty_store, tmp_path / "runs.db")
    monkeypatch.setenv("MNIST_STORE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("MNIST_OFFLINE", "1")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_PATH", raising=False)
    cached = (
        server.get_store,
        server.get_shelf,
        server.get_tsne_queue,
        server.get_wrong_variables,
        run_dataset,
    )
    for each in cached:
        each.cache_clear()
    yield server.get_store()
    server.get_tsne_queue().close()
    server.get_store().close()


@pytest.fixture
def sit_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the pages run as the browser of this token, "laptop" at first: AppTest has no cookies."""

    def sit_at(token: str) -> None:
        for module in (browser, person, who, place):
            monkeypatch.setattr(module, "browser_token", lambda: token)

    sit_at("laptop")
    return sit_at


@pytest.fixture
def open_page(store: Store) -> Callable[..., AppTest]:
    def open_page(path: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(NAVIGATION), default_timeout=PATIENCE)
        app.query_params.update(query)
        if path in ("inside", "teaching"):  # not their addresses: those are known after a run
            app.run()
        return (app.switch_page(f"{path}.py") if path else app).run()

    return open_page


@pytest.fixture
def finished(store: Store) -> Run:
    """A run of two epochs with made-up numbers, written as a worker writes them."""
    dataset = load_mnist("sample")
    store.save_dataset(dataset)
    run = store.create_run(
        TrainingConfig(layers=(16,), epochs=2),
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        expected_accuracy=0.9,
        training_digits=3600,
        lease_seconds=60,
    )
    for epoch, accuracy in enumerate((0.8, 0.9)):
        record = EpochRecord(
            epoch=epoch,
            accuracy=accuracy,
            loss=0.5,
            val_accuracy=accuracy,
            val_loss=0.6,
            seconds=1.0,
        )
        store.record(run.claim, epoch=record, summary="Model: digit_reader", device="CPU")
    store.finish(run.claim, RunStatus.FINISHED, test_accuracy=0.875, test_loss=0.5, model=b"PK")
    return store.get_run(run.id)


@pytest.fixture
def add_run(store: Store) -> Callable[..., Run]:
    """Put a run into the store as a worker leaves it."""

    def add_run(weights: list[np.ndarray] | None = None) -> Run:
        store.save_dataset(SAMPLE)
        run = store.create_run(
            TrainingConfig(layers=(), epochs=1),
            dataset_digest=SAMPLE.digest,
            dataset_name=SAMPLE.name,
            lease_seconds=60,
        )
        if weights is not None:
            store.record(run.claim, snapshot=(0, pack_weights(weights)))
        store.finish(run.claim, RunStatus.STOPPED)
        return store.get_run(run.id)

    return add_run


@pytest.fixture
def upload(open_page, add_run) -> Callable[..., AppTest]:
    """Open the page in the way Upload and choose a file."""

    def upload(data: bytes, name: str = "digits.png", kind: str = "image/png") -> AppTest:
        add_run(nearest_mean())
        app = open_page("draw")
        app.segmented_control(key="way").set_value("Upload").run()
        app.file_uploader(key="picture").set_value((name, data, kind)).run()
        assert not app.exception
        return app

    return upload
