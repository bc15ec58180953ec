"""Handwriting rounds: a class writes the digits it is asked for, each with its label.

What is written is a digit set like any other, but for who sees it: the class's teacher only.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import CLASSES, SIDE, Limit
from mnist_core.errors import (
    ConfigError,
    HandwritingClosedError,
    HandwritingNotFoundError,
    LimitError,
    NotYoursError,
)
from mnist_core.store.classes import find_class, with_id
from mnist_core.store.digit_sets import check_digits
from mnist_core.store.engine import upsert
from mnist_core.store.members import find_person
from mnist_core.store.part import StorePart
from mnist_core.store.records import DigitSet, HandwritingRound
from mnist_core.store.rows import count_rows, is_run_id, utc, utc_if_any
from mnist_core.store.schema import handwriting_digits, handwriting_rounds, members

ROOM_FOR_EACH: Final = Limit(1, 5)
"""How many of each digit a person may be asked for."""

MOST_OF_A_PERSON: Final = CLASSES * int(ROOM_FOR_EACH.maximum)
"""Digits of one person in one round."""

MOST_ROUNDS: Final = 50
"""Of one class."""


class HandwritingPart(StorePart):
    """Rounds of a class, and what is written in them.

    Where a method takes the id of a round, it raises HandwritingNotFoundError where there is none.
    """

    def start_handwriting(
        self, class_id: str, digits: Collection[int] = range(CLASSES), each: int = 1
    ) -> HandwritingRound:
        """Ask a class to write.

        Args:
            class_id: of a class that is not archived, and has no open round.
            digits: which ones, 0 to 9, at least one.
            each: how many of each a person writes.

        Raises:
            ClassNotFoundError: there is no such class.
            ConfigError: a round is open already, the class is archived, or this can't be asked
                for; nothing is started.
            LimitError: the class has as many rounds as may be.
        """
        asked = _checked_digits(digits)
        if not ROOM_FOR_EACH.allows(each):
            raise ConfigError(
                f"{each} of each digit can't be asked for. Choose {ROOM_FOR_EACH}.", "each"
            )
        with self._database.write() as connection:
            school_class = find_class(connection, with_id(class_id), lock=True)
            if school_class["archived_at"] is not None:
                raise ConfigError("This class is archived: nobody is in it.", "class")
            _check_none_open(connection, class_id)
            of_class = handwriting_rounds.c.class_id == class_id
            if count_rows(connection, handwriting_rounds, of_class) >= MOST_ROUNDS:
                raise LimitError(
                    f"A class has room for {MOST_ROUNDS} handwriting rounds. Delete one first."
                )
            last = sa.select(sa.func.max(handwriting_rounds.c.number)).where(of_class)
            row = {
                "id": secrets.token_hex(6),
                "class_id": class_id,
                "number": (connection.execute(last).scalar_one() or 0) + 1,
                "digits": asked,
                "each": each,
                "started_at": self._clock(),
            }
            connection.execute(sa.insert(handwriting_rounds).values(row))
            return _round(_find(connection, str(row["id"])))

    def open_handwriting(self, class_id: str) -> HandwritingRound | None:
        """Read the round that a class writes in at the moment, in one query by an index."""
        query = _open_in(class_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _round(row)

    def list_handwriting(self, class_id: str) -> list[HandwritingRound]:
        """Read the rounds of a class, the newest first."""
        query = (
            sa.select(handwriting_rounds)
            .where(handwriting_rounds.c.class_id == class_id)
            .order_by(handwriting_rounds.c.number.desc())
        )
        with self._database.read() as connection:
            return [_round(row) for row in connection.execute(query).mappings()]

    def close_handwriting(self, round_id: str) -> None:
        """Take no more digits; what is there stays."""
        with self._database.write() as connection:
            _change(connection, round_id, closed_at=self._clock())

    def reopen_handwriting(self, round_id: str) -> None:
        """Take digits again, each person's missing ones.

        Raises:
            ConfigError: another round of the class is open.
        """
        with self._database.write() as connection:
            row = _find(connection, round_id)
            find_class(connection, with_id(row["class_id"]), lock=True)
            _check_none_open(connection, row["class_id"])
            _change(connection, round_id, closed_at=None)

    def delete_handwriting(self, round_id: str) -> None:
        """Delete a round and all that was written in it, for good."""
        with self._database.write() as connection:
            _find(connection, round_id)
            this = handwriting_rounds.c.id == round_id
            connection.execute(sa.delete(handwriting_rounds).where(this))

    def keep_handwriting(
        self, round_id: str, place: int, image: npt.NDArray[np.uint8], *, owner: str
    ) -> None:
        """Keep what somebody wrote for one of their tasks; what they wrote for it before goes.

        Args:
            round_id: of an open round.
            place: which of the person's tasks, from 0 on; it says what the digit is.
            image: uint8 (28, 28), 0 background to 255 ink.
            owner: whoever of the class wrote it.

        Raises:
            HandwritingClosedError: the round is closed.
            NotYoursError: this person is not in the class, or not let in yet.
            ConfigError: there is no such task, or this is no image, or an empty one.
                Nothing is kept then.
        """
        now = self._clock()
        with self._database.write() as connection:
            row = _find(connection, round_id)
            if row["closed_at"] is not None:
                raise HandwritingClosedError
            of_class = members.c.class_id == row["class_id"]
            writer = find_person(connection, members.c.owner == owner, of_class)
            if writer is None:
                raise NotYoursError("Only who is in the class writes for it. Join it first.")
            keys = {"round_id": round_id, "member_id": writer["id"], "place": place}
            tasks = _round(row).tasks_of(owner)
            if place not in range(len(tasks)):
                raise ConfigError(f"Only {len(tasks)} digits are asked for, and no more.", "place")
            check_digits(image[np.newaxis], [tasks[place]])
            if not image.any():
                raise ConfigError("This digit has no ink. Write it once more.", "image")
            values = {
                "id": secrets.token_hex(6),
                "label": tasks[place],
                "image": image.tobytes(),
                "written_at": now,
            }
            upsert(connection, handwriting_digits, keys, values)

    def kept_handwriting(self, round_id: str, *, owner: str) -> tuple[int, ...]:
        """Tell for which of their tasks somebody's digits are kept, the newest last."""
        query = (
            sa.select(handwriting_digits.c.place)
            .select_from(handwriting_digits.join(members))
            .where(handwriting_digits.c.round_id == round_id, members.c.owner == owner)
            .order_by(handwriting_digits.c.written_at, handwriting_digits.c.place)
        )
        return tuple(place for (place,) in self._rows(query))

    def read_handwriting(self, round_id: str) -> DigitSet:
        """Read what was written in a round: by digits, and by chance among the same ones.

        The order tells nobody who wrote what; ``owners`` does.
        """
        query = (
            sa.select(handwriting_digits, members.c.owner)
            .select_from(handwriting_digits.join(members))
            .where(handwriting_digits.c.round_id == round_id)
            .order_by(handwriting_digits.c.label, handwriting_digits.c.id)
        )
        with self._database.read() as connection:
            of_round = _find(connection, round_id)
            class_name = find_class(connection, with_id(of_round["class_id"]))["name"]
            rows = connection.execute(query).all()
        pixels = np.frombuffer(b"".join(row.image for row in rows), np.uint8)
        return DigitSet(
            name=f"class {class_name}, round {of_round['number']}",
            ids=tuple(row.id for row in rows),
            images=pixels.reshape(-1, SIDE, SIDE),
            labels=np.array([row.label for row in rows], np.uint8),
            owners=tuple(row.owner for row in rows),
            founder=None,
        )

    def take_out_handwriting(self, round_id: str, ids: Collection[str]) -> None:
        """Delete digits of a round for good; while it is open, their writers are asked again."""
        chosen = handwriting_digits.c.round_id == round_id, handwriting_digits.c.id.in_(ids)
        with self._database.write() as connection:
            connection.execute(sa.delete(handwriting_digits).where(*chosen))


def _open_in(class_id: str) -> sa.Select[Any]:
    return sa.select(handwriting_rounds).where(
        handwriting_rounds.c.class_id == class_id, handwriting_rounds.c.closed_at.is_(None)
    )


def _check_none_open(connection: sa.Connection, class_id: str) -> None:
    if connection.execute(_open_in(class_id)).first() is not None:
        raise ConfigError("A handwriting round of this class is open. Close it first.", "round")


def _find(connection: sa.Connection, round_id: str) -> RowMapping:
    query = sa.select(handwriting_rounds).where(handwriting_rounds.c.id == round_id)
    if is_run_id(round_id):
        row = connection.execute(query).mappings().one_or_none()
        if row is not None:
            return row
    raise HandwritingNotFoundError


def _change(connection: sa.Connection, round_id: str, **changes: Any) -> None:
    _find(connection, round_id)
    this = handwriting_rounds.c.id == round_id
    connection.execute(sa.update(handwriting_rounds).where(this).values(**changes))


def _checked_digits(digits: Collection[int]) -> Sequence[int]:
    if not digits or not set(digits) <= set(range(CLASSES)):
        raise ConfigError("Choose at least one digit to write, 0 to 9.", "digits")
    return sorted(set(digits))


def _round(row: RowMapping) -> HandwritingRound:
    return HandwritingRound(
        **{name: row[name] for name in ("id", "class_id", "number", "each")},
        digits=tuple(row["digits"]),
        started_at=utc(row["started_at"]),
        closed_at=utc_if_any(row["closed_at"]),
    )
