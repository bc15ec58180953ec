"""What the store takes, what deleting by age frees, and that the file shrinks."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_core.errors import ConfigError
from mnist_core.store import Cleaning, Run, RunStatus, Store
from tests.unit.store.store_helpers import ANNA, BEN, LEASE, Clock, epoch_record, new_run

DAY = 86_400
MEGABYTE = bytes(1_000_000)


def finished_run(store: Store, owner: str | None = ANNA) -> Run:
    run = new_run(store, owner, lease_seconds=LEASE)
    for epoch in (-1, 0, 1, 2):
        store.record(run.claim, snapshot=(epoch, b"12345"))
    store.record(run.claim, epoch=epoch_record(0))
    store.finish(run.claim, RunStatus.FINISHED, model=b"1234567", predictions=b"123")
    return store.get_run(run.id)


def test_space_is_told_by_what_it_is_for(store: Store) -> None:
    finished_run(store)
    space = store.space()
    assert space.parts["models"] == 7
    assert space.parts["snapshots"] == 20
    assert space.parts["predictions"] == 3
    assert space.parts["curves"] > 0
    assert space.parts["digits"] > 1000
    assert (space.runs, space.deleted_runs) == (1, 0)
    assert space.total > 10_000


def test_the_space_of_ones_own_runs_is_theirs_alone(store: Store) -> None:
    finished_run(store, BEN)
    space = store.space(ANNA)
    assert space.runs == 0
    assert sum(space.parts.values()) == 0


@pytest.mark.parametrize(
    ("what", "freed"), [(Cleaning.MODELS, 7), (Cleaning.SNAPSHOTS, 10), (Cleaning.RUNS, 30)]
)
def test_what_would_become_free_becomes_free(
    store: Store, clock: Clock, what: Cleaning, freed: int
) -> None:
    run = finished_run(store)
    clock.advance(10 * DAY)
    before = sum(store.space(ANNA).parts.values())

    told = store.would_free(what, 10)

    assert told.runs == 1
    assert told.bytes >= freed
    assert sum(store.space(ANNA).parts.values()) == before
    assert store.clean(what, 10) == told
    assert before - sum(store.space(ANNA).parts.values()) == told.bytes
    assert store.would_free(what, 10) == (0, 0)
    if what is Cleaning.RUNS:
        assert store.list_runs() == []
    else:
        assert len(store.read_epochs(run.id)) == 1


def test_of_snapshots_the_first_and_the_last_stay(store: Store) -> None:
    run = finished_run(store)
    store.clean(Cleaning.SNAPSHOTS, 0)
    assert store.snapshot_epochs(run.id) == [-1, 2]


def test_young_runs_and_those_of_others_and_those_that_go_on_stay(
    store: Store, clock: Clock
) -> None:
    bens, going_on = finished_run(store, BEN), new_run(store, lease_seconds=LEASE)
    store.record(going_on.claim, snapshot=(0, b"1"))
    finished_run(store)
    clock.advance(5 * DAY)
    young = finished_run(store)
    assert store.would_free(Cleaning.RUNS, 5, ANNA).runs == 1
    store.clean(Cleaning.RUNS, 5, ANNA)
    assert {run.id for run in store.list_runs()} == {bens.id, going_on.id, young.id}
    assert store.is_training()


@pytest.mark.parametrize("what", Cleaning)
def test_a_run_with_a_star_stays(store: Store, what: Cleaning) -> None:
    run = finished_run(store)
    store.star_run(run.id, ANNA, starred=True)
    assert store.would_free(what, 0) == (0, 0)
    store.clean(what, 0)
    assert store.has_model(run.id)
    assert store.snapshot_epochs(run.id) == [-1, 0, 1, 2]


@pytest.mark.parametrize("days", [-1, float("nan"), 1e9])
def test_an_age_that_is_none_is_refused(store: Store, days: float) -> None:
    finished_run(store)
    with pytest.raises(ConfigError, match="Choose 0 to 36,500"):
        store.clean(Cleaning.RUNS, days)
    assert len(store.list_runs()) == 1


def test_the_store_shrinks(store: Store) -> None:
    run = new_run(store, lease_seconds=LEASE)
    store.finish(run.claim, RunStatus.FINISHED, model=MEGABYTE, predictions=b"1")
    store.clean(Cleaning.RUNS, 0)
    before = store.space().total
    kept = new_run(store)
    freed = store.compact()
    assert store.space().total < before
    assert freed >= 0
    assert store.get_run(kept.id) == kept
    new_run(store)  # and it goes on being written


def test_the_file_of_sqlite_shrinks(sqlite_url: str) -> None:
    with Store(sqlite_url) as store:
        run = new_run(store, lease_seconds=LEASE)
        store.finish(run.claim, RunStatus.FINISHED, model=MEGABYTE)
        store.compact()  # what lies in the write-ahead log is in the file
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        before = file.stat().st_size
        store.clean(Cleaning.MODELS, 0)
        assert store.space().unused >= 900_000
        assert store.compact() >= 900_000
        assert before - file.stat().st_size >= 900_000
        assert store.space().unused == 0
