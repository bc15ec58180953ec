"""Verdicts: what people say of the test digits that networks read wrong."""

from __future__ import annotations

import sqlalchemy as sa

from mnist_core.errors import ConfigError
from mnist_core.store.datasets import check_dataset
from mnist_core.store.engine import upsert
from mnist_core.store.names import checked_name
from mnist_core.store.part import StorePart
from mnist_core.store.records import Ruling, Verdict
from mnist_core.store.rows import utc
from mnist_core.store.schema import verdicts


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
            StoreError: the data set is not in the store.
        """
        if digit < 0:
            raise ConfigError(f"There is no test digit number {digit}. Choose 0 or more.", "digit")
        shown = checked_name(name)
        with self._database.write() as connection:
            check_dataset(connection, dataset_digest)
            upsert(
                connection,
                verdicts,
                {"dataset_digest": dataset_digest, "digit": digit, "owner": owner},
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
