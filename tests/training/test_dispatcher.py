"""Dispatcher and workers: real processes, a real store, and little to train."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.serving import dispatcher as jobs
from mnist_core.serving.cluster import local_cluster
from mnist_core.serving.dispatcher import Dispatcher, trainers
from mnist_core.serving.precompile import PrecompileRequests
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import Run, RunStatus, Store
from tests.e2e.server import loads_tensorflow

PATIENCE = 180


@pytest.fixture(autouse=True)
def _one_worker_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_WORKERS", "1")


@pytest.fixture
def store(tmp_path: Path, tiny: Dataset) -> Store:
    with Store(f"sqlite:///{tmp_path / 'runs.db'}") as store:
        store.save_dataset(tiny)
        yield store


def queue(store: Store, tiny: Dataset, owner: str | None = None, **settings: object) -> Run:
    config = TrainingConfig(**{"layers": (8,), "batch_size": 20, "epochs": 2, **settings})
    return store.create_run(config, dataset_digest=tiny.digest, dataset_name=tiny.name, owner=owner)


LOG_OF_CLAIMS = """
CREATE TABLE log (run_id TEXT, attempt INTEGER);
CREATE TRIGGER comes AFTER INSERT ON runs BEGIN INSERT INTO log VALUES (NEW.id, 0); END;
CREATE TRIGGER is_claimed AFTER UPDATE OF attempt ON runs WHEN NEW.attempt > OLD.attempt
BEGIN INSERT INTO log VALUES (NEW.id, NEW.attempt); END;
"""


def database(store: Store) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(store.url.removeprefix("sqlite:///")))


def read_log(store: Store) -> list[tuple[str, int]]:
    """Read which run came, attempt 0, or was claimed, in the order of all that happened."""
    with database(store) as connection:
        return connection.execute("SELECT run_id, attempt FROM log ORDER BY rowid").fetchall()


async def until(condition: Callable[[], Awaitable[object] | object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.05)


def status(store: Store, run: Run) -> RunStatus:
    return store.get_run(run.id).status


def worker_pid(store: Store) -> int:
    """Find the process that trains: the one of this test's descendants with TensorFlow."""
    [pid] = [
        child.pid
        for child in psutil.Process().children(recursive=True)
        if loads_tensorflow(child.pid)
    ]
    return pid


def test_queued_runs_are_trained_in_turns_and_a_dead_worker_is_replaced(store, tiny):
    """One cluster for the whole story: a worker costs ten seconds to warm."""

    async def story() -> None:
        async with trainers(store):
            first, second = queue(store, tiny), queue(store, tiny, layers=())
            assert not store.situations([first.id])[first.id].workers_ready
            both = (first, second)
            await until(lambda: all(status(store, run) is RunStatus.FINISHED for run in both))
            assert store.get_run(first.id).test_accuracy is not None

            with database(store) as connection:
                connection.executescript(LOG_OF_CLAIMS)
            many = [queue(store, tiny, "a" * 64, seed=seed, epochs=8) for seed in range(5)]
            await until(lambda: store.get_run(many[0].id).attempt > 1)
            other = queue(store, tiny, "b" * 64, epochs=8)
            await until(lambda: all(status(store, run).is_over for run in (*many, other)))
            log = read_log(store)
            came, began = log.index((other.id, 0)), log.index((other.id, 1))
            assert began - came <= 2  # a turn may have begun at the very moment
            assert store.get_run(other.id).attempt >= 8  # a turn is an epoch, if it is short
            ends = [store.get_run(run.id).finished_at for run in (other, many[0])]
            assert ends[0] < ends[1]  # a person's only run, and one of five

            pair = [queue(store, tiny, who * 64, epochs=100, batch_size=1) for who in "ab"]
            await until(lambda: all(store.get_run(run.id).attempt > 2 for run in pair))
            os.kill(worker_pid(store), signal.SIGKILL)
            killed_at = {run.id: store.get_run(run.id).attempt for run in pair}
            await until(
                lambda: all(store.get_run(run.id).attempt > killed_at[run.id] + 1 for run in pair)
            )
        # One was on the worker, unless the end came between two turns.
        assert {status(store, run) for run in pair} <= {RunStatus.INTERRUPTED, RunStatus.RUNNING}

    asyncio.run(story())


def test_two_servers_on_one_store_train_every_run_once(store, tiny):
    async def story() -> None:
        with Store(store.url) as another:
            async with trainers(store), trainers(another):
                await until(lambda: store.workers_seen().workers == 2)
                runs = [queue(store, tiny, seed=seed) for seed in range(6)]
                await until(lambda: all(store.get_run(run.id).status.is_over for run in runs))
        for run in runs:
            assert [epoch.epoch for epoch in store.read_epochs(run.id)] == [0, 1]
            told = [event.data for event in store.read_events({run.id: 0})]
            statuses = [data["status"] for data in told if "status" in data]
            assert statuses == ["QUEUED", "RUNNING", "FINISHED"]

    asyncio.run(story())


def kinds_compiled() -> list[TrainingConfig]:
    """Tell, inside a worker, what it holds ready."""
    from mnist_core.training import worker

    return [kind for _, kind in worker._TRAINERS._trainers]


def test_an_idle_worker_compiles_ahead_and_one_that_has_grown_is_replaced(store, tiny, monkeypatch):
    async def story() -> None:
        precompile_requests = PrecompileRequests()
        async with local_cluster(workers=1) as cluster:
            client = cluster.client
            dispatcher = Dispatcher(store, cluster, precompile_requests, StoreHealth())
            task = asyncio.create_task(dispatcher.run())

            def prepared() -> bool:
                [worker] = dispatcher._workers.values() or [None]
                return bool(worker and worker.prepared and worker.errand is None)

            config = TrainingConfig(layers=(9,), batch_size=20, seed=4)
            precompile_requests.note(tiny, config)
            await until(prepared)
            assert list((await client.run(kinds_compiled)).values()) == [[config.kind]]

            async def outgrow(bound: str) -> None:
                [address] = dispatcher._workers
                with monkeypatch.context() as bounds:
                    bounds.setattr(jobs, bound, 1)
                    bounds.setattr(jobs, "SERVICES_BEFORE_RENEWAL", 2)
                    first, second = (queue(store, tiny, epochs=1) for _ in range(2))
                    await until(lambda: status(store, first) is RunStatus.FINISHED)
                    await until(lambda: dispatcher._workers and address not in dispatcher._workers)
                await until(lambda: status(store, second) is RunStatus.FINISHED)
                assert store.get_run(second.id).attempt == 1

            await outgrow("GROWN_MEMORY")
            await until(prepared)
            await outgrow("MOST_MEMORY")
            task.cancel()

    asyncio.run(story())
