"""What is left to the writing thread: in order, all or nothing, and seen by whoever reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from mnist_core.errors import ClaimLostError
from mnist_core.store import Claim, RunStatus, Store, behind
from mnist_core.store.behind import WriteBehind
from tests.unit.store.store_helpers import (
    LEASE,
    Clock,
    claimed_run,
    epoch_record,
    events_of,
    progress,
)

FIRST, SECOND = Claim("1" * 12, 1), Claim("2" * 12, 1)
LONG = 60.0  # seconds; nobody waits as long, unless it is for good


class Desk:
    """Writes down what it is handed, once it may."""

    def __init__(self) -> None:
        self.written: list[tuple[Claim, list[str]]] = []
        self.may_write = threading.Event()
        self.has_begun = threading.Event()

    def write(self, claim: Claim, reports: Sequence[str]) -> None:
        self.has_begun.set()
        assert self.may_write.wait(LONG)
        if "bad" in reports:
            raise ClaimLostError("gone")
        self.written.append((claim, [*reports]))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def line(desk: Desk) -> Iterator[WriteBehind[str]]:
    write_behind = WriteBehind[str](desk.write)
    yield write_behind
    desk.may_write.set()
    write_behind.close()


def test_nobody_waits_for_the_disk_and_what_came_meanwhile_is_written_in_one_go(
    desk: Desk, line: WriteBehind[str]
) -> None:
    line.put(FIRST, "a")
    assert desk.has_begun.wait(LONG)
    for report in "bcd":
        line.put(FIRST, report)
    line.put(SECOND, "e")
    assert desk.written == []
    desk.may_write.set()
    line.settle()
    assert desk.written == [(FIRST, ["a"]), (FIRST, ["b", "c", "d"]), (SECOND, ["e"])]


def test_what_fails_is_told_to_its_own_claim_and_ends_what_comes_after_it(
    desk: Desk, line: WriteBehind[str]
) -> None:
    desk.may_write.set()
    line.put(FIRST, "bad")
    line.settle()
    for call in (lambda: line.put(FIRST, "late"), lambda: line.settle_claim(FIRST)):
        with pytest.raises(ClaimLostError, match="gone"):
            call()
    line.put(SECOND, "good")
    line.settle_claim(SECOND)
    assert desk.written == [(SECOND, ["good"])]


def test_a_disk_that_is_too_slow_holds_up_whoever_brings_more(
    desk: Desk, line: WriteBehind[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind, "MOST_WAITING", 2)
    line.put(FIRST, "a")
    assert desk.has_begun.wait(LONG)
    line.put(FIRST, "b")
    line.put(FIRST, "c")
    fourth = threading.Thread(target=line.put, args=(FIRST, "d"))
    fourth.start()
    fourth.join(0.05)
    assert fourth.is_alive()
    desk.may_write.set()
    fourth.join(LONG)
    line.settle()
    assert desk.written == [(FIRST, ["a"]), (FIRST, ["b", "c"]), (FIRST, ["d"])]


def test_closing_writes_what_waits(desk: Desk, line: WriteBehind[str]) -> None:
    desk.may_write.set()
    line.put(FIRST, "a")
    line.close()
    assert desk.written == [(FIRST, ["a"])]


# --- through the store ---


def report_an_epoch(store: Store, claim: Claim, clock: Clock, *, wait: bool) -> None:
    for step in (300, 600):
        store.record(claim, events=[progress(step)], step=step, seconds=step / 600, wait=wait)
        clock.advance(0.5)
    store.record(
        claim,
        events=[("epoch", {"epoch": 0}), ("digits", {"epoch": 0})],
        epoch=epoch_record(0),
        snapshot=(0, lambda: b"packed later"),
        checkpoint=lambda: b"packed later too",
        wait=wait,
    )


def test_reports_left_to_the_thread_come_to_the_same_as_reports_waited_for(
    store: Store, clock: Clock
) -> None:
    came_to = []
    for wait in (True, False):
        began = clock.now
        run_id, claim = claimed_run(store)
        report_an_epoch(store, claim, clock, wait=wait)
        run = store.get_run(run_id)
        events = [
            (event.seq, event.kind, event.data, event.created_at.timestamp() - began)
            for event in store.read_events({run_id: 2})
        ]
        blobs = store.load_snapshot(run_id, 0), store.load_checkpoint(run_id)
        numbers = run.step, run.seconds, run.epochs_done, run.last_seq, run.val_loss
        came_to.append((events, blobs, numbers, store.read_epochs(run_id), store.sizes()[run_id]))
    assert came_to[0] == came_to[1]
    assert [at for *_, at in came_to[1][0]] == [0.0, 0.5, 1.0, 1.0]


def test_what_was_reported_is_written_before_the_run_ends(store: Store, clock: Clock) -> None:
    run_id, claim = claimed_run(store)
    report_an_epoch(store, claim, clock, wait=False)
    store.finish(claim, RunStatus.STOPPED)
    kinds = [event.kind for event in store.read_events({run_id: 2})]
    assert kinds == ["progress", "progress", "epoch", "digits", "status"]


@pytest.mark.parametrize(
    "call",
    [
        lambda store, claim: store.record(claim, step=9, wait=False),
        lambda store, claim: store.record(claim, step=9),
        lambda store, claim: store.pause(claim, b"here"),
        lambda store, claim: store.finish(claim, RunStatus.FINISHED),
    ],
)
def test_a_claim_that_was_lost_meanwhile_is_told_at_the_next_call(
    store: Store, call: Callable[[Store, Claim], None]
) -> None:
    run_id, old = claimed_run(store)
    store.interrupt(old)
    store.claim_next(LEASE)
    before = store.get_run(run_id), events_of(store, run_id)
    store.record(old, events=[progress(9)], step=9, wait=False)
    assert (store.get_run(run_id), events_of(store, run_id)) == before
    with pytest.raises(ClaimLostError):
        call(store, old)
    assert (store.get_run(run_id), events_of(store, run_id)) == before
