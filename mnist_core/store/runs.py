"""What people do with runs: start, steer, name, delete and look them up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import TrainingConfig
from mnist_core.errors import ConfigError, NotYoursError, RunStateError
from mnist_core.store.class_limits import check_class_limits
from mnist_core.store.datasets import check_dataset
from mnist_core.store.limits import check_room_for_run
from mnist_core.store.names import checked_name, checked_note
from mnist_core.store.part import StorePart
from mnist_core.store.records import Run, RunStatus
from mnist_core.store.rows import (
    HELD,
    RUNS,
    change_run,
    change_status,
    find_run,
    insert_run,
    is_held,
    is_run_id,
    read_runs,
    run_from_row,
    status_event,
)
from mnist_core.store.schema import blobs, runs

_ANOTHERS: Final = "This run was started in another browser. You can watch it, but not change it."
_THE_COMPUTERS: Final = (
    "This run belongs to the computer on which the dashboard runs. You can watch it, but only who "
    "sits there can change it."
)


class RunPart(StorePart):
    """Runs as pages and the command line see them.

    The argument `owner` is the hash of a browser's token, see `hash_owner`, or None for the
    computer itself: its command line, and whoever sits before it. Every method that takes it and
    the id of a run raises RunNotFoundError where the run is not there, and NotYoursError where it
    belongs to another.
    """

    def create_run(
        self,
        config: TrainingConfig,
        *,
        dataset_digest: str,
        dataset_name: str,
        owner: str | None = None,
        name: str = "",
        pace: float = 0.0,
        expected_accuracy: float | None = None,
        epoch_limit: int | None = None,
        training_digits: int | None = None,
        lease_seconds: float | None = None,
    ) -> Run:
        """Put a new run into the queue.

        Args:
            config: its settings.
            dataset_digest: names a data set that the store has.
            dataset_name: what people call that data set.
            owner: whose it is; runs of the computer itself are not limited.
            name: at most 80 characters; empty where the settings say enough.
            pace: seconds an epoch should last; 0.0 is as fast as possible.
            expected_accuracy: the test accuracy that somebody expects, 0 to 1.
            epoch_limit: pause when this many epochs are complete.
            training_digits: how many digits it trains on, where that is known.
            lease_seconds: given by a process that trains the run itself: it is RUNNING at once
                and never waits in the queue; `Run.claim` is the right to write to it.

        Raises:
            ConfigError: a value is outside its limits, or the owner's class does not allow it; no
                run is made.
            LimitError: the owner, or all together, have as many under way as they may; no run is
                made.
            ClassPausedError: the owner's class is paused; no run is made.
            StoreError: the data set is not in the store, or the disk is nearly full; no run is
                made.
        """
        now = self._clock()
        values: dict[str, Any] = {
            "name": checked_name(name),
            "dataset_digest": dataset_digest,
            "dataset_name": dataset_name,
            "expected_accuracy": None
            if expected_accuracy is None
            else checked_expected_accuracy(expected_accuracy),
            "epoch_limit": _checked_epoch_limit(epoch_limit),
            "training_digits": training_digits,
        }
        if owner is not None:
            self._database.check_disk()
        with self._database.write() as connection:
            row = queue_run(connection, config, now, owner=owner, pace=pace, **values)
            if lease_seconds is not None:
                start_attempt(connection, row, now, lease_seconds)
            return run_from_row(find_run(connection, row["id"]))

    def get_run(self, run_id: str) -> Run:
        """Read one run.

        Raises:
            RunNotFoundError: there is none, or it was deleted.
        """
        with self._database.read() as connection:
            return run_from_row(find_run(connection, run_id))

    def find_runs(self, run_ids: Iterable[str]) -> list[Run]:
        """Read several runs in one query, in the order asked for, each once.

        Those that are not there, or were deleted, are left out.
        """
        asked = list(dict.fromkeys(filter(is_run_id, run_ids)))
        query = RUNS.where(runs.c.id.in_(asked), runs.c.deleted_at.is_(None))
        with self._database.read() as connection:
            found = {run.id: run for run in read_runs(connection, query)}
        return [found[run_id] for run_id in asked if run_id in found]

    def list_runs(
        self,
        limit: int | None = None,
        *,
        owner: str | None = None,
        deleted: bool = False,
        background: bool = True,
    ) -> list[Run]:
        """Read runs, newest first.

        Args:
            limit: at most this many; None for all.
            owner: whose; None for everybody's.
            deleted: read the deleted runs, and only those.
            background: read those as well that are one of many asked for at once.
        """
        there = runs.c.deleted_at.is_not(None) if deleted else runs.c.deleted_at.is_(None)
        whose = sa.true() if owner is None else runs.c.owner == owner
        query = (
            RUNS.where(there, whose, sa.true() if background else runs.c.background.is_(sa.false()))
            .order_by(runs.c.created_at.desc(), runs.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return read_runs(connection, query)

    def request_stop(self, run_id: str, owner: str | None) -> None:
        """Ask for the end of a run; one that no worker holds ends at once, its checkpoint kept.

        Raises:
            RunStateError: the run is over already.
        """
        with self._changing(run_id, owner) as (connection, row):
            _check_not_over(row)
            if is_held(row):
                change_run(connection, row, self._clock(), stop_requested=True)
            else:
                change_status(connection, row, RunStatus.STOPPED, self._clock())

    def request_pause(self, run_id: str, owner: str | None) -> None:
        """Ask a run to make way and wait; one that is waiting for a worker pauses at once.

        Raises:
            RunStateError: the run is over or paused already.
        """
        with self._changing(run_id, owner) as (connection, row):
            _check_not_over(row)
            if row["status"] is RunStatus.PAUSED:
                raise RunStateError("This run is paused already.")
            alone: dict[str, Any] = {"paused_by_class": False}
            if is_held(row):
                change_run(connection, row, self._clock(), pause_requested=True, **alone)
            else:
                change_status(connection, row, RunStatus.PAUSED, self._clock(), **alone)

    def continue_run(self, run_id: str, owner: str | None, epoch_limit: int | None = None) -> None:
        """Put a paused run at the end of the queue.

        Args:
            run_id: the run.
            owner: whoever asks.
            epoch_limit: pause again when this many epochs are complete; None for all of them.

        Raises:
            RunStateError: the run is not paused.
            ConfigError: the limit is below 1, or the owner's class allows no more runs at once;
                nothing is changed.
            ClassPausedError: the owner's class is paused; nothing is changed.
            LimitError: as many runs as may be are under way already; nothing is changed.
        """
        limit = _checked_epoch_limit(epoch_limit)
        with self._changing(run_id, owner) as (connection, row):
            if row["status"] is not RunStatus.PAUSED:
                raise RunStateError("Only a paused run can go on.")
            if not row["background"]:
                check_room_for_run(connection, row["owner"])
            check_class_limits(connection, row["owner"], more=1)
            now = self._clock()
            change_status(
                connection,
                row,
                RunStatus.QUEUED,
                now,
                queued_at=now,
                epoch_limit=limit,
                pause_requested=False,
                paused_by_class=False,
            )

    def set_pace(self, run_id: str, owner: str | None, pace: float) -> None:
        """Set how many seconds an epoch should last; 0.0 is as fast as possible.

        Raises:
            RunStateError: the run is over already.
            ConfigError: the pace is below 0; nothing is changed.
        """
        checked = _checked_pace(pace)
        with self._changing(run_id, owner) as (connection, row):
            _check_not_over(row)
            change_run(connection, row, self._clock(), pace=checked)

    def predict_result(self, run_id: str, owner: str | None, expected_accuracy: float) -> None:
        """Write down which test accuracy its owner expects of a run, 0 to 1, once and for all.

        Raises:
            RunStateError: something was predicted before; that stays.
            ConfigError: no accuracy can be so high or low; nothing is changed.
        """
        checked = checked_expected_accuracy(expected_accuracy)
        with self._changing(run_id, owner) as (connection, row):
            if row["expected_accuracy"] is not None:
                raise RunStateError("A prediction for this run is there already, and stays.")
            change_run(connection, row, self._clock(), expected_accuracy=checked)

    def rename_run(self, run_id: str, owner: str | None, name: str) -> None:
        """Give a run another name; an empty one shows its settings instead.

        Raises:
            ConfigError: the name is longer than 80 characters; nothing is changed.
        """
        checked = checked_name(name)
        with self._changing(run_id, owner) as (connection, row):
            change_run(connection, row, self._clock(), name=checked)

    def note_run(self, run_id: str, owner: str | None, note: str) -> None:
        """Write about a run; an empty note takes back what was written.

        Raises:
            ConfigError: the note is longer than 500 characters; nothing is changed.
        """
        checked = checked_note(note)
        with self._changing(run_id, owner) as (connection, row):
            change_run(connection, row, self._clock(), note=checked)

    def star_run(self, run_id: str, owner: str | None, *, starred: bool) -> None:
        """Give a run a star, or take it away."""
        with self._changing(run_id, owner) as (connection, row):
            change_run(connection, row, self._clock(), starred=starred)

    def delete_run(self, run_id: str, owner: str | None) -> None:
        """Hide a run from everybody, and stop it where a worker holds it.

        It shows nowhere and no worker takes it up, but `restore_run` brings it back until
        `purge_deleted` removes it.
        """
        with self._changing(run_id, owner) as (connection, row):
            now = self._clock()
            stop = row["stop_requested"] or is_held(row)
            change_run(connection, row, now, deleted_at=now, stop_requested=stop)

    def restore_run(self, run_id: str, owner: str | None) -> None:
        """Bring a deleted run back as it was; one that was running has been stopped meanwhile.

        Raises:
            RunNotFoundError: it is not there, or was removed for good.
        """
        with self._changing(run_id, owner, deleted=True) as (connection, row):
            change_run(connection, row, self._clock(), deleted_at=None)

    def purge_deleted(self, older_than_seconds: float) -> int:
        """Remove for good what was deleted that long ago or longer, and all that belongs to it.

        A deleted run that a worker still holds stays until the worker has let go.

        Returns:
            How many runs were removed.
        """
        old = sa.and_(
            runs.c.deleted_at <= self._clock() - older_than_seconds,
            sa.not_(HELD),
        )
        with self._database.write() as connection:
            return connection.execute(sa.delete(runs).where(old)).rowcount

    def sizes(self) -> Mapping[str, int]:
        """Return how many bytes each run takes: its events and everything saved for it."""
        # A join would carry the blobs themselves through the sorting.
        saved = (
            sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(blobs.c.data)), 0))
            .where(blobs.c.run_id == runs.c.id)
            .scalar_subquery()
        )
        query = sa.select(runs.c.id, runs.c.event_bytes + saved).where(runs.c.deleted_at.is_(None))
        return {run_id: int(size) for run_id, size in self._rows(query)}

    @contextmanager
    def _changing(
        self, run_id: str, owner: str | None, *, deleted: bool = False
    ) -> Iterator[tuple[sa.Connection, RowMapping]]:
        with self._database.write() as connection:
            row = find_run(connection, run_id, lock=True, deleted=deleted)
            if row["owner"] != owner:
                raise NotYoursError(_ANOTHERS if row["owner"] else _THE_COMPUTERS)
            yield connection, row


def queue_run(
    connection: sa.Connection,
    config: TrainingConfig,
    now: float,
    *,
    dataset_digest: str,
    owner: str | None,
    pace: float,
    **values: Any,
) -> RowMapping:
    """Put a new run into the queue, where its owner may have one more; gives its row.

    Args:
        connection: open and writing.
        config: its settings.
        now: when it was asked for.
        dataset_digest: names a data set that the store has.
        owner: whose it is.
        pace: seconds an epoch should last.
        values: of other columns, checked.

    Raises:
        ConfigError: the pace can't be one, or the owner's class does not allow the settings.
        LimitError: the owner, or all together, have as many under way as they may.
        StoreError: the data set is not in the store.
    """
    check_dataset(connection, dataset_digest)
    check_room_for_run(connection, owner)
    check_class_limits(connection, owner, [config])
    values |= {"dataset_digest": dataset_digest, "owner": owner, "pace": _checked_pace(pace)}
    row = insert_run(connection, config, now, **values)
    change_run(connection, row, now, [status_event(RunStatus.QUEUED, 0)])
    return find_run(connection, row["id"])


def start_attempt(
    connection: sa.Connection,
    row: RowMapping,
    now: float,
    lease_seconds: float,
    worker: str | None = None,
) -> int:
    """Make a locked row RUNNING under the next attempt, which is returned.

    Where it is RUNNING already, this is its next turn, and nobody is told of it.
    """
    attempt: int = row["attempt"] + 1
    changes: dict[str, Any] = {
        "attempt": attempt,
        "lease_until": now + lease_seconds,
        "worker": worker,
        "turn_began_at": now,
        "paused_by_class": False,
        "started_at": now if row["started_at"] is None else row["started_at"],
    }
    if row["status"] is RunStatus.RUNNING:
        change_run(connection, row, now, **changes)
    else:
        change_status(connection, row, RunStatus.RUNNING, now, **changes)
    return attempt


def _check_not_over(row: RowMapping) -> None:
    if row["status"].is_over:
        raise RunStateError("This run is over already.")


def _checked_pace(pace: float) -> float:
    if not 0.0 <= pace < math.inf:
        raise ConfigError("An epoch lasts 0 seconds or more; 0 is as fast as possible.", "pace")
    return float(pace)


def checked_expected_accuracy(expected_accuracy: float) -> float:
    """Return a test accuracy that somebody predicts, 0 to 1.

    Raises:
        ConfigError: no accuracy can be so high or low.
    """
    if not 0.0 <= expected_accuracy <= 1.0:
        raise ConfigError(
            f"The prediction is {expected_accuracy:g}. Choose 0 to 1.", "expected_accuracy"
        )
    return float(expected_accuracy)


def _checked_epoch_limit(epoch_limit: int | None) -> int | None:
    if epoch_limit is not None and epoch_limit < 1:
        raise ConfigError(
            f"A run can't pause after {epoch_limit} epochs. Choose 1 or more.", "epoch_limit"
        )
    return epoch_limit
