"""Runs that take turns: whose is next, what a turn leaves, and what is said of the time."""

from __future__ import annotations

import pytest

from mnist_core.errors import ClaimLostError
from mnist_core.store import Claim, Run, RunStatus, Store
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    LEASE,
    Clock,
    claimed_run,
    epoch_record,
    make_older,
    new_run,
    progress,
    situation,
    statuses,
)

CARLA = "c" * 64


class Room:
    """Workers that take one turn after the other, a second each."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.names: dict[str, str] = {}

    def add(self, name: str, owner: str | None, **settings: object) -> Run:
        run = new_run(self.store, owner=owner, **settings)
        self.names[run.id] = name
        self.clock.advance(0.01)
        return run

    def claim(self) -> Claim:
        claim = self.store.claim_next(LEASE, "worker")
        assert claim is not None
        return claim

    def take_turns(self, count: int, seconds: float = 1.0) -> str:
        """Let one worker work; return the names of the runs in the order of their turns."""
        return " ".join(self.names[self.take_turn(seconds).run_id] for _ in range(count))

    def take_turn(self, seconds: float = 1.0) -> Claim:
        claim = self.claim()
        self.clock.advance(seconds)
        self.store.give_way(claim, b"checkpoint", seconds=seconds)
        return claim


@pytest.fixture
def room(store: Store, clock: Clock) -> Room:
    return Room(store, clock)


def test_five_runs_of_one_person_keep_nobody_waiting_for_longer_than_a_turn(room: Room) -> None:
    for number in range(1, 6):
        room.add(f"anna{number}", ANNA)
    room.add("ben", BEN)
    assert room.take_turns(4) == "anna1 ben anna2 ben"
    room.add("carla", CARLA)
    assert room.take_turns(4) == "carla anna3 ben carla"
    assert room.take_turns(9) == "anna4 ben carla anna5 ben carla anna1 ben carla"


def test_nobody_s_runs_take_the_turns_of_one_person(room: Room) -> None:
    room.add("nobody1", None)
    room.add("nobody2", None)
    room.add("anna", ANNA)
    assert room.take_turns(5) == "nobody1 anna nobody2 anna nobody1"


def test_who_was_paused_or_is_done_has_had_a_turn(room: Room, store: Store, clock: Clock) -> None:
    room.add("anna1", ANNA)
    room.add("ben1", BEN)
    room.add("carla1", CARLA)
    anna, ben = room.claim(), room.claim()
    clock.advance(1)
    store.pause(ben, b"checkpoint")
    clock.advance(1)
    store.finish(anna, RunStatus.FINISHED)
    for name, owner in (("anna2", ANNA), ("ben2", BEN), ("carla2", CARLA)):
        room.add(name, owner)
    assert room.take_turns(4) == "carla1 ben2 anna2 carla2"


def test_two_workers_train_runs_of_two_people(room: Room, store: Store) -> None:
    room.add("anna1", ANNA)
    room.add("anna2", ANNA)
    room.add("ben", BEN)
    assert [room.names[room.claim().run_id] for _ in range(3)] == ["anna1", "ben", "anna2"]


def test_single_runs_take_turns_before_any_of_many(room: Room, store: Store) -> None:
    room.add("anna", ANNA)
    room.add("ben", BEN)
    many = new_run(store, owner=CARLA)
    store.request_runs(
        {many.config.replace(seed=7): 3600},
        dataset_digest=many.dataset_digest,
        dataset_name="tiny",
        owner=CARLA,
    )
    store.request_stop(many.id, CARLA)
    assert room.take_turns(5) == "anna ben anna ben anna"


# --- who gives way ---


def gives_way(store: Store, claim: Claim) -> bool:
    return store.heartbeat(claim, LEASE).make_way


def test_a_run_gives_way_only_while_more_wait_than_there_are_free_workers(
    room: Room, store: Store
) -> None:
    room.add("anna", ANNA)
    claim = room.claim()
    store.report_dispatcher("server", workers=2, workers_ready=2)
    assert not gives_way(store, claim)
    room.add("ben", BEN)
    assert not gives_way(store, claim)  # the other worker is about to take it
    room.add("carla", CARLA)
    assert gives_way(store, claim)


def test_a_run_does_not_give_way_if_it_would_be_the_next_one_again(
    room: Room, store: Store
) -> None:
    for name, owner in (("anna", ANNA), ("ben1", BEN), ("ben2", BEN)):
        room.add(name, owner)
    anna, ben = room.claim(), room.claim()
    assert not gives_way(store, anna)
    assert gives_way(store, ben)


def test_a_run_that_a_process_trains_by_itself_never_gives_way(room: Room, store: Store) -> None:
    own = new_run(store, lease_seconds=LEASE)
    room.add("ben", BEN)
    assert not gives_way(store, own.claim)


# --- between two turns ---


@pytest.fixture
def between(room: Room, store: Store) -> Claim:
    """A run that has had its first turn, and the claim that is over."""
    room.add("anna", ANNA)
    claim = room.claim()
    store.record(claim, events=[progress(5)], epoch=epoch_record(0), step=5, seconds=2.0)
    store.give_way(claim, b"after a turn", seconds=2.5)
    return claim


def test_turns_are_no_news_to_whoever_watches(room: Room, store: Store, between: Claim) -> None:
    before = store.get_run(between.run_id)
    assert (before.status, before.seconds) == (RunStatus.RUNNING, 2.5)
    room.take_turn()
    room.take_turn()
    after = store.get_run(between.run_id)
    assert (after.status, after.last_seq) == (RunStatus.RUNNING, before.last_seq)
    assert statuses(store, between.run_id) == ["QUEUED", "RUNNING"]
    assert situation(store, between.run_id).queue_position == 1


def test_a_turn_that_is_over_writes_nothing_more(store: Store, between: Claim) -> None:
    for write in (
        lambda: store.record(between, step=6),
        lambda: store.give_way(between, b"", seconds=1.0),
        lambda: store.heartbeat(between, LEASE),
        lambda: store.finish(between, RunStatus.FINISHED),
    ):
        with pytest.raises(ClaimLostError):
            write()
    assert store.load_checkpoint(between.run_id) == b"after a turn"


def test_no_lease_runs_out_and_no_worker_is_lost_between_turns(
    store: Store, clock: Clock, between: Claim
) -> None:
    clock.advance(2 * LEASE)
    assert store.expire_leases() == []
    assert store.interrupt_worker("worker") == []
    assert store.claim_next(LEASE) == Claim(between.run_id, between.attempt + 1)


@pytest.mark.parametrize(
    ("wish", "status"), [("request_stop", RunStatus.STOPPED), ("request_pause", RunStatus.PAUSED)]
)
def test_between_turns_stop_and_pause_work_at_once(
    store: Store, between: Claim, wish: str, status: RunStatus
) -> None:
    getattr(store, wish)(between.run_id, ANNA)
    assert store.get_run(between.run_id).status is status
    assert store.load_checkpoint(between.run_id) == b"after a turn"
    assert store.claim_next(LEASE) is None


@pytest.mark.parametrize(
    ("wish", "status"), [("request_stop", RunStatus.STOPPED), ("request_pause", RunStatus.PAUSED)]
)
def test_what_is_asked_for_as_a_turn_ends_is_done(
    room: Room, store: Store, wish: str, status: RunStatus
) -> None:
    room.add("anna", ANNA)
    claim = room.claim()
    getattr(store, wish)(claim.run_id, ANNA)
    store.give_way(claim, b"checkpoint", seconds=1.0)
    run = store.get_run(claim.run_id)
    assert (run.status, run.pause_requested) == (status, False)


def test_the_model_of_an_earlier_pause_does_not_outlive_a_turn(room: Room, store: Store) -> None:
    room.add("anna", ANNA)
    claim = room.claim()
    store.pause(claim, b"checkpoint", model=b"old")
    store.continue_run(claim.run_id, ANNA)
    room.take_turn()
    assert store.load_model(claim.run_id) is None


def test_a_run_that_is_deleted_between_turns_can_be_brought_back_or_goes_for_good(
    store: Store, clock: Clock, between: Claim
) -> None:
    store.delete_run(between.run_id, ANNA)
    assert store.claim_next(LEASE) is None
    store.restore_run(between.run_id, ANNA)
    claim = store.claim_next(LEASE, "worker")
    assert claim == Claim(between.run_id, between.attempt + 1)
    assert not store.heartbeat(claim, LEASE).stop
    store.give_way(claim, b"checkpoint", seconds=3.0)
    store.delete_run(between.run_id, ANNA)
    assert store.purge_deleted(0.0) == 1


# --- workers that are lost ---


def test_a_lost_worker_gives_back_what_it_claimed_last(room: Room, store: Store) -> None:
    room.add("anna", ANNA)
    room.add("ben", BEN)
    first = store.claim_next(LEASE, "one")
    second = store.claim_next(LEASE, "two")
    assert first is not None
    assert second is not None
    store.give_way(first, b"checkpoint", seconds=1.0)
    again = store.claim_next(LEASE, "one")
    assert again == Claim(first.run_id, 2)

    assert store.interrupt_worker("one", counts=False) == [first.run_id]

    assert store.get_run(first.run_id).status is RunStatus.INTERRUPTED
    assert store.get_run(second.run_id).status is RunStatus.RUNNING
    assert store.interrupt_worker("one") == []


def test_a_run_that_kills_three_workers_in_its_turn_fails_whatever_turns_it_had(
    room: Room, store: Store
) -> None:
    room.add("anna", ANNA)
    room.take_turn()
    for _ in range(3):
        claim = store.claim_next(LEASE, "worker")
        assert claim is not None
        store.interrupt_worker("worker")
    assert store.get_run(claim.run_id).status is RunStatus.FAILED


def test_deaths_with_a_turn_between_them_do_not_add_up(room: Room, store: Store) -> None:
    run = room.add("anna", ANNA)
    for _ in range(5):
        room.claim()
        store.interrupt_worker("worker")
        room.take_turn()
    assert store.get_run(run.id).status is RunStatus.RUNNING


# --- how long it takes ---


def test_who_waits_is_told_when_its_turn_comes_and_when_it_is_done(
    room: Room, store: Store, clock: Clock
) -> None:
    anna, ben = room.add("anna", ANNA), room.add("ben", BEN)
    assert situation(store, anna.id).next_turn_in is None  # nobody knows how long a turn is
    for _ in range(2):
        claim = room.claim()
        store.record(claim, epoch=epoch_record(0), seconds=2.0)
        clock.advance(2.0)
        store.give_way(claim, b"checkpoint", seconds=2.0)
    room.claim()
    clock.advance(0.5)
    found = store.situations([anna.id, ben.id])
    assert found[anna.id].next_turn_in is None
    assert found[ben.id].next_turn_in == pytest.approx(1.5)
    # Nine epochs of ten are left to both, two seconds each.
    assert found[anna.id].done_in == pytest.approx(36.0)
    assert found[ben.id].done_in == pytest.approx(36.0)


def test_where_nobody_waits_nothing_is_estimated(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.record(claim, epoch=epoch_record(0), seconds=2.0)
    assert situation(store, run_id).done_in is None


def test_runs_that_an_older_program_left_take_turns(store: Store, url: str, clock: Clock) -> None:
    run_id, _ = claimed_run(store)
    waiting = new_run(store, owner=BEN)
    address = store.url
    store.close()
    make_older(address, "007")
    with Store(url, clock=clock) as again:
        assert again.situations([run_id])[run_id].status is RunStatus.RUNNING
        claim = again.claim_next(LEASE, "worker")
        assert claim == Claim(waiting.id, 1)
        again.give_way(claim, b"checkpoint", seconds=1.0)
        clock.advance(LEASE + 1)
        assert again.expire_leases() == [run_id]
