"""A class that its teacher pauses, stops and brings along."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.errors import ClassPausedError, ConfigError, RunNotFoundError, RunStateError
from mnist_core.store import Call, Claim, Member, RunStatus, SchoolClass, Store
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    LEASE,
    Clock,
    epoch_record,
    in_threads,
    make_older,
    new_run,
    situation,
    tiny_dataset,
)

QUEUED, RUNNING, PAUSED, STOPPED = (
    RunStatus.QUEUED,
    RunStatus.RUNNING,
    RunStatus.PAUSED,
    RunStatus.STOPPED,
)


@pytest.fixture
def school_class(store: Store) -> SchoolClass:
    return store.create_class("7b")


@pytest.fixture
def otter(store: Store, school_class: SchoolClass) -> Member:
    return store.join_class(school_class.id, "brave otter", "one two three", token="laptop")


def start(store: Store, clock: Clock, owner: str) -> str:
    """Put a run into the queue, after all others."""
    clock.advance(1)
    return new_run(store, owner).id


def status(store: Store, run_id: str) -> RunStatus:
    return store.get_run(run_id).status


def claim(store: Store) -> Claim:
    claimed = store.claim_next(LEASE)
    assert claimed is not None
    return claimed


# ------------------------------------------------------------------------------------- pausing


def test_all_runs_of_a_class_pause_and_go_on_with_it(
    store: Store, school_class: SchoolClass, otter: Member, clock: Clock
) -> None:
    resting, trained, waiting = (start(store, clock, otter.owner) for _ in range(3))
    other = start(store, clock, BEN)
    store.give_way(claim(store), b"checkpoint", seconds=2.0)  # the first, between two turns
    store.request_pause(other, BEN)
    held = claim(store)
    assert held.run_id == trained
    store.continue_run(other, BEN)

    store.pause_class(school_class.id)
    assert store.get_class(school_class.id).is_paused
    assert store.heartbeat(held, LEASE).pause
    store.pause(held, b"checkpoint")
    assert [status(store, each) for each in (resting, trained, waiting)] == [PAUSED] * 3
    assert all(situation(store, each).paused_by_class for each in (resting, trained, waiting))
    assert claim(store).run_id == other
    assert store.claim_next(LEASE) is None

    store.resume_class(school_class.id)
    assert not store.get_class(school_class.id).is_paused
    assert [status(store, each) for each in (resting, trained, waiting)] == [QUEUED] * 3
    assert not situation(store, trained).paused_by_class
    assert {claim(store).run_id for _ in range(3)} == {resting, trained, waiting}


def test_what_somebody_paused_alone_stays_so(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    before, meanwhile = (new_run(store, otter.owner).id for _ in range(2))
    store.request_pause(before, otter.owner)
    held = claim(store)
    store.pause_class(school_class.id)
    store.request_pause(meanwhile, otter.owner)
    store.pause(held, b"checkpoint")
    store.resume_class(school_class.id)
    assert [status(store, each) for each in (before, meanwhile)] == [PAUSED] * 2


def test_a_run_whose_worker_pauses_it_just_after_the_class_went_on_goes_on_too(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    run = new_run(store, otter.owner)
    held = claim(store)
    store.pause_class(school_class.id)
    store.resume_class(school_class.id)
    assert not store.heartbeat(held, LEASE).pause
    store.pause(held, b"checkpoint")  # it had heard of the pause and not of its end
    assert status(store, run.id) is QUEUED
    again = claim(store)
    store.request_pause(run.id, otter.owner)
    store.pause(again, b"checkpoint")
    assert status(store, run.id) is PAUSED


def test_a_run_of_one_epoch_that_is_done_meanwhile_stays_paused(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    run = new_run(store, otter.owner, epoch_limit=1)
    held = claim(store)
    store.pause_class(school_class.id)
    store.record(held, epoch=epoch_record(0))
    store.pause(held, b"checkpoint")
    store.resume_class(school_class.id)
    assert status(store, run.id) is PAUSED


def test_a_lost_worker_s_run_pauses_with_its_class(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    run = new_run(store, otter.owner)
    held = claim(store)
    store.pause_class(school_class.id)
    store.interrupt(held)
    assert status(store, run.id) is PAUSED
    store.resume_class(school_class.id)
    assert claim(store).run_id == run.id


def test_nobody_of_a_paused_class_begins_a_run_or_goes_on_with_one(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    paused = new_run(store, otter.owner)
    store.request_pause(paused.id, otter.owner)
    deleted = new_run(store, otter.owner)
    store.delete_run(deleted.id, otter.owner)
    stopped = new_run(store, otter.owner)
    store.finish(claim(store), STOPPED, checkpoint=b"kept")
    store.pause_class(school_class.id)

    digits = tiny_dataset()
    wanted = {TrainingConfig(batch_size=10, seed=7): 36}
    for asked in (
        lambda: new_run(store, otter.owner),
        lambda: store.continue_run(paused.id, otter.owner),
        lambda: store.extend_run(stopped.id, 12, owner=otter.owner),
        lambda: store.request_runs(
            wanted, dataset_digest=digits.digest, dataset_name="tiny", owner=otter.owner
        ),
    ):
        with pytest.raises(ClassPausedError, match="Your teacher has paused the class"):
            asked()
    store.restore_run(deleted.id, otter.owner)
    assert len(store.list_runs()) == 3
    assert store.claim_next(LEASE) is None

    new_run(store, BEN)
    assert claim(store)
    store.resume_class(school_class.id)
    assert claim(store).run_id == deleted.id


def test_a_run_that_comes_in_the_moment_of_the_pause_is_paused_or_refused(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    def work(number: int) -> None:
        if number == 3:
            store.pause_class(school_class.id)
        else:
            with contextlib.suppress(ClassPausedError):
                new_run(store, otter.owner)

    in_threads(8, work)
    assert store.claim_next(LEASE) is None
    assert {run.status for run in store.list_runs()} <= {PAUSED}


def test_a_run_of_a_forgotten_class_no_longer_waits_for_it(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    run = new_run(store, otter.owner)
    store.pause_class(school_class.id)
    store.forget_class(school_class.id, with_runs=False)
    assert not situation(store, run.id).paused_by_class


# ------------------------------------------------------------------------------------ stopping


def test_all_runs_of_a_class_are_stopped_or_those_of_one_person(
    store: Store, school_class: SchoolClass, otter: Member, clock: Clock
) -> None:
    koala = store.join_class(school_class.id, "calm koala", "four five six", token="phone")
    first, second, stranger = (
        start(store, clock, owner) for owner in (otter.owner, koala.owner, ANNA)
    )
    held = claim(store)
    paused = new_run(store, koala.owner).id
    store.request_pause(paused, koala.owner)

    store.stop_class_runs(school_class.id, koala.id)
    assert [status(store, each) for each in (first, second, paused)] == [RUNNING, STOPPED, STOPPED]
    assert not store.heartbeat(held, LEASE).stop
    store.stop_class_runs(school_class.id)
    assert store.heartbeat(held, LEASE).stop
    assert status(store, stranger) is QUEUED


def test_nobody_of_another_class_is_stopped_by_their_id(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    other = store.create_class("8a")
    run = new_run(store, otter.owner)
    store.stop_class_runs(other.id, otter.id)
    assert status(store, run.id) is QUEUED


def test_of_many_asked_for_at_once_those_not_begun_go_for_good(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    digits = tiny_dataset()
    store.save_dataset(digits)
    wanted = {TrainingConfig(batch_size=10, seed=seed): 36 for seed in range(3)}
    store.request_runs(wanted, dataset_digest=digits.digest, dataset_name="t", owner=otter.owner)
    claim(store)
    store.stop_class_runs(school_class.id)
    assert [run.status for run in store.list_runs()] == [RUNNING]


# ----------------------------------------------------------------------------------- bringing


def test_a_call_says_where_and_when_and_a_later_one_replaces_it(
    store: Store, school_class: SchoolClass, clock: Clock
) -> None:
    run = new_run(store, BEN)
    assert store.get_class(school_class.id).call is None
    store.call_class(school_class.id, "")
    clock.advance(1)
    store.call_class(school_class.id, "look_inside", run.id)
    at = datetime.fromtimestamp(clock.now, UTC)
    call = Call(page="look_inside", run_id=run.id, called_at=at)
    assert store.get_class(school_class.id).call == call


def test_nobody_is_called_to_what_is_not_there(store: Store, school_class: SchoolClass) -> None:
    with pytest.raises(ConfigError, match="There is no page"):
        store.call_class(school_class.id, "https://elsewhere")
    with pytest.raises(RunNotFoundError):
        store.call_class(school_class.id, "train", "0" * 12)
    assert store.get_class(school_class.id) == school_class


def test_the_revision_moves_with_every_change_and_only_with_these(
    store: Store, school_class: SchoolClass
) -> None:
    seen = [store.class_revision(school_class.id)]
    for change in (
        lambda: store.pause_class(school_class.id),
        lambda: store.resume_class(school_class.id),
        lambda: store.call_class(school_class.id, "train"),
        lambda: store.change_class(school_class.id, "7c", school_class.rules),
        lambda: store.close_class(school_class.id),
        lambda: store.archive_class(school_class.id),
    ):
        change()
        seen.append(store.class_revision(school_class.id))
    assert seen == sorted({*seen})
    store.create_class("8a")
    assert store.class_revision(school_class.id) == store.get_class(school_class.id).revision
    assert store.class_revision(school_class.id) == seen[-1]


# ---------------------------------------------------------------------------------- predicting


def test_a_result_is_predicted_once(store: Store) -> None:
    run = new_run(store, ANNA)
    with pytest.raises(ConfigError, match="Choose 0 to 1"):
        store.predict_result(run.id, ANNA, 1.5)
    store.predict_result(run.id, ANNA, 0.95)
    with pytest.raises(RunStateError, match="there already"):
        store.predict_result(run.id, ANNA, 0.5)
    assert store.get_run(run.id).expected_accuracy == 0.95


def test_classes_of_an_older_program_are_neither_paused_nor_called(url: str) -> None:
    with Store(url) as store:
        address = store.url
        made = store.create_class("7b")
    make_older(address, "009")
    with Store(url) as store:
        assert store.get_class(made.id) == made
