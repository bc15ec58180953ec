"""Turns: in which order waiting runs are taken up, and which run gives way to whom.

First between people, so that one person's second run waits for everybody's first, then between the
runs of one. Runs that somebody asked for by the dozen wait behind all others, in the order in which
they were asked for. All of it follows from the store: several servers agree.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.store.records import RunStatus
from mnist_core.store.rows import HELD, WAITING
from mnist_core.store.schema import dispatchers, runs

DISPATCHER_SECONDS: Final = 5.0
"""A server that reported within this time is taken for a living one."""

_ORDINARY: Final = runs.c.background.is_(sa.false())


def in_order(*columns: Any, among: sa.ColumnElement[bool] = WAITING) -> sa.Select[Any]:
    """Select the waiting runs, or others, in the order in which they are taken up.

    The owner with the fewest runs on workers comes first; then whose last turn ended longest ago;
    of an owner's runs, the one whose last turn ended longest ago; then the one that was queued
    first. Who has had no turn yet comes before who has; background runs have none.
    """
    running = runs.alias()
    same_owner_running = (
        sa.select(sa.func.count())
        .select_from(running)
        .where(
            running.c.status == RunStatus.RUNNING,
            running.c.lease_until.is_not(None),
            running.c.owner.is_not_distinct_from(runs.c.owner),
        )
        .scalar_subquery()
    )
    last_turns = (
        sa.select(runs.c.owner, sa.func.max(runs.c.turn_ended_at).label("ended_at"))
        .where(runs.c.turn_ended_at.is_not(None))
        .group_by(runs.c.owner)
        .subquery("last_turns")
    )
    same_owner = last_turns.c.owner.is_not_distinct_from(runs.c.owner)
    last_turn_of_owner = sa.func.coalesce(last_turns.c.ended_at, 0.0)
    return (
        sa.select(*columns)
        .select_from(runs.outerjoin(last_turns, same_owner))
        .where(among)
        .order_by(
            runs.c.background,
            same_owner_running,
            sa.case((runs.c.background, 0.0), else_=last_turn_of_owner),
            sa.func.coalesce(runs.c.turn_ended_at, 0.0),
            runs.c.queued_at,
            runs.c.id,
        )
    )


def gives_way(connection: sa.Connection, row: RowMapping, now: float) -> bool:
    """Check whether a run that a worker holds would not be the next to be taken up again.

    Never where a process trains the run that it created: it frees no worker.
    """
    if row["worker"] is None:
        return False
    waiting = _count_by_owner(connection, WAITING, _ORDINARY)
    if row["background"] or not waiting:
        return bool(waiting)
    held = _count_by_owner(connection, HELD, runs.c.worker.is_not(None))
    if sum(waiting.values()) <= _count_ready(connection, now) - sum(held.values()):
        return False
    others = held.get(row["owner"], 1) - 1
    return any(owner == row["owner"] or held.get(owner, 0) <= others for owner in waiting)


def living_workers(now: float) -> sa.Subquery:
    """Count the servers that reported lately, and their workers: one row."""
    return (
        sa.select(
            sa.func.sum(dispatchers.c.workers).label("workers"),
            sa.func.sum(dispatchers.c.workers_ready).label("workers_ready"),
            sa.func.count().label("servers"),
            sa.func.max(dispatchers.c.problem).label("problem"),
        )
        .where(dispatchers.c.seen_at >= now - DISPATCHER_SECONDS)
        .subquery()
    )


def _count_by_owner(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool]
) -> dict[str | None, int]:
    query = sa.select(runs.c.owner, sa.func.count()).where(*conditions).group_by(runs.c.owner)
    return dict(map(tuple, connection.execute(query)))


def _count_ready(connection: sa.Connection, now: float) -> int:
    query = sa.select(living_workers(now).c.workers_ready)
    return int(connection.execute(query).scalar_one() or 0)
