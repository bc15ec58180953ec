"""The claim is kept alive, and wishes arrive, however long the training is silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import StoreError
from mnist_core.logs.lines import LineFormatter, about_run
from mnist_core.store import LEASE_SECONDS, Run, Store
from mnist_core.training import supervisor as supervising
from mnist_core.training.supervisor import Supervisor

Start = Callable[..., Run]


@pytest.fixture(autouse=True)
def _orders_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "ORDERS_EVERY", 0.01)


def test_the_supervisor_renews_the_lease_while_a_batch_takes_long(
    tiny: Dataset, tmp_path: Path
) -> None:
    now = [1000.0]
    with Store(f"sqlite:///{tmp_path / 'mnist.db'}", clock=lambda: now[0]) as store:
        store.save_dataset(tiny)
        run = store.create_run(
            TrainingConfig(),
            dataset_digest=tiny.digest,
            dataset_name=tiny.name,
            lease_seconds=LEASE_SECONDS,
        )
        with Supervisor(store, run.claim) as supervisor:
            for _ in range(3):
                now[0] += 0.9 * LEASE_SECONDS
                for _ in range(2):  # the first may have looked at the clock just before
                    orders = supervisor.orders
                    while supervisor.orders is orders:
                        supervisor.wait(0.01)
                assert store.expire_leases() == []
            supervisor.check()
        now[0] += 1.1 * LEASE_SECONDS
        assert store.expire_leases() == [run.id]


def test_the_supervisor_brings_a_change_of_pace(store: Store, start: Start) -> None:
    run = start(TrainingConfig())
    with Supervisor(store, run.claim) as supervisor:
        store.set_pace(run.id, None, 1.5)
        while supervisor.orders.pace != 1.5:
            supervisor.wait(0.01)
        assert not supervisor.orders.stop


def test_what_its_thread_logs_names_the_run(
    store: Store,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = start(TrainingConfig())

    def fail(*_: object) -> None:
        raise StoreError("The store is busy.")

    monkeypatch.setattr(caplog.handler, "formatter", LineFormatter())
    with about_run(run.id), Supervisor(store, run.claim) as supervisor:
        monkeypatch.setattr(store, "heartbeat", fail)
        while not caplog.records:
            supervisor.wait(0.01)
    assert f"training.supervisor run {run.id}: The store can't tell" in caplog.text
