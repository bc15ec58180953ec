from __future__ import annotations

import math
from multiprocessing.pool import Pool

import numpy as np
import pytest

from mnist_core.errors import ClaimLostError, RunStateError, StoreError
from mnist_core.store import Claim, EpochRecord, RunStatus, Store
from tests.unit.store.store_helpers import (
    ANNA,
    LEASE,
    claimed_run,
    epoch_record,
    events_of,
    in_threads,
    new_run,
    progress,
    record_many,
    statuses,
)


def test_a_record_writes_all_its_parts(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.record(
        claim,
        events=[progress(600), ("epoch", {"epoch": 0}), ("digits", {"epoch": 0})],
        epoch=epoch_record(0),
        checkpoint=b"checkpoint",
        snapshot=(0, b"weights"),
        step=600,
        seconds=1.5,
        parameters=101_770,
    )
    run = store.get_run(run_id)
    assert (run.step, run.seconds, run.parameters, run.epochs_done) == (600, 1.5, 101_770, 1)
    assert (run.accuracy, run.loss, run.val_accuracy, run.val_loss) == (0.9, 0.4, 0.8, 0.5)
    assert run.last_seq == len(events_of(store, run_id)) == 5
    assert store.read_epochs(run_id) == [epoch_record(0)]
    assert store.load_checkpoint(run_id) == b"checkpoint"
    assert store.snapshot_epochs(run_id) == [0]
    assert store.load_snapshot(run_id, 0) == b"weights"


def test_a_worker_that_goes_on_from_an_older_checkpoint_repeats_nothing(store: Store) -> None:
    run_id, claim = claimed_run(store)
    first = [("digits", {"epoch": -1}), progress(300), progress(600)]
    end_of_epoch = [("epoch", {"epoch": 0}), ("digits", {"epoch": 0})]
    store.record(claim, events=first, step=600, seconds=1.0)
    store.record(claim, events=end_of_epoch, epoch=epoch_record(0), seconds=1.5)
    before = (store.get_run(run_id), events_of(store, run_id), store.read_epochs(run_id))

    store.record(claim, events=first, step=600, seconds=0.9)
    store.record(claim, events=end_of_epoch, epoch=epoch_record(0), seconds=1.2)
    assert (store.get_run(run_id), events_of(store, run_id), store.read_epochs(run_id)) == before

    store.record(claim, events=[progress(600), progress(700)], step=700)
    assert [data["step"] for data in events_of(store, run_id, "progress")] == [300, 600, 700]
    store.record(claim, events=[("epoch", {"epoch": 1})], epoch=epoch_record(1))
    assert store.read_history(run_id)["val_accuracy"] == [0.8, 0.8]


def test_what_came_after_the_loss_of_a_claim_is_not_written(store: Store) -> None:
    run_id, old = claimed_run(store)
    store.interrupt(old)
    current = store.claim_next(LEASE)
    assert current is not None
    before = (store.get_run(run_id), events_of(store, run_id), store.sizes())
    writes = [
        lambda claim: store.heartbeat(claim, LEASE),
        lambda claim: store.record(claim, events=[progress(9)], checkpoint=b"old", step=9),
        lambda claim: store.pause(claim, b"old"),
        lambda claim: store.finish(claim, RunStatus.FINISHED, model=b"old"),
    ]
    for write in writes:
        for claim in (old, Claim(run_id, 3), Claim("0" * 12, 1)):
            with pytest.raises(ClaimLostError):
                write(claim)
    assert (store.get_run(run_id), events_of(store, run_id), store.sizes()) == before
    store.finish(current, RunStatus.FINISHED)
    with pytest.raises(ClaimLostError):
        store.record(current, step=1)


def test_a_paused_run_goes_on_from_its_checkpoint(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.request_pause(run_id, ANNA)
    store.pause(claim, b"here", events=[progress(5)], step=5, seconds=0.5)
    paused = store.get_run(run_id)
    assert paused.status is RunStatus.PAUSED
    assert not paused.pause_requested
    assert (paused.step, paused.seconds, paused.finished_at) == (5, 0.5, None)
    assert store.load_checkpoint(run_id) == b"here"
    with pytest.raises(ClaimLostError):
        store.heartbeat(claim, LEASE)

    store.continue_run(run_id, ANNA)
    second = store.claim_next(LEASE)
    assert second == Claim(run_id, 2)
    assert not store.heartbeat(second, LEASE).pause
    assert statuses(store, run_id) == ["QUEUED", "RUNNING", "PAUSED", "QUEUED", "RUNNING"]


def test_a_stop_that_overtakes_a_pause_wins(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.request_pause(run_id, ANNA)
    store.request_stop(run_id, ANNA)
    store.pause(claim, b"here")
    assert store.get_run(run_id).status is RunStatus.STOPPED
    assert store.get_run(run_id).finished_at is not None


def test_a_finished_run_has_its_results_and_no_checkpoint(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.record(claim, checkpoint=b"c", snapshot=(0, b"s"))
    store.finish(
        claim,
        RunStatus.FINISHED,
        events=[("test", {"accuracy": 0.97, "loss": 0.1})],
        model=b"model",
        predictions=b"predictions",
        test_accuracy=0.97,
        test_loss=0.1,
    )
    run = store.get_run(run_id)
    assert run.status is RunStatus.FINISHED
    assert (run.test_accuracy, run.test_loss) == (0.97, 0.1)
    assert run.finished_at is not None
    assert store.load_model(run_id) == b"model"
    assert store.load_predictions(run_id) == b"predictions"
    assert store.load_checkpoint(run_id) is None
    assert store.snapshot_epochs(run_id) == [0]
    assert [event.kind for event in store.read_events({run_id: 2}, 10)] == ["test", "status"]


def test_a_failed_run_says_why(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.finish(claim, RunStatus.FAILED, error="It broke.", advice="Mend it.")
    run = store.get_run(run_id)
    assert (run.status, run.error, run.advice) == (RunStatus.FAILED, "It broke.", "Mend it.")
    last = events_of(store, run_id, "status")[-1]
    assert (last["error"], last["advice"]) == ("It broke.", "Mend it.")


def test_a_run_does_not_finish_as_running(store: Store) -> None:
    run_id, claim = claimed_run(store)
    with pytest.raises(RunStateError):
        store.finish(claim, RunStatus.PAUSED)
    assert store.get_run(run_id).status is RunStatus.RUNNING


def test_numbers_that_are_not_finite_come_through_both_databases(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.record(
        claim,
        events=[("progress", {"step": 1, "loss": math.nan, "more": [math.inf, 0.5]})],
        epoch=EpochRecord(0, 0.1, math.nan, 0.1, math.inf, 1.0),
    )
    assert events_of(store, run_id, "progress") == [{"step": 1, "loss": None, "more": [None, 0.5]}]
    [epoch] = store.read_epochs(run_id)
    assert math.isnan(epoch.loss)
    assert math.isnan(epoch.val_loss)
    assert store.get_run(run_id).loss is None


def test_numpy_numbers_are_taken_as_they_come_from_keras(store: Store) -> None:
    run_id, claim = claimed_run(store)
    half = np.float32(0.5)
    store.record(
        claim,
        events=[("digits", {"epoch": np.int64(-1), "guesses": np.arange(3), "best": half})],
        epoch=EpochRecord(0, half, half, half, half, half),  # type: ignore[arg-type]
        step=np.int64(7),  # type: ignore[arg-type]
    )
    assert events_of(store, run_id, "digits") == [{"epoch": -1, "guesses": [0, 1, 2], "best": 0.5}]
    assert store.read_epochs(run_id) == [EpochRecord(0, 0.5, 0.5, 0.5, 0.5, 0.5)]
    assert store.get_run(run_id).step == 7


def test_a_snapshot_that_was_never_taken_is_an_error_in_words(store: Store) -> None:
    run = new_run(store)
    with pytest.raises(StoreError, match="epoch 3"):
        store.load_snapshot(run.id, 2)


def test_events_of_many_runs_come_in_one_list_without_gaps(store: Store) -> None:
    first, claim = claimed_run(store)
    for step in range(1, 6):
        store.record(claim, events=[progress(step)])
    second = new_run(store)
    assert len(store.read_events({first: 0, second.id: 0}, 100)) == 8
    found = store.read_events({first: 4, second.id: 0}, 100)
    in_order = sorted([(first, 5), (first, 6), (first, 7), (second.id, 1)])
    assert [(event.run_id, event.seq) for event in found] == in_order
    assert len(store.read_events({first: 0, second.id: 0}, 3)) == 3
    assert store.read_events({first: 7, second.id: 2**80}, 100) == []
    assert store.read_events({}, 100) == []


def test_events_of_two_hundred_runs_are_read_in_one_query(store: Store) -> None:
    ids = [new_run(store, owner=None).id for _ in range(200)]
    found = store.read_events(dict.fromkeys(ids, 0), 1000)
    assert [event.run_id for event in found] == sorted(ids)


def test_events_written_by_threads_and_processes_at_once_are_numbered_without_gaps(
    store: Store, url: str, processes: Pool
) -> None:
    run_id, claim = claimed_run(store)
    parts = [(url, claim, range(start, start + 25)) for start in (0, 25, 50)]
    pending = processes.starmap_async(record_many, parts, chunksize=1)
    in_threads(4, lambda number: store.record(claim, events=[("note", {"step": 100 + number})]))
    pending.get()
    written = [data["step"] for data in events_of(store, run_id, "note")]
    assert sorted(written) == [*range(75), 100, 101, 102, 103]


def test_a_run_knows_each_device_that_it_was_trained_on_once(store: Store) -> None:
    run_id, claim = claimed_run(store)
    assert store.get_run(run_id).devices == []
    for device in ("CPU", "CPU", "Maker a", "CPU"):
        store.record(claim, device=device)
    assert store.get_run(run_id).devices == ["CPU", "Maker a"]
    assert store.get_run(run_id).device == "CPU and Maker a"
