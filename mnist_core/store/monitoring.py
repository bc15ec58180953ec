"""What they ask who look after a server rather than at runs: few queries, and small ones."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from mnist_core.errors import StoreError
from mnist_core.store.part import StorePart
from mnist_core.store.records import RunStatus
from mnist_core.store.schema import runs
from mnist_core.store.turns import living_workers
from mnist_core.store.upgrade import is_newest


class WorkersSeen(NamedTuple):
    """The workers of all servers that reported within the last five seconds.

    Attributes:
        workers: processes that can train or will soon.
        ready: those of them that are warmed up.
        problem: why a server has none, in a sentence; empty where none says so.
    """

    workers: int
    ready: int
    problem: str


class RunCounts(NamedTuple):
    """The runs in the store, without deleted ones.

    Attributes:
        by_status: how many there are of each status; every status is there.
        longest_wait: seconds since the first of those was queued that wait to begin or to go on;
            0.0 where none waits. Runs asked for by the dozen are left out: they wait for others.
    """

    by_status: dict[RunStatus, int]
    longest_wait: float


class MonitoringPart(StorePart):
    """Whether the store is sound, who works for it, and how much there is to do."""

    def check_schema(self) -> None:
        """Make sure that the tables are still those of this program.

        Raises:
            StoreError: another version has changed them since the store was opened, or they are
                gone.
        """
        if not is_newest(self._database):
            raise StoreError(
                "The store's tables are those of another version of this program. Start this one "
                "again, or update it."
            )

    def workers_seen(self) -> WorkersSeen:
        """Count the workers of all living servers."""
        [row] = self._rows(sa.select(living_workers(self._clock())))
        return WorkersSeen(int(row.workers or 0), int(row.workers_ready or 0), row.problem or "")

    def count_runs(self) -> RunCounts:
        """Count the runs by their status, and tell how long the first one waits: one query."""
        waits = sa.case((sa.not_(runs.c.background), runs.c.queued_at))
        query = (
            sa.select(runs.c.status, sa.func.count().label("runs"), sa.func.min(waits).label("at"))
            .where(runs.c.deleted_at.is_(None))
            .group_by(runs.c.status)
        )
        rows = self._rows(query)
        queued = [row.at for row in rows if row.status is RunStatus.QUEUED and row.at is not None]
        return RunCounts(
            dict.fromkeys(RunStatus, 0) | {row.status: row.runs for row in rows},
            max(0.0, self._clock() - min(queued)) if queued else 0.0,
        )

    def seconds_waited(self, after: float, until: float) -> list[float]:
        """Tell how long runs had waited that began in a span of time.

        Args:
            after: seconds since 1970; what began at this very moment is left out.
            until: likewise; what began at this very moment is there.

        Returns:
            For each run, seconds from its making until a worker took it up for the first time;
            runs asked for by the dozen are left out.
        """
        query = sa.select(runs.c.started_at - runs.c.created_at).where(
            runs.c.started_at > after, runs.c.started_at <= until, sa.not_(runs.c.background)
        )
        return [max(0.0, float(seconds)) for (seconds,) in self._rows(query)]
