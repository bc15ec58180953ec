"""Runs from elsewhere, in both databases."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from mnist_core.errors import ArchiveError, LimitError, StoreError
from mnist_core.store import EpochRecord, Run, RunContents, RunStatus, Store, transfer
from tests.unit.store.store_helpers import ANNA, BEN, epoch_record, new_run, statuses, tiny_dataset


def contents(run: Run, **more: Any) -> RunContents:
    told = {
        field.name: getattr(run, field.name)
        for field in dataclasses.fields(RunContents)
        if hasattr(run, field.name)
    }
    return RunContents(**told | more)


@pytest.fixture
def foreign(store: Store) -> Run:
    """A run that this store does not have, only its digits."""
    run = new_run(store)
    store.request_stop(run.id, ANNA)
    stopped = store.get_run(run.id)
    store.delete_run(run.id, ANNA)
    store.purge_deleted(0)
    return stopped


def test_a_run_is_added_with_all_that_it_has(store: Store, foreign: Run) -> None:
    epochs = [epoch_record(0), EpochRecord(1, 0.9, float("nan"), 0.8, 0.5, 1.5)]
    added = contents(foreign, epochs=epochs, summary="ä", snapshots={-1: b"a", 1: b"b"})
    assert store.add_runs([added], owner=BEN, datasets=[tiny_dataset()]) == [foreign.id]

    there = store.get_run(foreign.id)
    assert (there.owner, there.status) == (BEN, RunStatus.STOPPED)
    assert (there.accuracy, there.loss) == (0.9, None)
    assert str(store.read_epochs(foreign.id)) == str(epochs)
    assert store.load_summary(foreign.id) == "ä"
    assert store.snapshot_epochs(foreign.id) == [-1, 1]
    assert statuses(store, foreign.id) == ["QUEUED", "RUNNING", "STOPPED"]
    assert store.sizes()[foreign.id] > 4


def test_a_run_that_is_here_stays_as_it_is(store: Store) -> None:
    run = new_run(store, name="first")
    assert store.known_runs([run.id, "0" * 12, "%"], BEN) == {run.id}
    assert store.add_runs([contents(run)], owner=BEN) == []
    assert store.get_run(run.id).owner == ANNA


def test_an_error_on_the_way_leaves_nothing(store: Store, foreign: Run) -> None:
    def broken() -> Iterator[RunContents]:
        yield contents(foreign)
        raise ArchiveError("It is torn.")

    with pytest.raises(ArchiveError):
        store.add_runs(broken(), owner=ANNA)
    assert store.list_runs() == []


def test_a_run_needs_its_digits(store: Store, foreign: Run) -> None:
    lost = dataclasses.replace(foreign, dataset_digest="0" * 64)
    with pytest.raises(StoreError):
        store.add_runs([contents(lost)], owner=ANNA)
    assert store.list_runs() == []


def test_nothing_is_seen_of_runs_before_all_are_there(store: Store, foreign: Run) -> None:
    seen = []

    def watched() -> Iterator[RunContents]:
        yield contents(foreign)
        seen.append(store.list_runs())
        yield contents(dataclasses.replace(foreign, id="0" * 12))

    assert len(store.add_runs(watched(), owner=ANNA)) == 2
    assert seen == [[]]
    assert len(store.list_runs()) == 2
    assert store.list_runs(deleted=True) == []


def test_browsers_bring_no_further_digits_where_there_are_many(
    store: Store, foreign: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "MOST_DATASETS", 1)
    other = tiny_dataset(seed=1)
    brought = contents(dataclasses.replace(foreign, dataset_digest=other.digest))
    with pytest.raises(LimitError, match="has 1 data sets already"):
        store.add_runs([brought], owner=ANNA, datasets=[other])
    assert not store.has_dataset(other.digest)
    assert store.add_runs([contents(foreign)], owner=ANNA, datasets=[tiny_dataset()])
    assert store.add_runs([dataclasses.replace(brought, id="0" * 12)], owner=None, datasets=[other])


def test_digits_that_came_in_vain_go_again(store: Store) -> None:
    run = new_run(store)
    other = tiny_dataset(seed=1)

    def broken() -> Iterator[RunContents]:
        yield contents(dataclasses.replace(run, id="0" * 12, dataset_digest=other.digest))
        raise ArchiveError("It is torn.")

    with pytest.raises(ArchiveError):
        store.add_runs(broken(), owner=ANNA, datasets=[other, tiny_dataset()])
    assert not store.has_dataset(other.digest)
    assert store.has_dataset(run.dataset_digest)
    assert [each.id for each in store.list_runs()] == [run.id]
    assert store.list_runs(deleted=True) == []
