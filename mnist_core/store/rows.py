"""A run's row: finding, locking and changing it, together with the events that tell of it.

Every function takes an open connection and leaves the end of the transaction to its caller.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import TrainingConfig
from mnist_core.errors import RunNotFoundError
from mnist_core.store.records import Run, RunStatus
from mnist_core.store.schema import events, runs

EventData = tuple[str, Mapping[str, Any]]
StampedEvent = tuple[float, str, Mapping[str, Any]]
"""When it happened, its kind and its data."""

_RUN_ID: Final = re.compile(r"[0-9a-f]{12}")
_TIMES: Final = ("created_at", "started_at", "finished_at", "deleted_at")
_FIELDS: Final = tuple(field.name for field in dataclasses.fields(Run))
_REMEMBERED: Final = 4096

RUNS: Final = sa.select(
    *(runs.c[name] if name != "config" else sa.cast(runs.c.config, sa.Text) for name in _FIELDS)
)
"""Selects what ``read_runs`` makes runs of."""

HELD: Final = sa.and_(runs.c.status == RunStatus.RUNNING, runs.c.lease_until.is_not(None))
"""Tells the runs that a worker trains at this moment."""

OVER: Final = runs.c.status.in_([status for status in RunStatus if status.is_over])
"""Tells the runs that have ended, however they did."""

NOT_OVER: Final = runs.c.status.in_([status for status in RunStatus if not status.is_over])
"""Tells the others, paused ones among them."""

UNDER_WAY: Final = sa.and_(
    runs.c.status.in_([status for status in RunStatus if status.is_under_way]),
    runs.c.deleted_at.is_(None),
)
"""Tells the runs that train or wait for it."""

WAITING: Final = sa.and_(UNDER_WAY, sa.not_(HELD))
"""Tells the runs that a worker may take up: queued ones, and those between two turns."""


def is_held(row: RowMapping) -> bool:
    """Check whether a worker trains the run at this moment, as HELD does."""
    return row["status"] is RunStatus.RUNNING and row["lease_until"] is not None


def is_at_limit(row: RowMapping) -> bool:
    """Check whether a run is as far as it was to go before it pauses."""
    return row["epoch_limit"] is not None and row["epochs_done"] >= row["epoch_limit"]


def count_rows(
    connection: sa.Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]
) -> int:
    """Count the rows of a table that fulfil all conditions."""
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return int(connection.execute(query).scalar_one())


def is_run_id(text: str) -> bool:
    """Check whether a text can be a run's id; ids come from URLs and sockets."""
    return _RUN_ID.fullmatch(text) is not None


def find_run(
    connection: sa.Connection, run_id: str, *, lock: bool = False, deleted: bool = False
) -> RowMapping:
    """Read a run's row; with `lock`, nobody else changes it before this transaction ends.

    Args:
        connection: open, and writing where `lock` is set.
        run_id: what a person or a program asked for.
        lock: wait for others that change the row; on SQLite every writer waits at its beginning.
        deleted: find it although it was deleted.

    Raises:
        RunNotFoundError: there is none.
    """
    if not is_run_id(run_id):
        raise RunNotFoundError(run_id)
    query = sa.select(runs).where(runs.c.id == run_id)
    if not deleted:
        query = query.where(runs.c.deleted_at.is_(None))
    if lock:
        query = query.with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise RunNotFoundError(run_id)
    return row


def insert_run(
    connection: sa.Connection, config: TrainingConfig, now: float, **values: Any
) -> RowMapping:
    """Insert a run that is to wait in the queue; the event that says so is the caller's.

    Args:
        connection: open and writing.
        config: the settings.
        now: when it was asked for.
        values: of other columns, or instead of what these have in a new run.
    """
    row = {
        "id": secrets.token_hex(6),
        "name": "",
        "status": RunStatus.QUEUED,
        "config": config.to_dict(),
        "created_at": now,
        "queued_at": now,
        "pace": 0.0,
        **values,
    }
    connection.execute(sa.insert(runs).values(row))
    return find_run(connection, row["id"])


def change_run(
    connection: sa.Connection,
    row: RowMapping,
    now: float,
    new_events: Iterable[EventData] = (),
    **changes: Any,
) -> None:
    """Change a locked row and append events under the numbers that follow its last one."""
    append_and_change(connection, row, [(now, *event) for event in new_events], changes)


def append_and_change(
    connection: sa.Connection,
    row: RowMapping,
    new_events: Iterable[StampedEvent],
    changes: Mapping[str, Any],
) -> None:
    """Do the same where each event has its own time."""
    entries = [
        {"run_id": row["id"], "seq": seq, "kind": kind, "data": plain(data), "created_at": at}
        for seq, (at, kind, data) in enumerate(new_events, start=row["last_seq"] + 1)
    ]
    values = {**changes}
    if entries:
        connection.execute(sa.insert(events), entries)
        values["last_seq"] = entries[-1]["seq"]
        values["event_bytes"] = row["event_bytes"] + sum(
            len(json.dumps(entry["data"])) for entry in entries
        )
    if values:
        connection.execute(sa.update(runs).where(runs.c.id == row["id"]).values(values))


def change_status(
    connection: sa.Connection,
    row: RowMapping,
    status: RunStatus,
    now: float,
    new_events: Iterable[EventData] = (),
    **changes: Any,
) -> None:
    """Move a locked row to another status and append the event that says so."""
    if status.is_over:
        changes["finished_at"] = now
    if status is not RunStatus.RUNNING:
        changes["lease_until"] = None
    after = {**row, **changes}
    said = status_event(status, after["attempt"], after["error"], after["advice"])
    change_run(connection, row, now, [*new_events, said], status=status, **changes)


def end_run(connection: sa.Connection, row: RowMapping, now: float) -> None:
    """Stop a locked run that is not over; of many asked for at once, one not begun goes for good.

    What a worker holds ends as soon as the worker hears of it.
    """
    if is_held(row):
        change_run(connection, row, now, stop_requested=True)
    elif row["background"] and not (row["attempt"] or row["continued_from"]):
        change_run(connection, row, now, deleted_at=now)
    else:
        change_status(connection, row, RunStatus.STOPPED, now)


def status_event(
    status: RunStatus, attempt: int, error: str | None = None, advice: str | None = None
) -> EventData:
    """Build the event of a change of status."""
    return "status", {"status": status, "attempt": attempt, "error": error, "advice": advice}


def run_from_row(row: RowMapping) -> Run:
    """Turn a row into what pages and workers see of it."""
    return _run(tuple(json.dumps(row[f]) if f == "config" else row[f] for f in _FIELDS))


def read_runs(connection: sa.Connection, query: sa.Select[Any]) -> list[Run]:
    """Read many runs: those that are as they were at the last time are not built again.

    Args:
        connection: open.
        query: ``RUNS`` with conditions.
    """
    return [_run(tuple(row)) for row in connection.execute(query)]


@lru_cache(maxsize=_REMEMBERED)
def _run(values: tuple[Any, ...]) -> Run:
    known = dict(zip(_FIELDS, values, strict=True))
    known |= {name: utc_if_any(known[name]) for name in _TIMES}
    return Run(**known | {"config": _config(known["config"])})


@lru_cache(maxsize=_REMEMBERED)
def _config(text: str) -> TrainingConfig:
    """Read settings, which many runs have in common: checking them is most of the work."""
    return TrainingConfig.from_dict(json.loads(text))


def utc(seconds: float) -> datetime:
    """Turn a stored time into an aware one in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def utc_if_any(seconds: float | None) -> datetime | None:
    """Turn a stored time into an aware one in UTC, where there is one."""
    return None if seconds is None else utc(seconds)


def plain(value: Any) -> Any:
    """Turn NumPy's numbers and arrays into JSON's; a number that is not finite becomes null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
