"""The queue: which run is next, who claimed it, and what happens when a worker is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.errors import ClaimLostError
from mnist_core.store.engine import upsert
from mnist_core.store.part import StorePart
from mnist_core.store.records import Claim, RunStatus, Situation
from mnist_core.store.rows import WAITING, change_status, is_run_id
from mnist_core.store.runs import start_attempt
from mnist_core.store.schema import dispatchers, runs
from mnist_core.store.workers import held_row

DISPATCHER_SECONDS: Final = 5.0
_FORGET_DISPATCHER_SECONDS: Final = 3600.0

MOST_DEATHS: Final = 3
_DIED: Final = "The worker process died three times in a row at the same place."
_DIED_ADVICE: Final = (
    "The computer may have too little memory for it. Try fewer nodes or a smaller batch size, "
    "or close other programs."
)

_TOLD_OF_RUN: Final = ("status", "epoch_limit", "stop_requested", "pause_requested", "last_seq")


class QueuePart(StorePart):
    """The dispatcher's methods, and what pages may know of the queue."""

    def claim_next(self, lease_seconds: float) -> Claim | None:
        """Take the next waiting run for a worker; of several claimants one gets it.

        Next is a run of the owner with the fewest running ones; among those, the run that has
        waited longest. An interrupted run kept its place in the queue. Runs that somebody asked
        for by the dozen wait behind all others.

        Args:
            lease_seconds: for how long the claim holds without a heartbeat.

        Returns:
            None where no run waits.
        """
        # Dispatchers ask several times a second: only look where looking is enough.
        with self._database.read() as connection:
            if connection.execute(sa.select(runs.c.id).where(WAITING).limit(1)).first() is None:
                return None
        with self._database.write() as connection:
            # Where another claimant holds the first run, PostgreSQL takes the one after it.
            query = _in_order(runs).limit(1).with_for_update(of=runs, skip_locked=True)
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            attempt = start_attempt(connection, row, self._clock(), lease_seconds)
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

    def expire_leases(self) -> list[str]:
        """Take back every run whose worker has not been heard of in time, one after the other.

        Returns:
            The ids of those runs.
        """
        now = self._clock()
        expired = sa.and_(runs.c.status == RunStatus.RUNNING, runs.c.lease_until < now)
        taken = []
        for run_id, attempt in self._rows(sa.select(runs.c.id, runs.c.attempt).where(expired)):
            with self._database.write() as connection, contextlib.suppress(ClaimLostError):
                row = held_row(connection, Claim(run_id, attempt))
                # A heartbeat may have come in between.
                if row["lease_until"] < now:
                    _take_back(connection, row, now, counts=True)
                    taken.append(run_id)
        return taken

    def report_dispatcher(self, dispatcher_id: str, workers: int, workers_ready: int) -> None:
        """Report that a server lives, how many workers it has, and how many are warmed up."""
        now = self._clock()
        values = {"workers": workers, "workers_ready": workers_ready, "seen_at": now}
        with self._database.write() as connection:
            upsert(connection, dispatchers, {"id": dispatcher_id}, values)
            # Servers that were killed could not forget themselves.
            long_gone = dispatchers.c.seen_at < now - _FORGET_DISPATCHER_SECONDS
            connection.execute(sa.delete(dispatchers).where(long_gone))

    def forget_dispatcher(self, dispatcher_id: str) -> None:
        """Report that a server stops; unheard, it counts as living for five seconds more."""
        with self._database.write() as connection:
            connection.execute(sa.delete(dispatchers).where(dispatchers.c.id == dispatcher_id))

    def situations(self, run_ids: Iterable[str]) -> dict[str, Situation]:
        """Describe what each of many runs is doing or waiting for, in one query or two.

        Runs that are not there are left out.
        """
        ids = {run_id for run_id in run_ids if is_run_id(run_id)}
        living = self._living_workers()
        query = (
            sa.select(runs.c.id, *(runs.c[name] for name in _TOLD_OF_RUN), living)
            .select_from(runs.join(living, sa.true()))
            .where(runs.c.id.in_(ids), runs.c.deleted_at.is_(None))
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            places: dict[str, int] = {}
            if any(row["status"].is_waiting for row in rows):
                order = connection.execute(_in_order(runs.c.id)).scalars()
                places = {run_id: place for place, run_id in enumerate(order, start=1)}
        return {
            row["id"]: Situation(
                **{name: row[name] for name in _TOLD_OF_RUN},
                queue_position=places.get(row["id"]),
                workers=int(row["workers"] or 0),
                workers_ready=int(row["workers_ready"] or 0),
                server_alive=row["servers"] > 0,
            )
            for row in rows
        }

    def count_workers(self) -> int:
        """Count the worker processes of all living servers."""
        return int(self._value(sa.select(self._living_workers().c.workers)) or 0)

    def _living_workers(self) -> sa.Subquery:
        """Count the servers that reported lately, and their workers: one row."""
        return (
            sa.select(
                sa.func.sum(dispatchers.c.workers).label("workers"),
                sa.func.sum(dispatchers.c.workers_ready).label("workers_ready"),
                sa.func.count().label("servers"),
            )
            .where(dispatchers.c.seen_at >= self._clock() - DISPATCHER_SECONDS)
            .subquery()
        )


def _in_order(*columns: Any) -> sa.Select[Any]:
    """Select the waiting runs in the order in which they are taken up."""
    running = runs.alias()
    same_owner_running = (
        sa.select(sa.func.count())
        .select_from(running)
        .where(
            running.c.status == RunStatus.RUNNING,
            running.c.owner.is_not_distinct_from(runs.c.owner),
        )
        .scalar_subquery()
    )
    return (
        sa.select(*columns)
        .where(WAITING)
        .order_by(runs.c.background, same_owner_running, runs.c.queued_at, runs.c.id)
    )


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
