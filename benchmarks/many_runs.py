"""A store with very many runs, made of a few that were really trained.

Each further run is a copy of one of those: its curves, events, snapshots and model, under an id, a
time and a name of its own.
"""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.config import TrainingConfig
from mnist_core.store import Run
from mnist_core.store.schema import blobs, epochs, events, runs

TRAINED: Final = (
    TrainingConfig(),
    TrainingConfig(batch_size=1000),
    TrainingConfig(layers=()),
    TrainingConfig(layers=(32,), epochs=20),
    TrainingConfig(layers=(64, 32), activation="tanh"),
    TrainingConfig(layers=(16,), learning_rate=0.01),
    TrainingConfig(layers=(64,), optimizer="sgd", epochs=30),
    TrainingConfig(layers=(128,), dropout=0.2, seed=3),
)
SECONDS_BETWEEN: Final = 900.0
_TABLES: Final = (events, epochs, blobs)


def fill(store_url: str, originals: Sequence[Run], count: int, owner: str | None) -> None:
    """Copy runs until there are so many.

    Args:
        store_url: of the store that holds the originals.
        originals: trained runs.
        count: how many runs there are in the end.
        owner: whose every second copy is; the others belong to somebody else.
    """
    choose = random.Random(0)
    engine = sa.create_engine(store_url)
    with engine.begin() as connection:
        for number, original in zip(
            range(count - len(originals)), itertools.cycle(originals), strict=False
        ):
            at = original.created_at.timestamp() - SECONDS_BETWEEN * (number + 1)
            _copy(
                connection,
                original.id,
                created_at=at,
                owner=owner if number % 2 else "f" * 64,
                name=name_of(number, choose.randrange(1, 40)) if number % 3 else "",
                note="A note about what was seen. " * choose.randrange(3),
                starred=number % 10 == 0,
            )
    engine.dispose()


def name_of(number: int, group: int) -> str:
    """Name a copy so that a search for its number finds no other."""
    return f"Group {group}, try-{number:05}"


def _copy(connection: sa.Connection, run_id: str, **changes: Any) -> None:
    new = {"id": secrets.token_hex(6), **changes}
    row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).mappings().one()
    values = {column.key: row[column] for column in runs.c}
    connection.execute(sa.insert(runs).values(values | new))
    for table in _TABLES:
        others = [column for column in table.c if column.name != "run_id"]
        copied = sa.select(sa.literal(new["id"]), *others).where(table.c.run_id == run_id)
        connection.execute(sa.insert(table).from_select(["run_id", *others], copied))
