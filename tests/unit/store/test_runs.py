from __future__ import annotations

import dataclasses
import math
from datetime import UTC, datetime

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.errors import (
    ConfigError,
    NotYoursError,
    RunNotFoundError,
    RunStateError,
    StoreError,
)
from mnist_core.store import RunStatus, Store, hash_owner
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    LEASE,
    Clock,
    claimed_run,
    epoch_record,
    make_older,
    new_run,
    situation,
    statuses,
    tiny_dataset,
)


def test_a_new_run_comes_back_as_it_was_ordered(store: Store, clock: Clock) -> None:
    dataset = tiny_dataset()
    store.save_dataset(dataset)
    config = TrainingConfig(layers=(64, 32), epochs=3, seed=7)
    created = store.create_run(
        config,
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        owner=ANNA,
        name="  First\ttry\0 ",
        pace=1.5,
        expected_accuracy=0.9,
        epoch_limit=2,
        training_digits=36,
    )
    assert store.get_run(created.id) == created
    assert created.config == config
    assert created.status is RunStatus.QUEUED
    assert created.label == "First try"
    assert (created.pace, created.expected_accuracy, created.epoch_limit) == (1.5, 0.9, 2)
    assert created.training_digits == 36
    assert created.created_at == datetime.fromtimestamp(clock.now, UTC)
    assert created.started_at is None
    assert statuses(store, created.id) == ["QUEUED"]


def test_a_run_without_a_name_is_called_by_its_settings(store: Store) -> None:
    assert new_run(store).label == TrainingConfig().describe()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("name", "x" * 81),
        ("expected_accuracy", 1.01),
        ("expected_accuracy", -0.01),
        ("expected_accuracy", math.nan),
        ("pace", -1.0),
        ("pace", math.inf),
        ("epoch_limit", 0),
    ],
)
def test_a_value_outside_its_limits_makes_no_run(store: Store, setting: str, value: object) -> None:
    with pytest.raises(ConfigError) as refused:
        new_run(store, **{setting: value})
    assert refused.value.field == setting
    assert store.list_runs() == []


def test_a_run_without_its_digits_in_the_store_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="does not have the digits"):
        store.create_run(TrainingConfig(), dataset_digest="0" * 64, dataset_name="lost")
    assert store.list_runs() == []


def test_a_run_that_its_creator_trains_never_waits_in_the_queue(store: Store, clock: Clock) -> None:
    run = new_run(store, lease_seconds=LEASE)
    assert run.status is RunStatus.RUNNING
    assert store.claim_next(LEASE) is None
    store.record(run.claim, step=1)
    assert statuses(store, run.id) == ["QUEUED", "RUNNING"]
    clock.advance(LEASE + 1)
    assert store.expire_leases() == [run.id]


def test_runs_are_listed_newest_first(store: Store, clock: Clock) -> None:
    ids = []
    for _ in range(3):
        ids.insert(0, new_run(store).id)
        clock.advance(1)
    assert [run.id for run in store.list_runs()] == ids
    assert [run.id for run in store.list_runs(limit=2)] == ids[:2]


def test_the_runs_of_one_owner_are_found_however_many_others_came_since(
    store: Store, clock: Clock
) -> None:
    mine = []
    for owner in (ANNA, "somebody", ANNA, None, "somebody"):
        run = new_run(store, owner)
        clock.advance(1)
        mine = [run.id, *mine] if owner == ANNA else mine
    assert [run.id for run in store.list_runs(owner=ANNA)] == mine
    assert [run.id for run in store.list_runs(1, owner=ANNA)] == mine[:1]
    assert store.list_runs(owner="nobody") == []


def test_a_list_shows_what_has_changed_and_builds_the_other_runs_only_once(store: Store) -> None:
    named, other = new_run(store), new_run(store)
    before = {run.id: run for run in store.list_runs()}
    store.rename_run(named.id, ANNA, "our best")
    after = {run.id: run for run in store.list_runs()}
    assert after == {other.id: other, named.id: store.get_run(named.id)}
    assert after[named.id].name == "our best"
    assert after[other.id] is before[other.id]


@pytest.mark.parametrize("run_id", ["0" * 12, "", "nothing", "a\0b", "\ud800", "x" * 1000])
def test_an_unknown_run_is_not_found(store: Store, run_id: str) -> None:
    with pytest.raises(RunNotFoundError) as missing:
        store.get_run(run_id)
    assert missing.value.run_id == run_id
    assert store.situations([run_id]) == {}
    assert store.read_events({run_id: 0}, 10) == []


def test_stop_ends_a_queued_run_at_once(store: Store, clock: Clock) -> None:
    run = new_run(store)
    clock.advance(3)
    store.request_stop(run.id, ANNA)
    stopped = store.get_run(run.id)
    assert stopped.status is RunStatus.STOPPED
    assert stopped.finished_at == datetime.fromtimestamp(clock.now, UTC)
    assert store.claim_next(LEASE) is None
    assert statuses(store, run.id) == ["QUEUED", "STOPPED"]


def test_stop_and_pause_of_a_running_run_are_orders_to_its_worker(store: Store) -> None:
    run_id, claim = claimed_run(store)
    assert not store.heartbeat(claim, LEASE).pause
    store.request_pause(run_id, ANNA)
    store.request_stop(run_id, ANNA)
    orders = store.heartbeat(claim, LEASE)
    assert (orders.stop, orders.pause) == (True, True)
    assert store.get_run(run_id).status is RunStatus.RUNNING


def test_a_queued_run_pauses_at_once_and_continues_at_the_end_of_the_queue(
    store: Store, clock: Clock
) -> None:
    first = new_run(store)
    clock.advance(1)
    second = new_run(store)
    clock.advance(1)
    store.request_pause(first.id, ANNA)
    assert store.get_run(first.id).status is RunStatus.PAUSED
    assert situation(store, first.id).queue_position is None
    clock.advance(1)
    store.continue_run(first.id, ANNA, epoch_limit=1)
    assert situation(store, second.id).queue_position == 1
    assert situation(store, first.id).queue_position == 2
    assert store.get_run(first.id).epoch_limit == 1
    assert statuses(store, first.id) == ["QUEUED", "PAUSED", "QUEUED"]


def test_stop_ends_a_paused_run_and_keeps_its_checkpoint(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.pause(claim, b"weights")
    store.request_stop(run_id, ANNA)
    assert store.get_run(run_id).status is RunStatus.STOPPED
    assert store.load_checkpoint(run_id) == b"weights"


def test_what_does_not_fit_the_state_is_refused(store: Store) -> None:
    run = new_run(store)
    with pytest.raises(RunStateError, match="Only a paused run"):
        store.continue_run(run.id, ANNA)
    store.request_pause(run.id, ANNA)
    with pytest.raises(RunStateError, match="paused already"):
        store.request_pause(run.id, ANNA)
    store.request_stop(run.id, ANNA)
    for refused in (store.request_stop, store.request_pause):
        with pytest.raises(RunStateError, match="over already"):
            refused(run.id, ANNA)
    with pytest.raises(RunStateError, match="over already"):
        store.set_pace(run.id, ANNA, 1.0)
    assert statuses(store, run.id) == ["QUEUED", "PAUSED", "STOPPED"]


def test_pace_and_epoch_limit_reach_the_worker(store: Store) -> None:
    run_id, claim = claimed_run(store, epoch_limit=4)
    store.set_pace(run_id, ANNA, 2.5)
    orders = store.heartbeat(claim, LEASE)
    assert (orders.pace, orders.epoch_limit) == (2.5, 4)


def test_a_stranger_can_watch_a_run_but_change_nothing(store: Store) -> None:
    run = new_run(store, owner=ANNA)
    changes = [
        lambda owner: store.request_stop(run.id, owner),
        lambda owner: store.request_pause(run.id, owner),
        lambda owner: store.continue_run(run.id, owner),
        lambda owner: store.set_pace(run.id, owner, 1.0),
        lambda owner: store.rename_run(run.id, owner, "mine"),
        lambda owner: store.note_run(run.id, owner, "mine"),
        lambda owner: store.star_run(run.id, owner, starred=True),
        lambda owner: store.delete_run(run.id, owner),
        lambda owner: store.restore_run(run.id, owner),
    ]
    for change in changes:
        for stranger in (BEN, None):
            with pytest.raises(NotYoursError):
                change(stranger)
    assert store.get_run(run.id) == run


def test_a_run_of_the_computer_itself_is_changed_by_no_browser(store: Store) -> None:
    run = new_run(store, owner=None)
    with pytest.raises(NotYoursError, match="belongs to the computer"):
        store.rename_run(run.id, BEN, "Ours")
    store.rename_run(run.id, None, "Ours")
    assert store.get_run(run.id).name == "Ours"


def test_a_token_is_kept_as_its_hash_only() -> None:
    assert hash_owner("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_name_that_is_too_long_leaves_the_old_one(store: Store) -> None:
    run = new_run(store, name="Old")
    with pytest.raises(ConfigError):
        store.rename_run(run.id, ANNA, "x" * 81)
    assert store.get_run(run.id).name == "Old"
    store.rename_run(run.id, ANNA, "x" * 80)
    assert store.get_run(run.id).name == "x" * 80


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("better\tthan\nbefore\0", "better than before"),
        ("<b>bold</b> \u202eright to left", "<b>bold</b> right to left"),
        ("x" * 500, "x" * 500),
    ],
)
def test_a_note_is_kept_as_one_line_of_what_can_be_shown(
    store: Store, typed: str, kept: str
) -> None:
    run = new_run(store)
    store.note_run(run.id, ANNA, typed)
    assert store.get_run(run.id).note == kept


def test_a_note_that_is_too_long_leaves_the_old_one(store: Store) -> None:
    run = new_run(store)
    store.note_run(run.id, ANNA, "Old")
    with pytest.raises(ConfigError, match=r"10,000 characters\. Choose at most 500\."):
        store.note_run(run.id, ANNA, "x" * 10_000)
    assert store.get_run(run.id).note == "Old"


def test_a_star_comes_and_goes(store: Store) -> None:
    run = new_run(store)
    assert not run.starred
    for starred in (True, False):
        store.star_run(run.id, ANNA, starred=starred)
        assert store.get_run(run.id).starred is starred


def test_several_runs_are_found_in_the_order_asked_for(store: Store) -> None:
    one, two, gone = (new_run(store) for _ in range(3))
    store.delete_run(gone.id, ANNA)
    asked = [two.id, gone.id, one.id, two.id, "0" * 12, "no id at all"]
    assert [run.id for run in store.find_runs(asked)] == [two.id, one.id]


def test_the_epochs_of_many_runs_are_read_at_once(store: Store) -> None:
    empty = new_run(store)
    store.request_stop(empty.id, ANNA)
    run_id, claim = claimed_run(store)
    for epoch in range(3):
        store.record(claim, epoch=epoch_record(epoch))
    store.record(claim, epoch=dataclasses.replace(epoch_record(3), val_accuracy=math.nan))
    found = store.read_epochs_of([run_id, empty.id])
    assert str(found) == str({run_id: store.read_epochs(run_id), empty.id: []})
    curves = store.read_curves([run_id, empty.id])
    assert str(curves) == str({run_id: [0.8, 0.8, 0.8, math.nan], empty.id: []})
    assert store.read_curves([run_id], "loss") == {run_id: [0.4] * 4}


def test_a_store_from_before_there_were_notes_gets_them(url: str) -> None:
    with Store(url) as store:
        run, address = new_run(store), store.url
    make_older(address, "005")
    with Store(url) as store:
        assert store.get_run(run.id) == run
        store.note_run(run.id, ANNA, "Old, and now it has a note.")
        assert store.get_run(run.id).note == "Old, and now it has a note."


def test_a_deleted_run_shows_nowhere_and_is_never_claimed(store: Store) -> None:
    run = new_run(store)
    store.delete_run(run.id, ANNA)
    with pytest.raises(RunNotFoundError):
        store.get_run(run.id)
    with pytest.raises(RunNotFoundError):
        store.request_stop(run.id, ANNA)
    assert store.list_runs() == []
    assert store.situations([run.id]) == {}
    assert store.sizes() == {}
    assert store.claim_next(LEASE) is None
    assert [deleted.id for deleted in store.list_runs(deleted=True)] == [run.id]


def test_a_restored_run_is_back_in_its_place(store: Store) -> None:
    run = new_run(store)
    store.delete_run(run.id, ANNA)
    store.restore_run(run.id, ANNA)
    assert store.get_run(run.id) == run
    assert store.list_runs(deleted=True) == []
    assert store.claim_next(LEASE) is not None


def test_deleting_a_running_run_stops_it(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.delete_run(run_id, ANNA)
    assert store.heartbeat(claim, LEASE).stop
    store.finish(claim, RunStatus.STOPPED, model=b"model")
    store.restore_run(run_id, ANNA)
    assert store.get_run(run_id).status is RunStatus.STOPPED


def test_purging_removes_everything_of_old_deleted_runs_only(store: Store, clock: Clock) -> None:
    old_id, claim = claimed_run(store)
    store.record(claim, events=[("note", {})], epoch=epoch_record(0), checkpoint=b"c")
    store.finish(claim, RunStatus.FINISHED, model=b"m")
    store.delete_run(old_id, ANNA)
    clock.advance(60)
    fresh, kept = new_run(store), new_run(store)
    store.delete_run(fresh.id, ANNA)

    assert store.purge_deleted(older_than_seconds=30) == 1

    assert [run.id for run in store.list_runs(deleted=True)] == [fresh.id]
    assert [run.id for run in store.list_runs()] == [kept.id]
    assert store.read_events({old_id: 0}, 10) == []
    assert store.read_epochs(old_id) == []
    assert store.load_model(old_id) is None
    with pytest.raises(RunNotFoundError):
        store.restore_run(old_id, ANNA)


def test_purging_waits_for_the_worker_of_a_deleted_run(store: Store, clock: Clock) -> None:
    run_id, claim = claimed_run(store)
    store.delete_run(run_id, ANNA)
    clock.advance(60)
    assert store.purge_deleted(0) == 0
    store.finish(claim, RunStatus.STOPPED)
    assert store.purge_deleted(0) == 1


def test_sizes_count_events_and_blobs_of_each_run(store: Store) -> None:
    small = new_run(store)
    large, claim = new_run(store, owner=BEN), store.claim_next(LEASE)
    assert claim is not None
    claims = [claim, store.claim_next(LEASE)]
    of_large = next(claim for claim in claims if claim and claim.run_id == large.id)
    before = store.sizes()
    store.record(of_large, checkpoint=b"x" * 5000, snapshot=(0, b"y" * 700))
    store.record(of_large, checkpoint=b"x" * 6000, events=[("note", {"a": 1})])
    after = store.sizes()
    assert after[large.id] - before[large.id] == 6000 + 700 + len('{"a": 1}')
    assert after[small.id] == before[small.id] > 0
