"""Classes: opened by a teacher, joined by a code, closed, archived, duplicated, forgotten."""

from __future__ import annotations

import dataclasses
import secrets
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.errors import ClassNotFoundError, ConfigError
from mnist_core.store.class_records import Call, ClassRules, SchoolClass
from mnist_core.store.names import checked_name
from mnist_core.store.part import StorePart
from mnist_core.store.rows import HELD, count_rows, is_run_id, utc, utc_if_any
from mnist_core.store.schema import (
    classes,
    drafts,
    grids,
    kept_digits,
    members,
    runs,
    verdicts,
)

CODE_LETTERS: Final = "BCDFGHJKMNPQRSTWXZ"
"""No vowels, so that no code is a word, and none of I, L, O, U, V, which look like others."""

CODE_LENGTH: Final = 5
LONGEST_CLASS_NAME: Final = 40
MOST_CLASSES: Final = 200

_RULES: Final = tuple(field.name for field in dataclasses.fields(ClassRules))


def read_class_code(typed: str) -> str:
    """Return the code that somebody means: large letters, nothing between them."""
    return "".join(filter(str.isalnum, typed.upper()))


class ClassPart(StorePart):
    """What a teacher does with classes.

    Where a method takes the id of a class, it raises ClassNotFoundError where there is none.
    """

    def create_class(self, name: str, rules: ClassRules | None = None) -> SchoolClass:
        """Open a new class, with a code of its own.

        Raises:
            ConfigError: the name is empty or too long, or there are too many classes; none is made.
        """
        row = {
            "id": secrets.token_hex(6),
            "name": _checked(name),
            "salt": secrets.token_hex(16),
            "created_at": self._clock(),
            "opened_at": self._clock(),
            **_columns(rules or ClassRules()),
        }
        with self._database.write() as connection:
            if count_rows(connection, classes) >= MOST_CLASSES:
                raise ConfigError(
                    f"There is room for {MOST_CLASSES} classes, and it is taken. Forget one of "
                    "them first.",
                    "class",
                )
            row["code"] = _free_code(connection)
            connection.execute(sa.insert(classes).values(row))
        return self.get_class(str(row["id"]))

    def get_class(self, class_id: str) -> SchoolClass:
        """Read one class."""
        with self._database.read() as connection:
            return class_from_row(find_class(connection, with_id(class_id)))

    def find_class(self, code: str) -> SchoolClass:
        """Find the class that a code opens, be it closed for newcomers.

        Raises:
            ClassNotFoundError: no class has this code, or it is archived.
        """
        this = sa.and_(
            classes.c.code == read_class_code(code)[:80], classes.c.archived_at.is_(None)
        )
        with self._database.read() as connection:
            return class_from_row(find_class(connection, this))

    def list_classes(self) -> list[SchoolClass]:
        """Read all classes, archived ones as well, the newest first."""
        query = sa.select(classes).order_by(classes.c.created_at.desc(), classes.c.id)
        with self._database.read() as connection:
            return [class_from_row(row) for row in connection.execute(query).mappings()]

    def change_class(self, class_id: str, name: str, rules: ClassRules) -> None:
        """Give a class another name and other rules; they hold from now on.

        Raises:
            ConfigError: the name is empty or too long; nothing is changed.
        """
        self._change_class(class_id, name=_checked(name), **_columns(rules))

    def open_class(self, class_id: str) -> None:
        """Let people join, by the same code as ever."""
        self._change_class(class_id, opened_at=self._clock(), closed_at=None)

    def close_class(self, class_id: str) -> None:
        """Let nobody join any more; who is in it stays, and may return."""
        self._change_class(class_id, closed_at=self._clock())

    def archive_class(self, class_id: str) -> None:
        """Put a class away: nobody is in it until it is brought back; nothing is deleted."""
        now = self._clock()
        self._change_class(class_id, closed_at=now, archived_at=now)

    def bring_class_back(self, class_id: str) -> None:
        """Take a class out of the archive, closed for newcomers."""
        self._change_class(class_id, archived_at=None)

    def duplicate_class(self, class_id: str) -> SchoolClass:
        """Open a class with the same rules and nobody in it; no date to forget it is set."""
        model = self.get_class(class_id)
        name = f"{model.name[: LONGEST_CLASS_NAME - 7]} (copy)"
        return self.create_class(name, dataclasses.replace(model.rules, forget_at=None))

    def forget_class(self, class_id: str, *, with_runs: bool) -> None:
        """Delete a class for good: names, seats, return codes, handwriting, answers and drafts.

        Args:
            class_id: which one.
            with_runs: delete what its people made as well: runs, grids, drawn digits, verdicts.
                Otherwise these stay, without a name, and belong to nobody who could change them.
        """
        with self._database.write() as connection:
            row = find_class(connection, with_id(class_id))
            _forget(connection, row["id"], self._clock(), with_runs=with_runs)

    def forget_due_classes(self) -> int:
        """Forget the classes whose date has come; tells how many these were."""
        due = classes.c.forget_at <= self._clock()
        if not self._rows(sa.select(classes.c.id).where(due)):  # as nearly always
            return 0
        with self._database.write() as connection:
            rows = connection.execute(sa.select(classes).where(due)).mappings().all()
            for row in rows:
                _forget(connection, row["id"], self._clock(), with_runs=row["forget_runs"])
        return len(rows)

    def _change_class(self, class_id: str, **changes: Any) -> None:
        with self._database.write() as connection:
            change_class(connection, class_id, **changes)


def with_id(class_id: str) -> sa.ColumnElement[bool]:
    """Tell the class of an id, which may come from an address.

    Raises:
        ClassNotFoundError: no class can have it.
    """
    if not is_run_id(class_id):
        raise ClassNotFoundError
    return classes.c.id == class_id


def change_class(connection: sa.Connection, class_id: str, **changes: Any) -> None:
    """Change a class's row, so that its revision tells of it.

    Raises:
        ClassNotFoundError: there is no such class.
    """
    this = with_id(class_id)
    find_class(connection, this)
    changes["revision"] = classes.c.revision + 1
    connection.execute(sa.update(classes).where(this).values(**changes))


def find_class(
    connection: sa.Connection, which: sa.ColumnElement[bool], *, lock: bool = False
) -> RowMapping:
    """Read a class's row; with `lock`, nobody else joins before this transaction ends.

    Raises:
        ClassNotFoundError: there is none.
    """
    query = sa.select(classes).where(which)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise ClassNotFoundError
    return row


def class_from_row(row: RowMapping) -> SchoolClass:
    """Turn a row into what pages see of it."""
    rules = {name: row[name] for name in _RULES}
    rules["forget_at"] = utc_if_any(row["forget_at"])
    rules["guess_first"] = tuple(row["guess_first"])
    return SchoolClass(
        id=row["id"],
        name=row["name"],
        code=row["code"],
        is_open=row["closed_at"] is None,
        created_at=utc(row["created_at"]),
        archived_at=utc_if_any(row["archived_at"]),
        rules=ClassRules(**rules),
        is_paused=row["is_paused"],
        call=_call(row),
        revision=row["revision"],
    )


def _call(row: RowMapping) -> Call | None:
    if row["called_at"] is None:
        return None
    return Call(page=row["call_page"], run_id=row["call_run"], called_at=utc(row["called_at"]))


def _columns(rules: ClassRules) -> dict[str, Any]:
    values = {name: getattr(rules, name) for name in _RULES}
    forget_at = rules.forget_at and rules.forget_at.timestamp()
    return values | {
        "forget_at": forget_at,
        "task": dict(rules.task),
        "guess_first": list(rules.guess_first),
    }


def _checked(name: str) -> str:
    shown = checked_name(name, LONGEST_CLASS_NAME)
    if not shown:
        raise ConfigError("A class needs a name, such as 7b.", "name")
    return shown


def _free_code(connection: sa.Connection) -> str:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        taken = sa.select(classes.c.id).where(classes.c.code == code)
        if connection.execute(taken).first() is None:
            return code


def _forget(connection: sa.Connection, class_id: str, now: float, *, with_runs: bool) -> None:
    of_class = sa.select(members.c.owner).where(members.c.class_id == class_id)
    connection.execute(sa.delete(drafts).where(drafts.c.owner.in_(of_class)))
    theirs = verdicts.c.owner.in_(of_class)
    connection.execute(sa.update(verdicts).where(theirs).values(name=""))
    if with_runs:
        connection.execute(sa.delete(verdicts).where(theirs))
        for table in (grids, kept_digits):
            connection.execute(sa.delete(table).where(table.c.owner.in_(of_class)))
        _delete_runs(connection, runs.c.owner.in_(of_class), now)
    alone = sa.update(runs).where(runs.c.owner.in_(of_class), runs.c.paused_by_class)
    connection.execute(alone.values(paused_by_class=False))
    connection.execute(sa.delete(classes).where(classes.c.id == class_id))


def _delete_runs(connection: sa.Connection, theirs: sa.ColumnElement[bool], now: float) -> None:
    """Delete runs; what a worker still writes to is hidden, and stops."""
    connection.execute(sa.delete(runs).where(theirs, sa.not_(HELD)))
    hidden = {"deleted_at": now, "stop_requested": True}
    connection.execute(sa.update(runs).where(theirs, HELD).values(**hidden))
