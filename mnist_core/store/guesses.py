"""The class guesses: what everybody predicts of one network, and the run that decides."""

from __future__ import annotations

import secrets
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import TrainingConfig
from mnist_core.errors import GuessRoundError, MemberNotFoundError
from mnist_core.store.class_records import Guess, GuessRound
from mnist_core.store.classes import find_class, with_id
from mnist_core.store.engine import upsert
from mnist_core.store.members import find_person
from mnist_core.store.part import StorePart
from mnist_core.store.records import Run
from mnist_core.store.rows import count_rows, run_from_row
from mnist_core.store.runs import checked_expected_accuracy, queue_run
from mnist_core.store.schema import guess_rounds, guesses, members, runs

_WITH_RUNS: Final = guess_rounds.outerjoin(
    runs, sa.and_(runs.c.id == guess_rounds.c.run_id, runs.c.deleted_at.is_(None))
)
_ROUNDS: Final = sa.select(
    *(guess_rounds.c[name] for name in ("id", "class_id", "config", "closed_at")),
    runs.c.id.label("run_id"),
    runs.c.status,
    runs.c.test_accuracy,
).select_from(_WITH_RUNS)


class GuessPart(StorePart):
    """Rounds of guesses: a class has one at a time, and each of its people one guess in it.

    Where a method takes the id of a round, it raises GuessRoundError where that is not asked any
    more.
    """

    def ask_for_guesses(self, class_id: str, config: TrainingConfig) -> GuessRound:
        """Open a round; the one before is gone, with its guesses, and its run stays.

        Raises:
            ClassNotFoundError: there is no such class.
        """
        row = {
            "id": secrets.token_hex(6),
            "class_id": class_id,
            "config": config.to_dict(),
            "asked_at": self._clock(),
        }
        with self._database.write() as connection:
            find_class(connection, with_id(class_id), lock=True)
            connection.execute(sa.delete(guess_rounds).where(guess_rounds.c.class_id == class_id))
            connection.execute(sa.insert(guess_rounds).values(row))
            return _round(_find(connection, str(row["id"])))

    def read_guess_round(self, class_id: str) -> GuessRound | None:
        """Read what a class is asked, or was last, in one query by its key; None for nothing."""
        query = _ROUNDS.where(guess_rounds.c.class_id == class_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _round(row)

    def give_guess(self, round_id: str, expected_accuracy: float, *, owner: str) -> None:
        """Keep what somebody predicts; it replaces what they predicted before.

        Args:
            round_id: of an open round.
            expected_accuracy: the test accuracy, 0 to 1.
            owner: of somebody in the class.

        Raises:
            ConfigError: no accuracy can be so high or low.
            GuessRoundError: the round is closed.
            MemberNotFoundError: they are not in the class, or not let in yet. Nothing is kept then.
        """
        checked = checked_expected_accuracy(expected_accuracy)
        values = {"expected_accuracy": checked, "given_at": self._clock()}
        with self._database.write() as connection:
            row = _find(connection, round_id, lock=True)
            if row["closed_at"] is not None:
                raise GuessRoundError("Predictions are closed. What was sent before counts.")
            of_class = members.c.class_id == row["class_id"]
            member = find_person(connection, members.c.owner == owner, of_class)
            if member is None:
                raise MemberNotFoundError
            upsert(connection, guesses, {"round_id": round_id, "member_id": member["id"]}, values)

    def read_guess(self, round_id: str, *, owner: str) -> float | None:
        """Read what somebody predicts, 0 to 1; None where they have not."""
        value = self._value(
            sa.select(guesses.c.expected_accuracy)
            .select_from(guesses.join(members))
            .where(guesses.c.round_id == round_id, members.c.owner == owner)
        )
        return None if value is None else float(value)

    def count_guesses(self, round_id: str) -> int:
        """Count how many have predicted something."""
        with self._database.read() as connection:
            return count_rows(connection, guesses, guesses.c.round_id == round_id)

    def list_guesses(self, round_id: str) -> list[Guess]:
        """Read what everybody predicted, the lowest first.

        Raises:
            GuessRoundError: the round is open: somebody could copy.
        """
        query = (
            sa.select(members.c.name, guesses.c.expected_accuracy)
            .select_from(guesses.join(members))
            .where(guesses.c.round_id == round_id)
            .order_by(guesses.c.expected_accuracy, members.c.name)
        )
        with self._database.read() as connection:
            if _find(connection, round_id)["closed_at"] is None:
                raise GuessRoundError("Predictions are shown when they are closed.")
            return [Guess(**row) for row in connection.execute(query).mappings()]

    def close_guesses(self, round_id: str) -> None:
        """Take no more guesses; a round that is closed stays so."""
        with self._database.write() as connection:
            row = _find(connection, round_id, lock=True)
            _change(connection, row, closed_at=row["closed_at"] or self._clock())

    def train_guessed(
        self,
        round_id: str,
        *,
        dataset_digest: str,
        dataset_name: str,
        owner: str | None,
        pace: float = 0.0,
        training_digits: int | None = None,
    ) -> Run:
        """Close a round and put the network that was asked about into the queue.

        Args:
            round_id: the round, open or closed.
            dataset_digest: names a data set that the store has.
            dataset_name: what people call that data set.
            owner: whose the run is.
            pace: seconds an epoch should last; 0.0 is as fast as possible.
            training_digits: how many digits it trains on, where that is known.

        Raises:
            GuessRoundError: its network trains already, or has a result.
            ConfigError: the owner's class does not allow it.
            LimitError: the owner, or all together, have as many runs under way as they may.
            StoreError: the data set is not in the store, or the disk is nearly full. Whichever it
                is, the round stays as it was.
        """
        now = self._clock()
        if owner is not None:
            self._database.check_disk()
        with self._database.write() as connection:
            row = _find(connection, round_id, lock=True)
            asked = _round(row)
            if not asked.may_train:
                raise GuessRoundError("This network trains already, or has a result.")
            run = queue_run(
                connection,
                asked.config,
                now,
                dataset_digest=dataset_digest,
                dataset_name=dataset_name,
                owner=owner,
                pace=pace,
                training_digits=training_digits,
            )
            _change(connection, row, closed_at=row["closed_at"] or now, run_id=run["id"])
            return run_from_row(run)


def _find(connection: sa.Connection, round_id: str, *, lock: bool = False) -> RowMapping:
    query = _ROUNDS.where(guess_rounds.c.id == round_id)
    if lock:
        query = query.with_for_update(of=guess_rounds)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise GuessRoundError("This is not asked any more. Your class may have another question.")
    return row


def _change(connection: sa.Connection, row: RowMapping, **changes: Any) -> None:
    this = guess_rounds.c.id == row["id"]
    connection.execute(sa.update(guess_rounds).where(this).values(**changes))


def _round(row: RowMapping) -> GuessRound:
    return GuessRound(
        config=TrainingConfig.from_dict(row["config"]),
        is_open=row["closed_at"] is None,
        **{name: row[name] for name in ("id", "run_id", "status", "test_accuracy")},
    )
