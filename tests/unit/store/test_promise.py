"""Whatever workers, servers and clocks do: a run ends once, and no finished epoch is lost."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mnist_core.errors import ClaimLostError, RunStateError
from mnist_core.store import Claim, RunStatus, Store
from mnist_core.store.queue import LONGEST_LEASE
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    LEASE,
    Clock,
    epoch_record,
    events_of,
    new_run,
    statuses,
)

MOST_RUNS = 3
ENDS = st.sampled_from([status for status in RunStatus if status.is_over])


class TickingClock(Clock):
    """A clock that never says the same twice: of two runs, one has always waited for longer.

    Else their ids would decide, which are made up anew when Hypothesis tries the same steps again.
    """

    def __call__(self) -> float:
        self.advance(0.001)
        return self.now


class Classroom(RuleBasedStateMachine):
    """Runs that people steer, workers that die, sleep and wake, and clocks that jump.

    A worker that slept writes under a claim that is long lost.
    """

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.clock = TickingClock()
        path = Path(self._folder.name) / "mnist.db"
        self.store = Store(f"sqlite:///{path}", clock=self.clock)
        self.claims: list[Claim] = []
        self.finished_epochs: dict[str, list[int]] = defaultdict(list)
        self.runs: dict[str, str] = {}

    @precondition(lambda self: len(self.runs) < MOST_RUNS)
    @rule(owner=st.sampled_from([ANNA, BEN]))
    def start(self, owner: str) -> None:
        self.runs[new_run(self.store, owner=owner).id] = owner

    @rule()
    def claim(self) -> None:
        if claim := self.store.claim_next(LEASE):
            self.claims.append(claim)

    @rule(data=st.data(), repeated=st.booleans())
    def finish_an_epoch(self, data: Any, repeated: bool) -> None:
        for claim in self._some_claim(data):
            done = self.store.get_run(claim.run_id).epochs_done
            epoch = max(0, done - repeated)
            with suppress(ClaimLostError):
                self.store.record(claim, epoch=epoch_record(epoch), checkpoint=b"kept")
                if epoch == done:
                    self.finished_epochs[claim.run_id].append(epoch)

    @rule(data=st.data())
    def give_a_sign_of_life(self, data: Any) -> None:
        for claim in self._some_claim(data):
            with suppress(ClaimLostError):
                self.store.heartbeat(claim, LEASE)

    @rule(data=st.data(), end=ENDS)
    def end(self, data: Any, end: RunStatus) -> None:
        for claim in self._some_claim(data):
            why = {"error": "It overflowed."} if end is RunStatus.FAILED else {}
            with suppress(ClaimLostError):
                self.store.finish(claim, end, **why)

    @rule(data=st.data())
    def hand_back(self, data: Any) -> None:
        for claim in self._some_claim(data):
            with suppress(ClaimLostError):
                self.store.pause(claim, b"kept")

    @rule(data=st.data(), counts=st.booleans())
    def lose_a_worker(self, data: Any, counts: bool) -> None:
        for claim in self._some_claim(data):
            self.store.interrupt(claim, counts=counts)

    @rule()
    def keep_house(self) -> None:
        self.store.expire_leases()

    @rule(seconds=st.sampled_from([0.1, LEASE + 1, 86_400.0, -0.1, -LEASE, -86_400.0]))
    def pass_time_or_set_the_clock(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @precondition(lambda self: self.runs)
    @rule(data=st.data(), wish=st.sampled_from(["request_stop", "request_pause", "continue_run"]))
    def steer(self, data: Any, wish: str) -> None:
        run_id = data.draw(st.sampled_from(list(self.runs)))
        with suppress(RunStateError):
            getattr(self.store, wish)(run_id, self.runs[run_id])

    @invariant()
    def nothing_is_lost_and_nothing_ends_twice(self) -> None:
        for run_id in self.runs:
            run = self.store.get_run(run_id)
            ends = [RunStatus(said).is_over for said in statuses(self.store, run_id)]
            assert sum(ends) == run.status.is_over
            assert ends[-1] == run.status.is_over
            assert bool(run.error) == (run.status is RunStatus.FAILED)
            kept = [epoch.epoch for epoch in self.store.read_epochs(run_id)]
            assert kept == self.finished_epochs[run_id]
            assert events_of(self.store, run_id)  # numbered without gaps

    def teardown(self) -> None:
        """Let a server come that works: every run ends."""
        with self._closing():
            for _ in range(2):
                self.clock.advance(LEASE + LONGEST_LEASE)
                self.store.expire_leases()
            for run_id, owner in self.runs.items():
                if self.store.get_run(run_id).status is RunStatus.PAUSED:
                    self.store.continue_run(run_id, owner)
            while claim := self.store.claim_next(LEASE):
                self.store.finish(claim, RunStatus.FINISHED)
            assert all(self.store.get_run(run_id).status.is_over for run_id in self.runs)
            self.nothing_is_lost_and_nothing_ends_twice()

    @contextmanager
    def _closing(self) -> Iterator[None]:
        with self._folder, self.store:
            yield

    def _some_claim(self, data: Any) -> list[Claim]:
        return [data.draw(st.sampled_from(self.claims))] if self.claims else []


TestClassroom = Classroom.TestCase
TestClassroom.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
