"""House-keeping: what the store takes, what deleting would free, and giving it back to the disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from mnist_core.errors import ConfigError
from mnist_core.store.part import StorePart
from mnist_core.store.records import RunStatus
from mnist_core.store.rows import OVER
from mnist_core.store.schema import blobs, datasets, epochs, events, pixel_maps, runs
from mnist_core.store.workers import CHECKPOINT, MODEL, PREDICTIONS, SNAPSHOT, SUMMARY

_DAY: Final = 86_400.0
_MOST_DAYS: Final = 36_500
_MODELS: Final = (MODEL, CHECKPOINT)  # the second is what a stopped run goes on from
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "models": _MODELS,
    "snapshots": (SNAPSHOT,),
    "predictions": (PREDICTIONS,),
    "other": (SUMMARY,),
}


class Cleaning(StrEnum):
    """What of old runs can be deleted."""

    RUNS = "runs"
    SNAPSHOTS = "snapshots"
    MODELS = "models"


class Freed(NamedTuple):
    """What deleting frees.

    Attributes:
        runs: how many runs lose something.
        bytes: of what is saved for them; the file takes a little more for it.
    """

    runs: int
    bytes: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Space:
    """What the store takes, in bytes.

    Attributes:
        total: on the disk.
        unused: of these, what was deleted and not given back to the disk.
        runs: how many runs there are, deleted ones not counted.
        deleted_runs: how many of them can still be brought back by Undo.
        parts: bytes by what they are for: models, snapshots, curves, predictions, other, digits,
            maps.
    """

    total: int
    unused: int
    runs: int
    deleted_runs: int
    parts: Mapping[str, int]


class HousekeepingPart(StorePart):
    """Measuring the store and deleting by age.

    A run's age counts from when it was last put into the queue or brought into this store. Only
    runs that are over and have no star are ever deleted.
    """

    def space(self, owner: str | None = None) -> Space:
        """Measure what the store takes.

        Args:
            owner: count the runs of one browser only, and nothing that belongs to all; None
                counts everything.
        """
        whose = sa.true() if owner is None else runs.c.owner == owner
        there, gone = runs.c.deleted_at.is_(None), runs.c.deleted_at.is_not(None)
        parts = {name: self._bytes_of(kinds, whose) for name, kinds in _KINDS.items()}
        parts["curves"] = self._bytes_of_curves(whose)
        parts["maps"] = self._sum(blobs.c.data, blobs.c.kind.like("map-%"), _of_runs(whose))
        if owner is None:
            parts["maps"] += self._sum(pixel_maps.c.data)
            parts["digits"] = self._sum(datasets.c.arrays)
        total, unused = self._database.size()
        return Space(
            total=total,
            unused=unused,
            runs=self._count(whose, there),
            deleted_runs=self._count(whose, gone),
            parts=parts,
        )

    def would_free(self, what: Cleaning, older_than_days: float, owner: str | None = None) -> Freed:
        """Tell what ``clean`` with the same arguments would free; nothing is deleted.

        Raises:
            ConfigError: the age is not allowed.
        """
        chosen = self._old(older_than_days, owner)
        if what is Cleaning.RUNS:
            saved = self._sum(blobs.c.data, _of_runs(chosen))
            return Freed(self._count(chosen), saved + self._bytes_of_curves(chosen))
        doomed = _doomed(what, chosen)
        affected = sa.select(sa.func.count(blobs.c.run_id.distinct())).where(*doomed)
        return Freed(int(self._value(affected)), self._sum(blobs.c.data, *doomed))

    def clean(self, what: Cleaning, older_than_days: float, owner: str | None = None) -> Freed:
        """Delete for good what is old.

        Args:
            what: whole runs; or their snapshots but the first and the last, so that Look inside
                shows these two only; or their models, so that none can be downloaded
                or trained on.
            older_than_days: 0 to 36,500.
            owner: of this browser's runs only; None for everybody's.

        Returns:
            What was freed, within the file; ``compact`` gives it back to the disk.

        Raises:
            ConfigError: the age is not allowed; nothing is deleted.
        """
        freed = self.would_free(what, older_than_days, owner)
        chosen = self._old(older_than_days, owner)
        with self._database.write() as connection:
            if what is Cleaning.RUNS:
                connection.execute(sa.delete(runs).where(chosen))
            else:
                connection.execute(sa.delete(blobs).where(*_doomed(what, chosen)))
        return freed

    def compact(self) -> int:
        """Give unused space back to the disk. Whoever writes meanwhile has to wait.

        Returns:
            By how many bytes the store is smaller.

        Raises:
            StoreError: the disk has no room for the copy that this takes, or somebody else holds
                the store; it is as before.
        """
        before, _ = self._database.size()
        tables = (blobs, events, epochs, runs, datasets, pixel_maps)
        self._database.compact(table.name for table in tables)
        return max(0, before - self._database.size()[0])

    def is_training(self) -> bool:
        """Check whether any run is RUNNING."""
        return self._count(runs.c.status == RunStatus.RUNNING) > 0

    def _old(self, older_than_days: float, owner: str | None) -> sa.ColumnElement[bool]:
        if not 0 <= older_than_days <= _MOST_DAYS:
            raise ConfigError(
                f"An age of {older_than_days:g} days is not allowed. Choose 0 to {_MOST_DAYS:,}.",
                "older_than_days",
            )
        return sa.and_(
            OVER,
            runs.c.queued_at <= self._clock() - older_than_days * _DAY,
            sa.true() if owner is None else runs.c.owner == owner,
            sa.not_(runs.c.starred),
        )

    def _bytes_of(self, kinds: tuple[str, ...], whose: sa.ColumnElement[bool]) -> int:
        return self._sum(blobs.c.data, blobs.c.kind.in_(kinds), _of_runs(whose))

    def _bytes_of_curves(self, whose: sa.ColumnElement[bool]) -> int:
        total = sa.func.coalesce(sa.func.sum(runs.c.event_bytes), 0)
        return int(self._value(sa.select(total).where(whose)))

    def _sum(self, data: sa.Column[Any], *conditions: sa.ColumnElement[bool]) -> int:
        length = sa.func.coalesce(sa.func.sum(sa.func.length(data)), 0)
        return int(self._value(sa.select(length).where(*conditions)))

    def _count(self, *conditions: sa.ColumnElement[bool]) -> int:
        return int(self._value(sa.select(sa.func.count(runs.c.id)).where(*conditions)))


def _of_runs(chosen: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return blobs.c.run_id.in_(sa.select(runs.c.id).where(chosen))


def _doomed(what: Cleaning, chosen: sa.ColumnElement[bool]) -> list[sa.ColumnElement[bool]]:
    """Tell the blobs that go; of snapshots the first and the last stay."""
    if what is Cleaning.MODELS:
        return [blobs.c.kind.in_(_MODELS), _of_runs(chosen)]
    others = blobs.alias()
    ends = sa.select(sa.func.max(others.c.epoch)).where(
        others.c.run_id == blobs.c.run_id, others.c.kind == SNAPSHOT
    )
    return [
        blobs.c.kind == SNAPSHOT,
        blobs.c.epoch != -1,
        blobs.c.epoch != ends.scalar_subquery(),
        _of_runs(chosen),
    ]
