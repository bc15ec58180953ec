"""Who is in a class, and at which browser they sit.

A person of a class is an owner like any browser: runs, drafts and kept digits know no difference.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.errors import ClassClosedError, ConfigError, MemberNotFoundError
from mnist_core.store.class_records import Member, Seat, owner_at
from mnist_core.store.classes import class_from_row, find_class, with_id
from mnist_core.store.engine import upsert
from mnist_core.store.hashing import sealed, slow_hash
from mnist_core.store.names import checked_name
from mnist_core.store.part import StorePart
from mnist_core.store.records import Run, hash_owner
from mnist_core.store.rows import RUNS, count_rows, read_runs, utc, utc_if_any
from mnist_core.store.schema import (
    answers,
    classes,
    guesses,
    handwriting_digits,
    members,
    runs,
    seats,
)

LONGEST_MEMBER_NAME: Final = 30
MOST_MEMBERS: Final = 200
"""In one class."""

SEEN_SECONDS: Final = 60.0
"""How often at most it is written down that somebody looks at a page."""

_THERE: Final = members.c.removed_at.is_(None)


class MemberPart(StorePart):
    """Joining a class, sitting down, standing up; and what the teacher does with people.

    The argument `token` is a browser's secret, `browser` its hash, see `hash_owner`. Where a
    method takes the id of a class or of a member, it raises ClassNotFoundError or
    MemberNotFoundError where there is none.
    """

    def join_class(
        self, class_id: str, name: str, return_code: str, *, token: str, typed: bool = False
    ) -> Member:
        """Let somebody into a class and give their browser to them.

        Args:
            class_id: of an open class.
            name: what they are called there; nobody else of the class is.
            return_code: opens their place elsewhere; kept as a hash.
            token: of the browser they sit at; it stands up for whoever sat there before.
            typed: they thought of the name themselves.

        Raises:
            ClassClosedError: nobody may join now.
            ConfigError: the name can't be taken, or the class is full. Nothing is changed then.
        """
        shown = _checked(name)
        hashed = slow_hash(return_code, self._salt(class_id))
        now = self._clock()
        with self._database.write() as connection:
            row = find_class(connection, with_id(class_id), lock=True)
            _check_open(row)
            if typed and not row["typed_names"]:
                raise ConfigError("In this class names are given. Take another one.", "name")
            _check_room(connection, class_id)
            _check_unlike_others(connection, class_id, shown)
            member_id = secrets.token_hex(6)
            values = {
                "id": member_id,
                "class_id": class_id,
                "owner": secrets.token_hex(32),
                "name": shown,
                "return_code": hashed,
                "joined_at": now,
                "approved_at": None if row["needs_approval"] else now,
                "seen_at": now,
            }
            connection.execute(sa.insert(members).values(values))
            _sit_down(connection, member_id, return_code, token, now)
            return _member(_find(connection, class_id, member_id))

    def return_to_class(self, class_id: str, return_code: str, *, token: str) -> Member | None:
        """Give another browser to somebody of a class, who keeps those they sit at.

        Returns:
            Who it is; None where nobody of the class has this return code, and nothing is changed.
        """
        hashed = slow_hash(return_code, self._salt(class_id))
        this = (members.c.class_id == class_id, members.c.return_code == hashed, _THERE)
        with self._database.write() as connection:
            row = connection.execute(sa.select(members).where(*this)).mappings().first()
            if row is None:
                return None
            _sit_down(connection, row["id"], return_code, token, self._clock())
            return _member(row)

    def leave_seat(self, browser: str) -> None:
        """Let a browser be nobody's again; the person keeps place and runs."""
        with self._database.write() as connection:
            connection.execute(sa.delete(seats).where(seats.c.browser == browser))

    def read_seat(self, browser: str) -> Seat | None:
        """Find who sits at a browser, and in which class, in one query by its key.

        Returns:
            None where nobody does: they stood up, were removed, or the class is archived.
        """
        query = (
            sa.select(seats.c.sealed_code, members, classes)
            .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
            .select_from(seats.join(members).join(classes))
            .where(seats.c.browser == browser, _THERE, classes.c.archived_at.is_(None))
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return Seat(
            member=_member(_of_table(row, members)),
            school_class=class_from_row(_of_table(row, classes)),
            sealed_code=row["seats_sealed_code"],
        )

    def acting_as(self, browser: str) -> str:
        """Return the owner whose runs a browser may change: who sits at it, or itself."""
        return owner_at(self.read_seat(browser), browser)

    def note_seen(self, member: Member) -> None:
        """Write down that somebody looks at a page, once a minute."""
        now = self._clock()
        if now - member.seen_at.timestamp() >= SEEN_SECONDS:
            with self._database.write() as connection:
                this = members.c.id == member.id
                connection.execute(sa.update(members).where(this).values(seen_at=now))

    def list_members(self, class_id: str) -> list[Member]:
        """Read who is in a class: first who waits to be let in, then by name."""
        query = (
            sa.select(members)
            .where(members.c.class_id == class_id, _THERE)
            .order_by(members.c.approved_at.is_not(None), members.c.name, members.c.id)
        )
        with self._database.read() as connection:
            return [_member(row) for row in connection.execute(query).mappings()]

    def count_members(self) -> Mapping[str, int]:
        """Count who is in each class, by its id; empty ones are left out."""
        query = (
            sa.select(members.c.class_id, sa.func.count())
            .where(_THERE)
            .group_by(members.c.class_id)
        )
        return {class_id: int(count) for class_id, count in self._rows(query)}

    def latest_runs(self, owners: Collection[str]) -> dict[str, Run]:
        """Read the newest run of each of many people, in one query; who has none is left out."""
        rank = sa.func.row_number().over(
            partition_by=runs.c.owner, order_by=(runs.c.created_at.desc(), runs.c.id.desc())
        )
        ranked = (
            sa.select(runs.c.id, rank.label("place"))
            .where(runs.c.owner.in_(owners), runs.c.deleted_at.is_(None))
            .subquery()
        )
        newest = sa.select(ranked.c.id).where(ranked.c.place == 1)
        with self._database.read() as connection:
            found = read_runs(connection, RUNS.where(runs.c.id.in_(newest)))
        return {str(run.owner): run for run in found}

    def approve_members(self, class_id: str, member_ids: Collection[str]) -> None:
        """Let in who waits for it; who is in already, or gone, is left out."""
        chosen = (
            members.c.class_id == class_id,
            members.c.id.in_(member_ids),
            members.c.approved_at.is_(None),
        )
        with self._database.write() as connection:
            update = sa.update(members).where(*chosen).values(approved_at=self._clock())
            connection.execute(update)

    def rename_member(self, class_id: str, member_id: str, name: str) -> None:
        """Give somebody another name.

        Raises:
            ConfigError: the name can't be taken; nothing is changed.
        """
        shown = _checked(name)
        with self._database.write() as connection:
            find_class(connection, with_id(class_id), lock=True)
            _find(connection, class_id, member_id)
            _check_unlike_others(connection, class_id, shown, but=member_id)
            this = members.c.id == member_id
            connection.execute(sa.update(members).where(this).values(name=shown))

    def remove_member(self, class_id: str, member_id: str) -> None:
        """Put somebody out of a class, from every browser; their runs stay until it is forgotten.

        Their name, return code, guess, handwriting, and the answers they have handed in are gone at
        once.
        """
        with self._database.write() as connection:
            _find(connection, class_id, member_id)
            for table in (seats, guesses, answers, handwriting_digits):
                connection.execute(sa.delete(table).where(table.c.member_id == member_id))
            gone = {"removed_at": self._clock(), "name": "", "return_code": ""}
            this = members.c.id == member_id
            connection.execute(sa.update(members).where(this).values(**gone))

    def _salt(self, class_id: str) -> str:
        with self._database.read() as connection:
            return str(find_class(connection, with_id(class_id))["salt"])


def _find(connection: sa.Connection, class_id: str, member_id: str) -> RowMapping:
    query = sa.select(members).where(
        members.c.id == member_id, members.c.class_id == class_id, _THERE
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise MemberNotFoundError
    return row


def _of_table(row: RowMapping, table: sa.Table) -> Any:
    return {column.name: row[f"{table.name}_{column.name}"] for column in table.c}


def find_person(
    connection: sa.Connection, *which: sa.ColumnElement[bool], lock: bool = False
) -> RowMapping | None:
    """Read the row of somebody who is in a class at this moment.

    Args:
        connection: open.
        which: conditions that one person can fulfil.
        lock: nobody else changes the row before this transaction ends.

    Returns:
        None where nobody does who was let in and not removed, of a class that is not archived.
    """
    query = (
        sa.select(members)
        .select_from(members.join(classes))
        .where(_THERE, members.c.approved_at.is_not(None), classes.c.archived_at.is_(None), *which)
    )
    if lock:
        query = query.with_for_update(of=members)
    return connection.execute(query).mappings().one_or_none()


def _member(row: Mapping[str, Any] | RowMapping) -> Member:
    return Member(
        **{name: row[name] for name in ("id", "class_id", "owner", "name")},
        joined_at=utc(row["joined_at"]),
        approved_at=utc_if_any(row["approved_at"]),
        seen_at=utc(row["seen_at"]),
    )


def _sit_down(
    connection: sa.Connection, member_id: str, return_code: str, token: str, now: float
) -> None:
    values = {
        "member_id": member_id,
        "sealed_code": sealed(return_code, token, member_id),
        "taken_at": now,
    }
    upsert(connection, seats, {"browser": hash_owner(token)}, values)


def _checked(name: str) -> str:
    shown = checked_name(name, LONGEST_MEMBER_NAME)
    if not shown:
        raise ConfigError("A name has at least one letter. Type one, or take a given one.", "name")
    return shown


def _check_open(row: RowMapping) -> None:
    if row["closed_at"] is not None or row["archived_at"] is not None:
        raise ClassClosedError


def _check_room(connection: sa.Connection, class_id: str) -> None:
    if count_rows(connection, members, members.c.class_id == class_id, _THERE) >= MOST_MEMBERS:
        raise ConfigError(
            f"This class has {MOST_MEMBERS} people, and there is no room for more. "
            "Your teacher can make some.",
            "class",
        )


def _check_unlike_others(
    connection: sa.Connection, class_id: str, name: str, but: str | None = None
) -> None:
    query = sa.select(members.c.id, members.c.name).where(members.c.class_id == class_id, _THERE)
    for member_id, taken in connection.execute(query):
        if member_id != but and taken.casefold() == name.casefold():
            raise ConfigError(f"Somebody here is called “{taken}”. Take another name.", "name")
