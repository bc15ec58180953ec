"""Reading what workers wrote: events, epochs and blobs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.config import SERIES
from mnist_core.errors import StoreError
from mnist_core.store.part import StorePart
from mnist_core.store.records import EpochRecord, Event
from mnist_core.store.rows import is_run_id, utc
from mnist_core.store.schema import blobs, epochs, events
from mnist_core.store.workers import CHECKPOINT, MODEL, PREDICTIONS, SNAPSHOT, SUMMARY

_LARGEST_SEQ: Final = 2**63 - 1


class ReaderPart(StorePart):
    """Readers of a run's traces. None of them checks that the run is there."""

    def read_events(self, after: Mapping[str, int], limit: int = 1000) -> list[Event]:
        """Read the next events of many runs in one query.

        Args:
            after: for each run, the number of the last event that is known; 0 for all of them.
            limit: at most so many in all.

        Returns:
            Ordered by run, then by number, without gaps within a run.
        """
        known = [
            (run_id, min(max(seq, 0), _LARGEST_SEQ))
            for run_id, seq in after.items()
            if is_run_id(run_id)
        ]
        if not known:
            return []
        watched = sa.values(
            sa.column("run_id", sa.String(12)), sa.column("seq", sa.BigInteger), name="watched"
        )
        last = watched.data(known).cte("last")
        query = (
            sa.select(events)
            .join(last, sa.and_(events.c.run_id == last.c.run_id, events.c.seq > last.c.seq))
            .order_by(events.c.run_id, events.c.seq)
            .limit(limit)
        )
        return [
            Event(row.run_id, row.seq, row.kind, row.data, utc(row.created_at))
            for row in self._rows(query)
        ]

    def read_epochs(self, run_id: str) -> list[EpochRecord]:
        """Read a run's complete epochs in their order."""
        columns = (epochs.c[field.name] for field in dataclasses.fields(EpochRecord))
        query = sa.select(*columns).where(epochs.c.run_id == run_id).order_by(epochs.c.epoch)
        return [EpochRecord(*map(_number, row)) for row in self._rows(query)]

    def read_epochs_of(self, run_ids: Iterable[str]) -> dict[str, list[EpochRecord]]:
        """Read the complete epochs of many runs in one query; a run without any has none."""
        names = [field.name for field in dataclasses.fields(EpochRecord)]
        found: dict[str, list[EpochRecord]] = {run_id: [] for run_id in run_ids}
        for run_id, *values in self._epoch_rows(found, *names):
            found[run_id].append(EpochRecord(*map(_number, values)))
        return found

    def read_curves(
        self, run_ids: Iterable[str], name: str = "val_accuracy"
    ) -> dict[str, list[float]]:
        """Read one number of Keras's History for many runs in one query.

        Args:
            run_ids: of any runs.
            name: one of ``SERIES``.

        Returns:
            For each run a number an epoch; NaN where it was not finite.
        """
        found: dict[str, list[float]] = {run_id: [] for run_id in run_ids}
        for run_id, value in self._epoch_rows(found, name):
            found[run_id].append(_number(value))
        return found

    def _epoch_rows(self, run_ids: Iterable[str], *names: str) -> Sequence[Any]:
        query = (
            sa.select(epochs.c.run_id, *(epochs.c[name] for name in names))
            .where(epochs.c.run_id.in_(list(run_ids)))
            .order_by(epochs.c.run_id, epochs.c.epoch)
        )
        return self._rows(query)

    def read_history(self, run_id: str) -> dict[str, list[float]]:
        """Read a run's History as Keras has it: a list for each number, an entry an epoch."""
        complete = self.read_epochs(run_id)
        return {name: [getattr(epoch, name) for epoch in complete] for name in SERIES}

    def load_checkpoint(self, run_id: str) -> bytes | None:
        """Load what the run goes on from; None where there is nothing yet or no more."""
        return self._load(run_id, CHECKPOINT)

    def load_model(self, run_id: str) -> bytes | None:
        """Load the `.keras` file that a worker saved; None before a pause or the end of the run."""
        return self._load(run_id, MODEL)

    def has_model(self, run_id: str) -> bool:
        """Check whether there is a saved model, without reading it."""
        return self._has(run_id, MODEL)

    def has_checkpoint(self, run_id: str) -> bool:
        """Check whether there is something to go on from, without reading it."""
        return self._has(run_id, CHECKPOINT)

    def load_summary(self, run_id: str) -> str | None:
        """Load the model's summary as Keras prints it; None before a worker has built the model."""
        summary = self._load(run_id, SUMMARY)
        return None if summary is None else summary.decode()

    def load_predictions(self, run_id: str) -> bytes | None:
        """Load the packed test predictions; None before the end of the run."""
        return self._load(run_id, PREDICTIONS)

    def load_snapshot(self, run_id: str, epoch: int) -> bytes:
        """Load the compact weights of an epoch.

        Raises:
            StoreError: the run has no snapshot of that epoch.
        """
        data = self._load(run_id, SNAPSHOT, epoch)
        if data is None:
            raise StoreError(f"This run has no weights saved for epoch {epoch + 1}.")
        return data

    def snapshot_epochs(self, run_id: str) -> list[int]:
        """Return which epochs have a snapshot, first to last."""
        query = (
            sa.select(blobs.c.epoch)
            .where(blobs.c.run_id == run_id, blobs.c.kind == SNAPSHOT)
            .order_by(blobs.c.epoch)
        )
        return [epoch for (epoch,) in self._rows(query)]

    def _has(self, run_id: str, kind: str) -> bool:
        query = sa.select(blobs.c.run_id).where(blobs.c.run_id == run_id, blobs.c.kind == kind)
        return self._value(query) is not None

    def _load(self, run_id: str, kind: str, epoch: int = 0) -> bytes | None:
        query = sa.select(blobs.c.data).where(
            blobs.c.run_id == run_id, blobs.c.kind == kind, blobs.c.epoch == epoch
        )
        data: bytes | None = self._value(query)
        return data


def _number(value: Any) -> Any:
    return math.nan if value is None else value
