"""Drafts: what people have written for a task, and the runs it is about, as far as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.config import LONGEST_ANSWER
from mnist_core.errors import ConfigError, LimitError
from mnist_core.store.engine import upsert
from mnist_core.store.part import StorePart
from mnist_core.store.records import Draft
from mnist_core.store.rows import count_rows, is_run_id
from mnist_core.store.schema import drafts

MOST_DRAFTS: Final = 50
"""Of one browser; a further one takes the place of the one that was touched longest ago."""

MOST_DRAFTS_OF_ALL: Final = 20_000
"""Of all browsers; a further one takes the place of those not touched for ``OLD_SECONDS``."""

OLD_SECONDS: Final = 90 * 86_400.0

MOST_RUNS: Final = 50
"""That one answer may be about; of more, the last ones are kept."""


class DraftPart(StorePart):
    """Keeping and reading drafts."""

    def keep_answer(self, task: str, answer: str, *, owner: str) -> None:
        """Keep what has been written so far; what was kept for the task before is replaced.

        Args:
            task: names the question, as ``Assignment.key`` does.
            answer: at most ``LONGEST_ANSWER`` characters.
            owner: hash of the token of the browser.

        Raises:
            ConfigError: the answer is too long; what was kept before stays.
            LimitError: all browsers together have as many drafts as may be; those stay.
        """
        if len(answer) > LONGEST_ANSWER:
            raise ConfigError(
                f"The answer has {len(answer):,} characters. There is room for {LONGEST_ANSWER:,}.",
                "answer",
            )
        self._keep(task, owner, {"answer": answer})

    def keep_answer_runs(self, task: str, run_ids: Sequence[str], *, owner: str) -> None:
        """Keep which runs the answer is about, in this order; what can't be a run is left out.

        Raises:
            LimitError: as ``keep_answer``.
        """
        kept = [run_id for run_id in run_ids if is_run_id(run_id)]
        self._keep(task, owner, {"run_ids": kept[-MOST_RUNS:]})

    def read_draft(self, task: str, *, owner: str) -> Draft:
        """Read what this browser has kept for a task; an empty draft where it has nothing."""
        query = sa.select(drafts.c.answer, drafts.c.run_ids).where(
            drafts.c.owner == owner, drafts.c.task == task
        )
        for answer, run_ids in self._rows(query):
            return Draft(answer=answer, run_ids=tuple(run_ids))
        return Draft()

    def _keep(self, task: str, owner: str, changed: Mapping[str, Any]) -> None:
        theirs = sa.select(drafts.c.task).where(drafts.c.owner == owner)
        kept = theirs.order_by(drafts.c.kept_at.desc(), drafts.c.task).limit(MOST_DRAFTS)
        with self._database.write() as connection:
            if connection.execute(theirs.where(drafts.c.task == task)).first() is None:
                _make_room(connection, self._clock())
            upsert(
                connection,
                drafts,
                {"owner": owner, "task": task},
                {**changed, "kept_at": self._clock()},
            )
            connection.execute(
                sa.delete(drafts).where(drafts.c.owner == owner, drafts.c.task.not_in(kept))
            )


def _make_room(connection: sa.Connection, now: float) -> None:
    """Make sure that there is room for one more draft; old ones make it."""
    if count_rows(connection, drafts) < MOST_DRAFTS_OF_ALL:
        return
    old = drafts.c.kept_at < now - OLD_SECONDS
    if connection.execute(sa.delete(drafts).where(old)).rowcount == 0:
        raise LimitError(
            "This server keeps as many unfinished answers as it can. Yours stays in this tab: "
            "finish and download it before you close it."
        )
