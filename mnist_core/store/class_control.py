"""What a teacher does with a class during a lesson: pause it, stop its runs, bring it along."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.errors import ClassNotFoundError, ConfigError
from mnist_core.store.classes import change_class, find_class, with_id
from mnist_core.store.part import StorePart
from mnist_core.store.records import RunStatus
from mnist_core.store.rows import (
    NOT_OVER,
    change_run,
    change_status,
    end_run,
    find_run,
    is_at_limit,
    is_held,
)
from mnist_core.store.schema import classes, members, runs

_A_PAGE: Final = re.compile("[a-z_]{0,40}")


class ClassControlPart(StorePart):
    """A class as its teacher leads it. Each method raises ClassNotFoundError where there is none.

    The runs of a class are those of everybody who joined it, removed people among them.
    """

    def pause_class(self, class_id: str) -> None:
        """Pause all runs of a class; none is begun or goes on before `resume_class`.

        Runs that somebody has paused alone stay so afterwards. It takes two transactions: what was
        put into the queue before the first is paused by the second.
        """
        with self._database.write() as connection:
            change_class(connection, class_id, is_paused=True)
        now = self._clock()
        with self._database.write() as connection:
            for row in _lock_runs(connection, class_id, runs.c.status != RunStatus.PAUSED):
                if not is_held(row):
                    change_status(connection, row, RunStatus.PAUSED, now, paused_by_class=True)
                elif not row["pause_requested"]:
                    change_run(connection, row, now, pause_requested=True, paused_by_class=True)

    def resume_class(self, class_id: str) -> None:
        """Let a class go on; the runs that were paused with it do so by themselves."""
        now = self._clock()
        with self._database.write() as connection:
            for row in _lock_runs(connection, class_id, runs.c.paused_by_class):
                if is_held(row):  # its worker may be about to pause, and learns of it then
                    change_run(connection, row, now, pause_requested=False)
                elif row["status"] is RunStatus.PAUSED and not is_at_limit(row):
                    change_status(connection, row, RunStatus.QUEUED, now, paused_by_class=False)
                else:
                    change_run(connection, row, now, paused_by_class=False)
            change_class(connection, class_id, is_paused=False)

    def stop_class_runs(self, class_id: str, member_id: str | None = None) -> None:
        """Stop all runs of a class that are not over, or those of one of its people.

        Their networks are kept as far as they got, as by `request_stop`.
        """
        whose = [runs.c.deleted_at.is_(None)]
        if member_id is not None:
            one = sa.select(members.c.owner).where(members.c.id == member_id)
            whose.append(runs.c.owner.in_(one))
        now = self._clock()
        with self._database.write() as connection:
            for row in _lock_runs(connection, class_id, *whose):
                end_run(connection, row, now)

    def call_class(self, class_id: str, page: str, run_id: str | None = None) -> None:
        """Bring everybody who has a page open to another one.

        Args:
            class_id: who is brought.
            page: by its address, such as "train"; empty for the first page.
            run_id: anybody's run, to be looked at there.

        Raises:
            ConfigError: no page has such an address; nobody is brought anywhere.
            RunNotFoundError: there is no such run; likewise.
        """
        if not _A_PAGE.fullmatch(page):
            raise ConfigError(f"There is no page “{page[:40]}”.", "page")
        with self._database.write() as connection:
            if run_id is not None:
                find_run(connection, run_id)
            called = {"called_at": self._clock(), "call_page": page, "call_run": run_id}
            change_class(connection, class_id, **called)

    def class_revision(self, class_id: str) -> int:
        """Return the number that tells whether anything of a class has changed: one indexed row."""
        query = sa.select(classes.c.revision).where(with_id(class_id))
        revision = self._value(query)
        if revision is None:
            raise ClassNotFoundError
        return int(revision)


def _lock_runs(
    connection: sa.Connection,
    class_id: str,
    *conditions: sa.ColumnElement[bool],
) -> Sequence[RowMapping]:
    """Lock the runs of a class that are not over, deleted ones too: they can be restored."""
    find_class(connection, with_id(class_id))
    owners = sa.select(members.c.owner).where(members.c.class_id == class_id)
    query = (
        sa.select(runs)
        .where(runs.c.owner.in_(owners), NOT_OVER, *conditions)
        .order_by(runs.c.id)  # two who lock many never wait for each other
        .with_for_update()
    )
    return connection.execute(query).mappings().all()
