"""Digit sets: digits that people drew and kept, under a name such as "class 7b"."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from mnist_core.config import CLASSES, SIDE
from mnist_core.errors import ConfigError, LimitError, NotYoursError
from mnist_core.store.names import checked_name
from mnist_core.store.part import StorePart
from mnist_core.store.records import DigitSet, DigitSetEntry
from mnist_core.store.rows import count_rows
from mnist_core.store.schema import kept_digits

MOST_IN_A_SET: Final = 2000
"""Digits of one set: a class of thirty can keep sixty each."""

MOST_DIGITS: Final = 1000
"""Digits of one browser, in all sets."""

MOST_SETS: Final = 200
"""Sets in all."""

MOST_SETS_OF_ONE: Final = 20
"""Sets that one browser may have begun."""


class DigitSetPart(StorePart):
    """Keeping, reading and deleting drawn digits."""

    def keep_digits(
        self,
        set_name: str,
        images: npt.NDArray[np.uint8],
        labels: Collection[int],
        *,
        owner: str,
    ) -> int:
        """Put digits into a set, which begins with its first one.

        Args:
            set_name: 1 to 80 characters.
            images: uint8 (n, 28, 28), 0 background to 255 ink.
            labels: what they are, 0 to 9 each, in the same order.
            owner: hash of the token of the browser they were drawn in.

        Returns:
            How many digits the set has now.

        Raises:
            ConfigError: the name, an image or a label can't be used; nothing is kept.
            LimitError: the set, its keeper or the server has as many as may be; nothing is kept.
        """
        name = _checked_set_name(set_name)
        check_digits(images, labels)
        now = self._clock()
        with self._database.write() as connection:
            founder = _founder(connection, name)
            if founder is None:
                _check_room_for_set(connection, owner)
            before = count_rows(connection, kept_digits, kept_digits.c.set_name == name)
            if before + len(images) > MOST_IN_A_SET:
                raise LimitError(
                    f"A set has room for {MOST_IN_A_SET:,} digits; “{name}” has {before:,}. "
                    "Choose another name."
                )
            own = count_rows(connection, kept_digits, kept_digits.c.owner == owner)
            if own + len(images) > MOST_DIGITS:
                raise LimitError(
                    f"Everybody may keep {MOST_DIGITS:,} digits, and you have {own:,}. Delete some "
                    "on the page My digits."
                )
            connection.execute(
                sa.insert(kept_digits),
                [
                    {
                        "id": secrets.token_hex(6),
                        "set_name": name,
                        "label": int(label),
                        "image": image.tobytes(),
                        "owner": owner,
                        "founder": founder or owner,
                        "kept_at": now,
                        "place": place,
                    }
                    for place, (image, label) in enumerate(zip(images, labels, strict=True))
                ],
            )
        return before + len(images)

    def list_digit_sets(self) -> list[DigitSetEntry]:
        """Name the sets that have digits, the one that got a digit last first."""
        query = (
            sa.select(kept_digits.c.set_name, sa.func.count())
            .group_by(kept_digits.c.set_name)
            .order_by(sa.func.max(kept_digits.c.kept_at).desc(), kept_digits.c.set_name)
        )
        return [DigitSetEntry(name=name, size=size) for name, size in self._rows(query)]

    def read_digit_set(self, name: str) -> DigitSet:
        """Read the digits of a set, the oldest first; a set that nobody began is empty."""
        query = (
            sa.select(kept_digits)
            .where(kept_digits.c.set_name == name)
            .order_by(kept_digits.c.kept_at, kept_digits.c.place, kept_digits.c.id)
        )
        rows = self._rows(query)
        pixels = np.frombuffer(b"".join(row.image for row in rows), np.uint8)
        return DigitSet(
            name=name,
            ids=tuple(row.id for row in rows),
            images=pixels.reshape(-1, SIDE, SIDE),
            labels=np.array([row.label for row in rows], np.uint8),
            owners=tuple(row.owner for row in rows),
            founder=rows[0].founder if rows else None,
        )

    def delete_digits(self, name: str, ids: Collection[str], *, owner: str) -> None:
        """Delete digits of a set for good; those that are gone already are left out.

        Args:
            name: of the set.
            ids: which of its digits.
            owner: whoever asks: the one who drew them all, or who began the set.

        Raises:
            NotYoursError: one of them is somebody else's; nothing is deleted.
        """
        chosen = kept_digits.c.set_name == name, kept_digits.c.id.in_(ids)
        may = sa.select(kept_digits.c.owner, kept_digits.c.founder).where(*chosen)
        with self._database.write() as connection:
            if not all(owner in row for row in connection.execute(may)):
                raise NotYoursError(
                    "A digit can be deleted by whoever drew it, and by whoever began the set."
                )
            connection.execute(sa.delete(kept_digits).where(*chosen))


def _check_room_for_set(connection: sa.Connection, owner: str) -> None:
    """Make sure that somebody may begin one more set."""
    own = _count_sets(connection, kept_digits.c.founder == owner)
    if own >= MOST_SETS_OF_ONE:
        raise LimitError(
            f"You have begun {own} sets, and more are not allowed. Choose one of them, or delete "
            "all digits of one."
        )
    if _count_sets(connection, sa.true()) >= MOST_SETS:
        raise LimitError(
            f"There is room for {MOST_SETS} sets, and it is taken. Choose one of them, or "
            "delete one."
        )


def _count_sets(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count(kept_digits.c.set_name.distinct())).where(which)
    return int(connection.execute(query).scalar_one())


def _founder(connection: sa.Connection, name: str) -> str | None:
    query = sa.select(kept_digits.c.founder).where(kept_digits.c.set_name == name).limit(1)
    founder: str | None = connection.execute(query).scalar_one_or_none()
    return founder


def _checked_set_name(name: str) -> str:
    shown = checked_name(name)
    if not shown:
        raise ConfigError("A set needs a name, such as class 7b.", "set_name")
    return shown


def check_digits(images: npt.NDArray[np.uint8], labels: Collection[int]) -> None:
    """Make sure that these are digits with a label each.

    Raises:
        ConfigError: they are not.
    """
    if len(images) == 0 or len(images) != len(labels):
        raise ConfigError(
            f"There are {len(images)} digits and {len(labels)} labels. Every digit needs one.",
            "labels",
        )
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE):
        raise ConfigError(f"A digit is kept as {SIDE} × {SIDE} grey levels.", "images")
    for label in labels:
        if label not in range(CLASSES):
            raise ConfigError(f"{label!r} is no digit. Choose 0 to 9.", "labels")
