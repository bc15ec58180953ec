from __future__ import annotations

from multiprocessing.pool import Pool

import pytest

from mnist_core.errors import ClaimLostError
from mnist_core.store import Claim, RunStatus, Store
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    LEASE,
    Clock,
    claim_until_empty,
    claimed_run,
    epoch_record,
    events_of,
    hold_workers,
    new_run,
    progress,
    situation,
    statuses,
)


def test_several_processes_claim_every_run_exactly_once(
    store: Store, url: str, processes: Pool
) -> None:
    waiting = {new_run(store, owner=f"{number % 5}" * 64).id for number in range(40)}
    lists = processes.map(claim_until_empty, [url] * 4, chunksize=1)
    claimed = [run_id for of_one in lists for run_id in of_one]
    assert len(claimed) == 40
    assert set(claimed) == waiting
    for run_id in waiting:
        assert store.get_run(run_id).attempt == 1
        assert statuses(store, run_id) == ["QUEUED", "RUNNING"]


def test_runs_are_claimed_in_the_order_in_which_they_came(store: Store, clock: Clock) -> None:
    ids = []
    for number in range(3):
        ids.append(new_run(store, owner=f"{number}" * 64).id)
        clock.advance(1)
    assert [situation(store, run_id).queue_position for run_id in ids] == [1, 2, 3]
    claims = [store.claim_next(LEASE) for _ in ids]
    assert claims == [Claim(run_id, 1) for run_id in ids]
    assert store.claim_next(LEASE) is None


def test_who_has_fewer_running_runs_goes_first(store: Store, clock: Clock) -> None:
    anna = []
    for _ in range(3):
        anna.append(new_run(store, owner=ANNA).id)
        clock.advance(1)
    ben = new_run(store, owner=BEN).id
    assert store.claim_next(LEASE) == Claim(anna[0], 1)
    assert [situation(store, run_id).queue_position for run_id in (ben, *anna[1:])] == [1, 2, 3]
    assert store.claim_next(LEASE) == Claim(ben, 1)
    assert store.claim_next(LEASE) == Claim(anna[1], 1)


def test_runs_of_nobody_count_together(store: Store, clock: Clock) -> None:
    new_run(store, owner=None)
    clock.advance(1)
    second = new_run(store, owner=None).id
    clock.advance(1)
    anna = new_run(store, owner=ANNA).id
    store.claim_next(LEASE)
    assert store.claim_next(LEASE) == Claim(anna, 1)
    assert store.claim_next(LEASE) == Claim(second, 1)


def test_the_start_of_a_run_is_that_of_its_first_attempt(store: Store, clock: Clock) -> None:
    run_id, claim = claimed_run(store)
    started = store.get_run(run_id).started_at
    assert started is not None
    clock.advance(5)
    store.interrupt(claim)
    store.claim_next(LEASE)
    assert store.get_run(run_id).started_at == started
    assert store.get_run(run_id).attempt == 2


def test_an_interrupted_run_goes_on_before_those_that_came_later(
    store: Store, clock: Clock
) -> None:
    run_id, claim = claimed_run(store)
    clock.advance(1)
    new_run(store, owner=BEN)
    store.interrupt(claim)
    assert store.get_run(run_id).status is RunStatus.INTERRUPTED
    assert situation(store, run_id).queue_position == 1
    assert store.claim_next(LEASE) == Claim(run_id, 2)
    assert statuses(store, run_id) == ["QUEUED", "RUNNING", "INTERRUPTED", "RUNNING"]


def test_interrupting_with_an_old_claim_changes_nothing(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.interrupt(claim)
    store.claim_next(LEASE)
    store.interrupt(claim)
    store.interrupt(Claim("0" * 12, 1))
    assert store.get_run(run_id).status is RunStatus.RUNNING


def test_a_lease_that_is_not_renewed_ends(store: Store, clock: Clock) -> None:
    run_id, claim = claimed_run(store)
    clock.advance(LEASE - 1)
    store.heartbeat(claim, LEASE)
    clock.advance(LEASE - 1)
    assert store.expire_leases() == []
    clock.advance(2)
    assert store.expire_leases() == [run_id]
    assert store.get_run(run_id).status is RunStatus.INTERRUPTED
    with pytest.raises(ClaimLostError):
        store.heartbeat(claim, LEASE)


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0], ids=["back", "forward"])
def test_a_clock_that_is_set_anew_takes_no_run_from_a_worker_that_lives(
    store: Store, clock: Clock, jump: float
) -> None:
    run_id, claim = claimed_run(store)
    clock.advance(jump)
    store.heartbeat(claim, LEASE)
    assert store.expire_leases() == []
    clock.advance(LEASE + 1)  # and one that dies then is missed in time
    assert store.expire_leases() == [run_id]


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0], ids=["back", "forward"])
def test_what_a_worker_did_before_a_clock_was_set_anew_stays_and_the_run_ends_once(
    store: Store, clock: Clock, jump: float
) -> None:
    run_id, first = claimed_run(store)
    store.record(first, epoch=epoch_record(0), checkpoint=b"after epoch 1")
    clock.advance(jump)
    assert store.expire_leases() == [run_id]  # seen before the worker's next heartbeat
    second = store.claim_next(LEASE)
    assert second is not None
    with pytest.raises(ClaimLostError):
        store.record(first, epoch=epoch_record(1))
    with pytest.raises(ClaimLostError):
        store.finish(first, RunStatus.FINISHED)
    assert store.load_checkpoint(run_id) == b"after epoch 1"
    store.record(second, epoch=epoch_record(1))
    store.finish(second, RunStatus.FINISHED)
    assert [epoch.epoch for epoch in store.read_epochs(run_id)] == [0, 1]
    assert statuses(store, run_id).count("FINISHED") == 1


def test_a_lease_is_renewed_when_a_third_of_it_has_passed_and_only_read_before(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, claim = claimed_run(store)
    writes = []
    write = store._database.write
    monkeypatch.setattr(store._database, "write", lambda: writes.append(clock.now) or write())
    began = clock.now
    for _ in range(20):
        clock.advance(LEASE / 12)
        store.heartbeat(claim, LEASE)
    assert [time - began for time in writes] == [LEASE / 3 * n for n in range(1, 6)]
    clock.advance(LEASE - 1)
    assert store.expire_leases() == []


def test_every_write_changes_the_version_of_the_data_and_reading_does_not(store: Store) -> None:
    if store.data_version() is None:
        assert store.url.startswith("postgresql")
        return
    seen = [store.data_version()]
    run = new_run(store)
    for change in (
        lambda: store.report_dispatcher("one", workers=1, workers_ready=0),
        lambda: store.request_pause(run.id, ANNA),
    ):
        change()
        seen.append(store.data_version())
        store.list_runs()
        assert store.data_version() == seen[-1]
    with Store(store.url) as elsewhere:
        elsewhere.continue_run(run.id, ANNA)
        seen.append(store.data_version())
    assert len(set(seen)) == 4


def test_a_heartbeat_at_the_last_moment_keeps_the_claim(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, claim = claimed_run(store)
    clock.advance(LEASE + 1)
    write = store._database.write

    def write_after_a_heartbeat() -> object:
        monkeypatch.undo()
        store.heartbeat(claim, LEASE)
        return write()

    monkeypatch.setattr(store._database, "write", write_after_a_heartbeat)
    assert store.expire_leases() == []
    assert store.get_run(run_id).status is RunStatus.RUNNING


def test_a_run_that_kills_three_workers_at_the_same_place_fails(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.record(claim, events=[progress(10)], step=10)
    for attempt in (1, 2, 3):
        assert store.get_run(run_id).status is RunStatus.RUNNING
        # Work that is only repeated is no way forward.
        store.record(Claim(run_id, attempt), events=[progress(10)], step=10)
        store.interrupt(Claim(run_id, attempt))
        store.claim_next(LEASE)
    failed = store.get_run(run_id)
    assert failed.status is RunStatus.FAILED
    assert failed.error == "The worker process died three times in a row at the same place."
    assert failed.advice
    assert "memory" in failed.advice
    assert failed.finished_at is not None
    last = events_of(store, run_id, "status")[-1]
    assert last == {
        "status": "FAILED",
        "attempt": 3,
        "error": failed.error,
        "advice": failed.advice,
    }


def test_deaths_with_progress_between_them_do_not_add_up(store: Store) -> None:
    run_id, _ = claimed_run(store)
    for attempt in range(1, 6):
        store.record(Claim(run_id, attempt), step=10 * attempt)
        store.interrupt(Claim(run_id, attempt))
        assert store.claim_next(LEASE) == Claim(run_id, attempt + 1)


def test_work_up_to_a_new_checkpoint_is_progress_though_it_was_done_before(store: Store) -> None:
    """Each worker is killed before it gets as far as the first one did."""
    run_id, claim = claimed_run(store)
    store.record(claim, step=1000)
    for attempt in range(1, 6):
        store.record(Claim(run_id, attempt), step=10 * attempt, checkpoint=b"a little further")
        store.interrupt(Claim(run_id, attempt))
        assert store.claim_next(LEASE) == Claim(run_id, attempt + 1)


def test_a_run_that_fails_by_something_else_than_death_says_by_what(store: Store) -> None:
    run_id, _ = claimed_run(store)
    for attempt in (1, 2, 3):
        store.interrupt(Claim(run_id, attempt), error="The disk is full.", advice="Make room.")
        store.claim_next(LEASE)
    failed = store.get_run(run_id)
    assert (failed.status, failed.error, failed.advice) == (
        RunStatus.FAILED,
        "The disk is full.",
        "Make room.",
    )


def test_servers_that_stop_in_good_order_do_not_count_as_deaths(store: Store) -> None:
    run_id, _ = claimed_run(store)
    for attempt in range(1, 6):
        store.interrupt(Claim(run_id, attempt), counts=False)
        assert store.claim_next(LEASE) == Claim(run_id, attempt + 1)


def test_a_pause_that_its_worker_did_not_live_to_see_is_kept(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.request_pause(run_id, ANNA)
    store.interrupt(claim)
    paused = store.get_run(run_id)
    assert paused.status is RunStatus.PAUSED
    assert not paused.pause_requested


def test_a_stop_that_its_worker_did_not_live_to_see_goes_to_the_next(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.request_stop(run_id, ANNA)
    store.interrupt(claim)
    second = store.claim_next(LEASE)
    assert second == Claim(run_id, 2)
    assert store.heartbeat(second, LEASE).stop


def test_the_situation_counts_the_workers_of_living_servers(store: Store, clock: Clock) -> None:
    run = new_run(store)
    nobody = situation(store, run.id)
    assert (nobody.workers, nobody.workers_ready, nobody.server_alive) == (0, 0, False)
    store.report_dispatcher("one", workers=2, workers_ready=0)
    clock.advance(4)
    store.report_dispatcher("two", workers=3, workers_ready=1)
    store.report_dispatcher("two", workers=3, workers_ready=3)
    both = situation(store, run.id)
    assert (both.workers, both.workers_ready, both.server_alive) == (5, 3, True)
    clock.advance(2)
    assert situation(store, run.id).workers == 3
    store.report_dispatcher("two", workers=0, workers_ready=0, problem="Nobody has joined.")
    assert situation(store, run.id).problem == "Nobody has joined."
    store.forget_dispatcher("two")
    nobody = situation(store, run.id)
    assert (nobody.server_alive, nobody.problem) == (False, "")


def test_a_worker_that_several_servers_reach_is_one_s_until_it_is_let_go_or_not_held_any_more(
    store: Store, clock: Clock
) -> None:
    assert store.hold_workers("one", ["a", "b"]) == {"a", "b"}
    assert store.hold_workers("two", ["a", "b", "c"]) == {"c"}
    assert store.hold_workers("one", ["a"]) == {"a"}
    assert store.hold_workers("two", ["a", "b", "c"]) == {"b", "c"}
    for _ in range(3):  # "two" is not heard of any more
        clock.advance(2.5)
        held = store.hold_workers("one", ["a", "b", "c"])
    assert held == {"a", "b", "c"}
    assert store.hold_workers("two", ["a", "b", "c"]) == set()
    store.forget_dispatcher("one")
    assert store.hold_workers("two", ["a"]) == {"a"}
    assert store.hold_workers("two", []) == set()


def test_of_servers_that_take_the_same_workers_at_once_each_worker_has_one(
    url: str, store: Store, processes: Pool
) -> None:
    names = [f"worker {number}" for number in range(8)]
    servers = [(url, f"server {number}", names[number:] + names[:number]) for number in range(8)]
    taken = [worker for held in processes.starmap(hold_workers, servers, 1) for worker in held]
    assert sorted(taken) == names


def test_a_run_that_trains_on_though_its_server_is_gone_has_a_warm_worker(
    store: Store, clock: Clock
) -> None:
    store.report_dispatcher("gone", workers=1, workers_ready=1)
    claimed_run(store)
    run = new_run(store)
    clock.advance(6)
    store.report_dispatcher("next", workers=1, workers_ready=0)  # it waits for the worker
    assert situation(store, run.id).workers_ready == 1


def test_the_situation_of_a_running_run_has_no_place_in_the_queue(store: Store) -> None:
    run_id, _ = claimed_run(store)
    waiting = new_run(store)
    found = store.situations([run_id, waiting.id, "0" * 12, "\0"])
    assert set(found) == {run_id, waiting.id}
    assert found[run_id].status is RunStatus.RUNNING
    assert found[run_id].queue_position is None
    assert found[waiting.id].queue_position == 1
    assert found[waiting.id] == situation(store, waiting.id)


def test_the_situation_tells_what_was_asked_of_a_run_and_how_far_its_events_go(
    store: Store,
) -> None:
    run_id, _ = claimed_run(store, epoch_limit=2)
    store.request_pause(run_id, ANNA)
    run, told = store.get_run(run_id), situation(store, run_id)
    for name in ("status", "epoch_limit", "stop_requested", "pause_requested", "last_seq"):
        assert getattr(told, name) == getattr(run, name)
    assert (told.epoch_limit, told.stop_requested, told.pause_requested) == (2, False, True)
