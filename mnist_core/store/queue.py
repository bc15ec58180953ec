"""The queue: which run is next, who claimed it, and what happens when a worker is lost."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.errors import ClaimLostError
from mnist_core.store.engine import insert, upsert
from mnist_core.store.part import StorePart
from mnist_core.store.records import Claim, RunStatus, Situation
from mnist_core.store.rows import HELD, WAITING, change_status, is_held, is_run_id
from mnist_core.store.runs import start_attempt
from mnist_core.store.schema import dispatchers, held_workers, runs
from mnist_core.store.turns import DISPATCHER_SECONDS, in_order, living_workers
from mnist_core.store.waiting_times import TurnTaker, WaitingTime, waiting_times
from mnist_core.store.workers import held_row

_FORGET_DISPATCHER_SECONDS: Final = 3600.0

LONGEST_LEASE: Final = 600.0
"""Seconds; no worker asks for as much. A lease beyond was given before the clock was set back."""

MOST_DEATHS: Final = 3
_DIED: Final = "The worker process died three times in a row at the same place."
_DIED_ADVICE: Final = (
    "The computer may have too little memory for it. Try fewer nodes or a smaller batch size, "
    "or close other programs."
)

_NEEDED: Final = (  # of a run that waits or trains, to estimate how long the others wait
    *("id", "owner", "status", "background", "config", "training_digits", "epochs_done", "step"),
    *("seconds", "lease_until", "worker", "turn_began_at", "turn_seconds"),
)
_TOLD_OF_RUN: Final = (
    *("status", "epoch_limit", "stop_requested", "pause_requested", "paused_by_class"),
    "last_seq",
)


class QueuePart(StorePart):
    """The dispatcher's methods, and what pages may know of the queue."""

    def claim_next(self, lease_seconds: float, worker: str = "") -> Claim | None:
        """Take the next waiting run for a worker; of several claimants one gets it.

        Next is a run of the owner with the fewest running ones; among those, of the owner, and
        then the run, whose last turn ended longest ago, or else that has waited longest. An
        interrupted run kept its place in the queue. Runs that somebody asked for by the dozen
        wait behind all others.

        Args:
            lease_seconds: for how long the claim holds without a heartbeat.
            worker: a name for `interrupt_worker`.

        Returns:
            None where no run waits.
        """
        # Dispatchers ask several times a second: only look where looking is enough.
        with self._database.read() as connection:
            if connection.execute(sa.select(runs.c.id).where(WAITING).limit(1)).first() is None:
                return None
        with self._database.write() as connection:
            # Where another claimant holds the first run, PostgreSQL takes the one after it.
            query = in_order(runs).limit(1).with_for_update(of=runs, skip_locked=True)
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            attempt = start_attempt(connection, row, self._clock(), lease_seconds, worker)
            return Claim(row["id"], attempt)

    def data_version(self) -> int | None:
        """Return a number that changes with every write to the store; None where it has none.

        Cheap enough to ask from an event loop, many times a second. For one thread.
        """
        return self._database.data_version()

    def interrupt(
        self,
        claim: Claim,
        *,
        counts: bool = True,
        error: str = _DIED,
        advice: str = _DIED_ADVICE,
    ) -> None:
        """Take a run back from a worker that is gone; one that is no longer its own stays.

        The run becomes INTERRUPTED and goes on first, or PAUSED where that was asked for, or
        FAILED when three workers in a row died without getting any further.

        Args:
            claim: the lost worker's.
            counts: False when the worker was ended on purpose, such as by a server that stops.
            error: said of a run that FAILED by it, one sentence.
            advice: what to try then, one sentence.
        """
        why = (error, advice)
        with self._database.write() as connection, contextlib.suppress(ClaimLostError):
            row = held_row(connection, claim)
            _take_back(connection, row, self._clock(), counts=counts, why=why)

    def interrupt_worker(self, worker: str, **options: Any) -> list[str]:
        """Take back what a worker holds that is gone, see `interrupt`; mostly a run, or none.

        Args:
            worker: the name under which it claimed.
            options: as in `interrupt`.

        Returns:
            The ids of those runs.
        """
        query = sa.select(runs.c.id, runs.c.attempt).where(HELD, runs.c.worker == worker)
        claims = [Claim(*row) for row in self._rows(query)]
        for claim in claims:
            self.interrupt(claim, **options)
        return [claim.run_id for claim in claims]

    def expire_leases(self) -> list[str]:
        """Take back every run whose worker has not been heard of in time, one after the other.

        A worker that lives sets its lease right by its next heartbeat after a clock was set back,
        so what still ends in the far future then is nobody's.

        Returns:
            The ids of those runs.
        """
        now = self._clock()
        in_time = runs.c.lease_until.between(now, now + LONGEST_LEASE)
        expired = sa.and_(HELD, sa.not_(in_time))
        taken = []
        for run_id, attempt in self._rows(sa.select(runs.c.id, runs.c.attempt).where(expired)):
            with self._database.write() as connection, contextlib.suppress(ClaimLostError):
                row = held_row(connection, Claim(run_id, attempt))
                # A heartbeat may have come in between.
                if not now <= row["lease_until"] <= now + LONGEST_LEASE:
                    _take_back(connection, row, now, counts=True)
                    taken.append(run_id)
        return taken

    def report_dispatcher(
        self, dispatcher_id: str, workers: int, workers_ready: int, problem: str = ""
    ) -> None:
        """Report that a server lives, how many workers it has, and how many are warmed up.

        Args:
            dispatcher_id: of the server's dispatcher.
            workers: its worker processes that can train or will soon.
            workers_ready: those of them that are warmed up.
            problem: why it has none, one sentence of at most 200 characters.
        """
        now = self._clock()
        values = {
            "workers": workers,
            "workers_ready": workers_ready,
            "seen_at": now,
            "problem": problem,
        }
        with self._database.write() as connection:
            upsert(connection, dispatchers, {"id": dispatcher_id}, values)
            # Servers that were killed could not forget themselves.
            long_gone = dispatchers.c.seen_at < now - _FORGET_DISPATCHER_SECONDS
            connection.execute(sa.delete(dispatchers).where(long_gone))

    def hold_workers(self, dispatcher_id: str, workers: Collection[str]) -> set[str]:
        """Take workers for one of the servers that reach them, for five seconds; or keep them.

        Nobody else gives them runs meanwhile. Those that it held and does not name are free.

        Args:
            dispatcher_id: of the server's dispatcher.
            workers: those that it would like to have, each by a name that all servers know it by.

        Returns:
            Those that it has now; the others are another server's.
        """
        now = self._clock()
        mine = held_workers.c.dispatcher == dispatcher_id
        with self._database.write() as connection:
            let_go = mine & held_workers.c.worker.not_in([*workers])
            long_gone = held_workers.c.held_until < now - _FORGET_DISPATCHER_SECONDS
            connection.execute(sa.delete(held_workers).where(let_go | long_gone))
        if not workers:
            return set()
        new = {"dispatcher": dispatcher_id, "held_until": now + DISPATCHER_SECONDS}
        # In one order: two servers that take the same never wait for each other.
        rows = [{"worker": worker, **new} for worker in sorted(workers)]
        with self._database.write() as connection:
            take = insert(connection, held_workers).values(rows)
            free = held_workers.c.held_until < now
            connection.execute(
                take.on_conflict_do_update(index_elements=["worker"], set_=new, where=mine | free)
            )
            return set(connection.execute(sa.select(held_workers.c.worker).where(mine)).scalars())

    def forget_dispatcher(self, dispatcher_id: str) -> None:
        """Report that a server stops; unheard, it counts as living for five seconds more."""
        with self._database.write() as connection:
            connection.execute(sa.delete(dispatchers).where(dispatchers.c.id == dispatcher_id))
            mine = held_workers.c.dispatcher == dispatcher_id
            connection.execute(sa.delete(held_workers).where(mine))

    def situations(self, run_ids: Iterable[str]) -> dict[str, Situation]:
        """Describe what each of many runs is doing or waiting for, in two queries.

        Runs that are not there are left out.
        """
        ids = {run_id for run_id in run_ids if is_run_id(run_id)}
        now = self._clock()
        living = living_workers(now)
        query = (
            sa.select(runs.c.id, *(runs.c[name] for name in _TOLD_OF_RUN), living)
            .select_from(runs.join(living, sa.true()))
            .where(runs.c.id.in_(ids), runs.c.deleted_at.is_(None))
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            ready = int(rows[0]["workers_ready"] or 0) if rows else 0
            queue = _Queue([], now, 0)
            if any(row["status"].is_under_way for row in rows):
                columns = (runs.c[name] for name in _NEEDED)
                among = in_order(*columns, among=sa.or_(WAITING, HELD))
                moving = connection.execute(among).mappings().all()
                # What trains is warm, also where its server is gone and no other has it yet.
                ready = max(ready, sum(_is_on_worker(row) for row in moving))
                queue = _Queue(moving, now, ready)
        return {
            row["id"]: Situation(
                **{name: row[name] for name in _TOLD_OF_RUN},
                queue_position=queue.places.get(row["id"]),
                workers=int(row["workers"] or 0),
                workers_ready=ready,
                server_alive=row["servers"] > 0,
                problem=row["problem"] or "",
                next_turn_in=queue.times.get(row["id"], WaitingTime()).next_turn,
                done_in=queue.times.get(row["id"], WaitingTime()).done,
            )
            for row in rows
        }


class _Queue:
    """What follows for each run from all that wait or train.

    Attributes:
        places: of those that wait, 1 is next.
        times: of those that take turns with others: ordinary runs, while one of them waits.
    """

    def __init__(self, rows: Sequence[RowMapping], now: float, workers: int) -> None:
        waiting = [row["id"] for row in rows if not is_held(row)]
        self.places = {run_id: place for place, run_id in enumerate(waiting, start=1)}
        self.times: dict[str, WaitingTime] = {}
        takers = {row["id"]: _turn_taker(row, now) for row in rows if _takes_turns(row)}
        if any(taker.waits for taker in takers.values()):
            times = waiting_times([*takers.values()], max(1, workers))
            self.times = dict(zip(takers, times, strict=True))


def _is_on_worker(row: RowMapping) -> bool:
    return is_held(row) and row["worker"] is not None


def _takes_turns(row: RowMapping) -> bool:
    return not row["background"] and (not is_held(row) or _is_on_worker(row))


def _turn_taker(row: RowMapping, now: float) -> TurnTaker:
    began = row["turn_began_at"] if is_held(row) else None
    return TurnTaker(
        owner=row["owner"],
        waits=not is_held(row),
        turn=row["turn_seconds"],
        elapsed=0.0 if began is None else now - began,
        spent=row["seconds"],
        share=_share_done(row),
    )


def _share_done(row: RowMapping) -> float:
    """Return how much of a run's training is done, 0 to 1: by its updates, or else its epochs."""
    epochs, batch_size = row["config"]["epochs"], row["config"]["batch_size"]
    if not row["training_digits"]:
        return float(row["epochs_done"] / epochs)
    steps = epochs * math.ceil(row["training_digits"] / batch_size)
    return float(min(1.0, row["step"] / steps))


def _take_back(
    connection: sa.Connection,
    row: RowMapping,
    now: float,
    *,
    counts: bool,
    why: tuple[str, str] = (_DIED, _DIED_ADVICE),
) -> None:
    deaths = row["deaths"] + counts
    if deaths >= MOST_DEATHS:
        failed = RunStatus.FAILED
        change_status(connection, row, failed, now, deaths=deaths, error=why[0], advice=why[1])
    elif row["pause_requested"] and not row["stop_requested"]:
        paused = RunStatus.PAUSED
        change_status(connection, row, paused, now, deaths=deaths, pause_requested=False)
    else:
        # Where a stop was asked for, the next worker carries it out and keeps the model.
        change_status(connection, row, RunStatus.INTERRUPTED, now, deaths=deaths)
