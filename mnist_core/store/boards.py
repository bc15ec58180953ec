"""The board of a class: what is on it, whether with names, and when test digits were looked at."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from mnist_core.store.class_records import Board
from mnist_core.store.classes import find_class, with_id
from mnist_core.store.engine import insert_if_new, upsert
from mnist_core.store.part import StorePart
from mnist_core.store.records import Run
from mnist_core.store.rows import OVER, RUNS, read_runs, utc
from mnist_core.store.schema import boards, members, runs, test_looks

MOST_RUNS_OF_A_CLASS: Final = 2000
"""The newest ones; older ones are not on its board."""

_CAME_IN_A_FILE: Final = sa.and_(
    OVER,
    runs.c.attempt == 0,  # no worker of this store has seen it
)


class BoardPart(StorePart):
    """What a board shows. Where there is no such class, it raises ClassNotFoundError."""

    def read_board(self, class_id: str) -> Board:
        """Read what is laid down for a class's board; before anything is, names are hidden."""
        shown = sa.select(boards.c.names_shown).where(boards.c.class_id == class_id)
        looks = sa.select(test_looks.c.challenge, test_looks.c.looked_at).where(
            test_looks.c.class_id == class_id
        )
        with self._database.read() as connection:
            find_class(connection, with_id(class_id))
            return Board(
                names_shown=bool(connection.execute(shown).scalar_one_or_none()),
                looked_at={name: utc(at) for name, at in connection.execute(looks)},
            )

    def show_names(self, class_id: str, *, shown: bool) -> None:
        """Show names to everybody who looks at the board, or hide them again."""
        with self._database.write() as connection:
            find_class(connection, with_id(class_id))
            upsert(connection, boards, {"class_id": class_id}, {"names_shown": shown})

    def look_at_test(self, class_id: str, challenge: str) -> None:
        """Write down that the test digits of a challenge are looked at now, unless they were.

        Args:
            class_id: which class.
            challenge: the challenge's key.
        """
        with self._database.write() as connection:
            find_class(connection, with_id(class_id))
            keys = {"class_id": class_id, "challenge": challenge}
            insert_if_new(connection, test_looks, keys, {"looked_at": self._clock()})

    def class_runs(self, class_id: str) -> list[Run]:
        """Read the newest runs of those who are in a class now, the newest first.

        Deleted ones are among them, as long as they are there. Those that came in a file are not:
        nobody saw them train.
        """
        people = sa.select(members.c.owner).where(
            members.c.class_id == class_id, members.c.removed_at.is_(None)
        )
        query = (
            RUNS.where(runs.c.owner.in_(people), sa.not_(_CAME_IN_A_FILE))
            .order_by(runs.c.created_at.desc(), runs.c.id.desc())
            .limit(MOST_RUNS_OF_A_CLASS)
        )
        with self._database.read() as connection:
            return read_runs(connection, query)
