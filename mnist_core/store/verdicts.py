"""Verdicts: what people say of the test digits that networks read wrong."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from mnist_core.errors import ConfigError, LimitError
from mnist_core.store.datasets import check_dataset
from mnist_core.store.engine import upsert
from mnist_core.store.names import checked_name
from mnist_core.store.part import StorePart
from mnist_core.store.records import Ruling, Verdict
from mnist_core.store.rows import count_rows, utc
from mnist_core.store.schema import verdicts

MOST_VERDICTS: Final = 1000
"""Test digits of one data set that one browser may judge: no court has so many before it."""

MOST_ON_A_DIGIT: Final = 500
"""Verdicts on one test digit, of all browsers together."""


class VerdictPart(StorePart):
    """Giving, taking back and reading verdicts."""

    def give_verdict(
        self, dataset_digest: str, digit: int, ruling: Ruling, *, owner: str, name: str = ""
    ) -> None:
        """Keep what a person says of a test digit; their earlier verdict on it is replaced.

        Args:
            dataset_digest: names the data set.
            digit: index of the test digit.
            ruling: what they say.
            owner: hash of the token of their browser.
            name: as they typed it, at most 80 characters.

        Raises:
            ConfigError: the name is too long or the digit can't be one; nothing is kept.
            LimitError: this person has judged, or this digit has, as many as may be; nothing is
                kept.
            StoreError: the data set is not in the store.
        """
        if digit < 0:
            raise ConfigError(f"There is no test digit number {digit}. Choose 0 or more.", "digit")
        shown = checked_name(name)
        keys = {"dataset_digest": dataset_digest, "digit": digit, "owner": owner}
        with self._database.write() as connection:
            check_dataset(connection, dataset_digest)
            if not _count(connection, **keys):
                _check_room(connection, dataset_digest, digit, owner)
            upsert(
                connection,
                verdicts,
                keys,
                {"ruling": ruling, "name": shown, "given_at": self._clock()},
            )

    def take_back_verdict(self, dataset_digest: str, digit: int, *, owner: str) -> None:
        """Forget what this person said of a test digit, if they said anything."""
        theirs = (
            verdicts.c.dataset_digest == dataset_digest,
            verdicts.c.digit == digit,
            verdicts.c.owner == owner,
        )
        with self._database.write() as connection:
            connection.execute(sa.delete(verdicts).where(*theirs))

    def read_verdicts(self, dataset_digest: str) -> list[Verdict]:
        """Read what everybody said of a data set's test digits, by digit, then by time."""
        said = ("digit", "ruling", "name", "owner", "given_at")
        query = (
            sa.select(*(verdicts.c[name] for name in said))
            .where(verdicts.c.dataset_digest == dataset_digest)
            .order_by(verdicts.c.digit, verdicts.c.given_at, verdicts.c.owner)
        )
        return [
            Verdict(**row._asdict() | {"given_at": utc(row.given_at)}) for row in self._rows(query)
        ]


def _check_room(connection: sa.Connection, dataset_digest: str, digit: int, owner: str) -> None:
    if _count(connection, dataset_digest=dataset_digest, owner=owner) >= MOST_VERDICTS:
        raise LimitError(
            f"You have judged {MOST_VERDICTS:,} digits, and more are not counted. Take a verdict "
            "back first."
        )
    if _count(connection, dataset_digest=dataset_digest, digit=digit) >= MOST_ON_A_DIGIT:
        raise LimitError(f"{MOST_ON_A_DIGIT} people have judged this digit: more are not counted.")


def _count(connection: sa.Connection, **keys: object) -> int:
    which = [verdicts.c[name] == value for name, value in keys.items()]
    return count_rows(connection, verdicts, *which)
