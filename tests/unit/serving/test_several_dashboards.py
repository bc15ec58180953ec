"""Two dashboards on one store that reach the same workers: a worker has one run at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from pathlib import Path

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import ClaimLostError
from mnist_core.serving import dispatcher as dispatching
from mnist_core.serving.dispatcher import trainers
from mnist_core.store import LEASE_SECONDS, Claim, Run, RunStatus, Store
from mnist_core.training.supervisor import Supervisor
from tests.e2e.server import free_port
from tests.unit.serving.lab_processes import command, until

OWNERS = ("a" * 64, "b" * 64)


def keep_run(store_url: str, run_id: str, attempt: int, _worker: str) -> None:
    """Hold a claim as a worker does that trains without end, until it is lost."""
    with (
        contextlib.suppress(ClaimLostError),
        Store(store_url) as store,
        Supervisor(store, Claim(run_id, attempt)) as supervisor,
    ):
        while True:
            supervisor.wait(LEASE_SECONDS)
            supervisor.check()


class Reports:
    """Counts what a dashboard's dispatcher has reported of its workers."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = self.ready = 0
        report = store.report_dispatcher

        def counted(dispatcher_id: str, workers: int, ready: int, problem: str) -> None:
            report(dispatcher_id, workers, ready, problem)
            self.count, self.ready = self.count + 1, ready

        monkeypatch.setattr(store, "report_dispatcher", counted)

    async def next(self, count: int = 2) -> None:
        """Wait for so many more reports: all that it saw before the last of them is done."""
        there = self.count
        await until(lambda: self.count >= there + count)


def test_no_worker_gets_runs_from_two_dashboards_and_who_stays_takes_those_of_who_leaves(
    store: Store, tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    monkeypatch.setattr(dispatching, "WARM", "os:getpid")
    monkeypatch.setattr(dispatching, "RUN", f"{__name__}:{keep_run.__name__}")
    store.save_dataset(tiny)

    def put_in(owner: str) -> Run:
        return store.create_run(
            TrainingConfig(), dataset_digest=tiny.digest, dataset_name=tiny.name, owner=owner
        )

    def training() -> Counter[str]:
        runs = [run for run in store.list_runs() if run.status is RunStatus.RUNNING]
        return Counter(run.owner for run in runs)

    async def story() -> None:
        with Store(store.url) as another:
            reports = [Reports(each, monkeypatch) for each in (store, another)]
            async with trainers(another):
                async with trainers(store):
                    await until(lambda: sum(each.ready for each in reports) == 2)
                    for each in reports:
                        await each.next()
                    await until(
                        lambda: (
                            sum(each.ready for each in reports) == store.workers_seen().workers == 2
                        )
                    )
                    for owner in OWNERS * 2:
                        put_in(owner)
                    await until(lambda: training().total() == 2)
                    for each in reports:
                        await each.next()
                    assert training() == Counter(OWNERS)
                await until(lambda: reports[1].ready == 2)
                await until(lambda: training() == Counter(OWNERS))

    _, _, port = address.rpartition(":")
    with (
        command(tmp_path, "scheduler", "--port", port),
        command(tmp_path, "worker", address, "--processes", "2"),
    ):
        asyncio.run(story())
