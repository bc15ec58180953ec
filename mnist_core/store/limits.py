"""How many runs one person, and everybody together, may have under way at once.

A person is a browser, and whoever throws its cookie away is a new one. So everybody together has a
limit as well, and where many wait, each has one place. Runs of the computer itself, which nobody's
browser started, are not limited: whoever starts one there may do all.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from mnist_core.errors import LimitError
from mnist_core.store.rows import NOT_OVER, UNDER_WAY, count_rows
from mnist_core.store.schema import runs

MOST_RUNS: Final = 20
"""Single runs of one browser that may wait or train at once."""

ONE_EACH_FROM: Final = 500
"""Single runs under way, whoever's, from which on a browser may have one only."""

MOST_RUNS_OF_ALL: Final = 1000
"""Single runs that may be under way in all: ten for each of a hundred people."""

MOST_BACKGROUND_RUNS: Final = 64
"""Runs asked for at once that one browser may have on their way, paused ones among them."""

MOST_BACKGROUND_RUNS_OF_ALL: Final = 5000
"""Such runs that may be under way in all: a grid for each of a hundred people."""


def check_room_for_run(connection: sa.Connection, owner: str | None) -> None:
    """Make sure that one more single run may be put into the queue.

    Raises:
        LimitError: its owner, or all together, have as many under way as they may.
    """
    if owner is None:
        return
    single = runs.c.background.is_(sa.false())
    in_all, own = _count(connection, owner, single)
    if own >= MOST_RUNS:
        raise LimitError(
            f"{own} of your runs wait or train already, and more at once are not allowed. Stop one "
            "of them, or wait until one has ended."
        )
    if own and in_all >= ONE_EACH_FROM:
        raise LimitError(
            f"{in_all:,} runs wait or train: while there are so many, everybody may have one at a "
            "time. Wait until yours has ended, or stop it."
        )
    if in_all >= MOST_RUNS_OF_ALL:
        raise LimitError(
            f"{in_all:,} runs wait or train, and more are not taken. Try again in a few minutes."
        )


def check_room_for_background_runs(connection: sa.Connection, owner: str, more: int) -> None:
    """Make sure that so many more runs may be asked for at once.

    Raises:
        LimitError: their owner, or all together, would have more on their way than they may.
    """
    if not more:
        return
    background = runs.c.background.is_(sa.true())
    own = (
        background,
        runs.c.owner == owner,
        NOT_OVER,
        runs.c.deleted_at.is_(None),
    )
    on_their_way = count_rows(connection, runs, *own)
    if on_their_way + more > MOST_BACKGROUND_RUNS:
        before = f", and {on_their_way} of yours are on their way already" if on_their_way else ""
        raise LimitError(
            f"These would be {more} more runs{before}. At most {MOST_BACKGROUND_RUNS} at once are "
            "allowed."
        )
    in_all, _ = _count(connection, owner, background)
    if in_all + more > MOST_BACKGROUND_RUNS_OF_ALL:
        raise LimitError(
            f"{in_all:,} runs that were asked for by the dozen wait already, and so many more are "
            "not taken. Try again when some of them have ended."
        )


def _count(connection: sa.Connection, owner: str, kind: sa.ColumnElement[bool]) -> tuple[int, int]:
    """Count the runs of a kind that are under way, everybody's and this owner's."""
    own = sa.func.count().filter(runs.c.owner == owner)
    query = sa.select(sa.func.count(), own).select_from(runs).where(UNDER_WAY, kind)
    in_all, theirs = connection.execute(query).one()
    return int(in_all), int(theirs)
