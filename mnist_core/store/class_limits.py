"""What a class allows its people, checked where runs are put into the queue.

Every function takes an open connection and leaves the end of the transaction to its caller.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from mnist_core.config import TrainingConfig
from mnist_core.errors import ClassPausedError, ConfigError
from mnist_core.formatting import counted
from mnist_core.store.rows import UNDER_WAY, count_rows
from mnist_core.store.schema import classes, members, runs


def check_class_limits(
    connection: sa.Connection,
    owner: str | None,
    configs: Collection[TrainingConfig] = (),
    more: int = 0,
) -> None:
    """Refuse runs that the class of whoever asks does not allow, and all while it is paused.

    Args:
        connection: open.
        owner: whose the runs will be; whoever is in no class may do what everybody may.
        configs: settings of new runs.
        more: runs that are there already, and are to go on.

    Raises:
        ConfigError: one of them has too many epochs or nodes, or they would be too many at once.
        ClassPausedError: the teacher has paused the class.
    """
    query = (
        sa.select(
            classes.c.is_paused, classes.c.most_epochs, classes.c.most_nodes, classes.c.most_runs
        )
        .select_from(members.join(classes))
        .where(members.c.owner == owner)
        # Whoever pauses the class waits for this run, and pauses it too.
        .with_for_update(read=True, of=classes)
    )
    limits = None if owner is None else connection.execute(query).one_or_none()
    if limits is None:
        return
    if limits.is_paused:
        raise ClassPausedError
    for config in configs:
        _check("epochs", config.epochs, limits.most_epochs)
        for nodes in config.layers:
            _check("nodes in a layer", nodes, limits.most_nodes)
    more += len(configs)
    if limits.most_runs is not None and more:
        _check_runs(connection, str(owner), more, limits.most_runs)


def _check(what: str, number: int, most: int | None) -> None:
    if most is not None and number > most:
        raise ConfigError(
            f"Your class allows at most {most:,} {what}, and these are {number:,}.", what.split()[0]
        )


def _check_runs(connection: sa.Connection, owner: str, more: int, most: int) -> None:
    before = count_rows(connection, runs, UNDER_WAY, runs.c.owner == owner)
    if more > most:
        raise ConfigError(
            f"Your class allows {counted(most, 'run')} at once, and these would be {more}.", "runs"
        )
    if before + more > most:
        raise ConfigError(
            f"Your class allows {counted(most, 'run')} at once, and {before} of yours "
            f"{'is' if before == 1 else 'are'} on the way. Wait for one to end, or stop one.",
            "runs",
        )
