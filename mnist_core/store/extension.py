"""More epochs for a run that is over: a new run that goes on where it ended."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import LIMITS, TrainingConfig
from mnist_core.errors import ConfigError, RunStateError
from mnist_core.store.class_limits import check_class_limits
from mnist_core.store.limits import check_room_for_run
from mnist_core.store.part import StorePart
from mnist_core.store.records import Run, RunStatus
from mnist_core.store.retention import keeps_snapshot
from mnist_core.store.rows import change_run, find_run, insert_run, run_from_row, status_event
from mnist_core.store.schema import blobs, epochs, events
from mnist_core.store.workers import CHECKPOINT, MODEL, SNAPSHOT, SUMMARY

_TAKEN_OVER: Final = (
    *("dataset_digest", "dataset_name", "epochs_done", "step", "digits_epoch", "event_bytes"),
    *("seconds", "parameters", "training_digits", "device"),
    *("accuracy", "loss", "val_accuracy", "val_loss"),
)
_LIVE_EVENTS: Final = ("progress", "epoch", "digits")


class ExtensionPart(StorePart):
    """Going on with runs that are over."""

    def extend_run(self, run_id: str, epochs: int, *, owner: str | None) -> Run:
        """Put a new run into the queue that goes on where another ended.

        The other one stays as it is, with its test. The new one begins with its curves, its kept
        weights and its training time, and ends with the very weights of a run that had so many
        epochs from the start: a FINISHED run's model holds weights and the optimizer's state, a
        STOPPED run's checkpoint also its place within the epoch.

        Args:
            run_id: anybody's, FINISHED or STOPPED.
            epochs: of the new run in all.
            owner: whose the new run is.

        Raises:
            RunNotFoundError: there is no such run.
            RunStateError: it can't be gone on with; no run is made.
            ConfigError: it has as many epochs already, or they are beyond the limit, or the owner's
                class does not allow it; no run is made.
            LimitError: as many runs as may be are under way already; no run is made.
            ClassPausedError: the owner's class is paused; no run is made.
            StoreError: the disk is nearly full; no run is made.
        """
        now = self._clock()
        if owner is not None:
            self._database.check_disk()
        with self._database.write() as connection:
            check_room_for_run(connection, owner)
            row = find_run(connection, run_id)
            kept = _state_kept(connection, row)
            _check_more(row["epochs_done"], epochs)
            config = TrainingConfig.from_dict(row["config"]).replace(epochs=epochs)
            check_class_limits(connection, owner, [config])
            created = insert_run(
                connection,
                config,
                now,
                owner=owner,
                continued_from=run_id,
                last_seq=_count_events(connection, run_id),
                **{name: row[name] for name in _TAKEN_OVER},
            )
            new_id = created["id"]
            _copy_events(connection, run_id, new_id)
            _copy_epochs(connection, run_id, new_id)
            for kind in (kept, SUMMARY):
                _copy_blobs(connection, run_id, new_id, kind)
            _copy_snapshots(connection, run_id, new_id, config)
            change_run(connection, created, now, [status_event(RunStatus.QUEUED, 0)])
            return run_from_row(find_run(connection, new_id))


def _state_kept(connection: sa.Connection, row: RowMapping) -> str:
    """Return which blob has the state that a run ended in.

    Raises:
        RunStateError: none has.
    """
    if row["status"] not in (RunStatus.FINISHED, RunStatus.STOPPED):
        raise RunStateError("Only a run that is finished or was stopped can get more epochs.")
    kind = MODEL if row["status"] is RunStatus.FINISHED else CHECKPOINT
    of_run = sa.and_(blobs.c.run_id == row["id"], blobs.c.kind == kind)
    if connection.execute(sa.select(blobs.c.kind).where(of_run)).first() is None:
        raise RunStateError(
            "The state in which this run ended is not kept, so nothing can go on from there. "
            "Train it anew, with more epochs."
        )
    return kind


def _check_more(done: int, epochs: int) -> None:
    limit = LIMITS["epochs"]
    if done >= limit.maximum:
        raise ConfigError(f"This run has {done} epochs, and more are not allowed.", "epochs")
    if not done < epochs <= limit.maximum:
        raise ConfigError(
            f"{epochs} epochs in all are not allowed: this run has {done} already. Choose "
            f"{done + 1} to {limit.maximum:g}.",
            "epochs",
        )


def _count_events(connection: sa.Connection, run_id: str) -> int:
    """Count what live curves are drawn from."""
    query = sa.select(sa.func.count()).select_from(events).where(_are_live(run_id))
    return int(connection.execute(query).scalar_one())


def _are_live(run_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(events.c.run_id == run_id, events.c.kind.in_(_LIVE_EVENTS))


def _copy_events(connection: sa.Connection, source: str, target: str) -> None:
    """Copy what live curves are drawn from, numbered from 1."""
    seq = sa.func.row_number().over(order_by=events.c.seq)
    query = sa.select(
        sa.literal(target), seq, events.c.kind, events.c.data, events.c.created_at
    ).where(_are_live(source))
    names = ["run_id", "seq", "kind", "data", "created_at"]
    connection.execute(sa.insert(events).from_select(names, query))


def _copy_epochs(connection: sa.Connection, source: str, target: str) -> None:
    names = [column.name for column in epochs.c if column.name != "run_id"]
    query = sa.select(sa.literal(target), *(epochs.c[name] for name in names))
    query = query.where(epochs.c.run_id == source)
    connection.execute(sa.insert(epochs).from_select(["run_id", *names], query))


def _copy_blobs(
    connection: sa.Connection, source: str, target: str, kind: str, *epochs_kept: int
) -> None:
    query = sa.select(sa.literal(target), blobs.c.kind, blobs.c.epoch, blobs.c.data).where(
        blobs.c.run_id == source, blobs.c.kind == kind
    )
    if epochs_kept:
        query = query.where(blobs.c.epoch.in_(epochs_kept))
    names = ["run_id", "kind", "epoch", "data"]
    connection.execute(sa.insert(blobs).from_select(names, query))


def _copy_snapshots(
    connection: sa.Connection, source: str, target: str, config: TrainingConfig
) -> None:
    """Copy those that a run of so many epochs keeps."""
    kept = [
        epoch
        for epoch in range(-1, config.epochs)
        if keeps_snapshot(epoch, config.epochs, config.parameters)
    ]
    _copy_blobs(connection, source, target, SNAPSHOT, *kept)
