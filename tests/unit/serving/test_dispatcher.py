"""How soon a run is taken up and what looking for it costs: a real worker, but no training."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import StoreError
from mnist_core.serving import dispatcher as dispatching
from mnist_core.serving import store_health
from mnist_core.serving.dispatcher import trainers
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import Run, RunStatus, Store

PATIENCE = 60


@pytest.fixture(autouse=True)
def _nothing_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_WORKERS", "1")
    monkeypatch.setattr(dispatching, "WARM", "os:getpid")
    monkeypatch.setattr(dispatching, "RUN", "builtins:print")


@pytest.fixture
def store(tmp_path: Path, tiny: Dataset) -> Store:
    with Store(f"sqlite:///{tmp_path / 'runs.db'}") as store:
        store.save_dataset(tiny)
        yield store


def put_in(store: Store, dataset: Dataset) -> Run:
    return store.create_run(
        TrainingConfig(), dataset_digest=dataset.digest, dataset_name=dataset.name
    )


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def until_running(store: Store, run: Run) -> None:
    await until(lambda: store.get_run(run.id).status is RunStatus.RUNNING)


@pytest.mark.parametrize("database_tells", [True, False], ids=["sqlite", "as-in-postgresql"])
def test_a_run_is_taken_up_at_the_next_look_wherever_it_was_put_in(
    store: Store, tiny: Dataset, monkeypatch: pytest.MonkeyPatch, database_tells: bool
) -> None:
    """In ticks: on a machine that does much else they take longer, but they are as many."""
    data_version, claim_next = store.data_version, store.claim_next
    ticks, taken_at = 0, 0

    def look() -> object:
        nonlocal ticks
        ticks += 1
        return data_version() if database_tells else None

    def claim(*arguments: Any) -> object:
        nonlocal taken_at
        if found := claim_next(*arguments):
            taken_at = ticks
        return found

    monkeypatch.setattr(store, "data_version", look)
    monkeypatch.setattr(store, "claim_next", claim)

    async def ticks_waited(place: Store) -> int:
        before, run = ticks, put_in(place, tiny)
        await until_running(store, run)
        return taken_at - before

    async def story() -> list[int]:
        async with trainers(store):
            with Store(store.url) as elsewhere:
                await ticks_waited(store)  # the worker is up
                return [await ticks_waited(place) for place in [store, elsewhere] * 5]

    assert dispatching.LOOK_SECONDS <= 0.1
    ticks_a_look = 1 if database_tells else dispatching.LOOK_SECONDS / dispatching.TICK_SECONDS
    assert statistics.median(asyncio.run(story())) <= ticks_a_look + 1


def test_while_nothing_is_put_in_nobody_asks_the_store_for_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a change of the store is worth a question, and the server's own reports are some."""
    calls = {"data_version": 0, "claim_next": 0, "report_dispatcher": 0}

    def counted(name: str) -> Callable[..., object]:
        function = getattr(store, name)

        def count(*arguments: object) -> object:
            calls[name] += 1
            return function(*arguments)

        return count

    for name in calls:
        monkeypatch.setattr(store, name, counted(name))

    async def story() -> None:
        async with trainers(store):
            await until(lambda: calls["data_version"] >= 30)
            assert 1 <= calls["claim_next"] <= calls["report_dispatcher"] + 1

    asyncio.run(story())


def test_a_full_disk_is_logged_once_and_said_until_there_is_room_and_all_goes_on(
    store: Store,
    tiny: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = {"yes": False, "times": 0}
    health, claim_next = StoreHealth(), store.claim_next

    def claim(*arguments: float) -> object:
        if failing["yes"]:
            failing["times"] += 1
            raise StoreError("The disk is full.")
        return claim_next(*arguments)

    monkeypatch.setattr(store, "claim_next", claim)
    monkeypatch.setattr(store_health, "LONGEST_WAIT", 0.02)
    monkeypatch.setattr(store_health, "FIRST_WAIT", 0.01)

    async def story() -> None:
        async with trainers(store, health=health):
            await until_running(store, put_in(store, tiny))  # the worker is up
            failing["yes"] = True
            run = put_in(store, tiny)
            await until(lambda: failing["times"] >= 5)
            assert "The disk is full. No run is started meanwhile" in health.words()
            assert store.get_run(run.id).status is RunStatus.QUEUED
            failing["yes"] = False
            await until_running(store, run)
            await until(lambda: not health.problem)

    asyncio.run(story())
    assert sum("The disk is full." in record.message for record in caplog.records) == 1


def test_a_run_whose_worker_could_not_write_goes_on_with_the_next(
    store: Store, tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "RUN", "tests.unit.serving.test_dispatcher:no_room")

    async def story() -> Run:
        async with trainers(store):
            run = put_in(store, tiny)
            await until(lambda: store.get_run(run.id).status.is_over)
            return store.get_run(run.id)

    failed = asyncio.run(story())
    assert (failed.status, failed.attempt) == (RunStatus.FAILED, 3)
    assert failed.error == "The disk is full."
    assert failed.advice is not None
    assert failed.advice.startswith("Make room")


def no_room(*_: object) -> None:
    """Stand in for a worker that the disk has no room for."""
    raise StoreError("The disk is full.")


def test_a_worker_that_did_not_fit_is_asked_again_and_its_trouble_is_logged_once(
    store: Store,
    tiny: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(dispatching, "WARM", "tests.unit.serving.test_dispatcher:warm_in_the_end")
    monkeypatch.setattr(dispatching, "ASK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(dispatching, "HOUSEKEEPING_SECONDS", 0.0)

    async def story() -> None:
        async with trainers(store):
            await until_running(store, put_in(store, tiny))

    asyncio.run(story())
    assert caplog.text.count("can't train") == 1


_warmed: list[None] = []


def warm_in_the_end() -> None:
    """Stand in for what can't be done until something is mended."""
    _warmed.append(None)
    if len(_warmed) < 3:
        raise StoreError("The database can't be reached.")


def test_a_worker_without_a_card_of_its_own_ends(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MNIST_WORKERS", "2")
    monkeypatch.setattr(dispatching, "WARM", "tests.unit.serving.one_card:warm")

    def processes() -> int:
        return sum(map(is_spawned, psutil.Process().children(recursive=True)))

    async def story() -> None:
        before = processes()
        async with trainers(store):
            await until(lambda: "one too many and ends: this computer has 1 card" in caplog.text)
            await until(lambda: store.workers_seen()[:2] == (1, 1))
            await until(lambda: processes() == before + 1)

    asyncio.run(story())


def is_spawned(process: psutil.Process) -> bool:
    """Check whether a process lives that Python has started with a function to run."""
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # over, a moment ago
        return False
