"""Runs from elsewhere: put into the store whole, or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from mnist_core.config import SERIES, TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import LimitError, StoreError
from mnist_core.store import schema
from mnist_core.store.datasets import DatasetPart, check_dataset
from mnist_core.store.records import EpochRecord, Event, RunStatus
from mnist_core.store.rows import is_run_id, plain, status_event
from mnist_core.store.schema import blobs, epochs, events, runs
from mnist_core.store.workers import MODEL, PREDICTIONS, SNAPSHOT, SUMMARY

_COLUMNS: Final = (
    *(
        "id",
        "name",
        "note",
        "status",
        "continued_from",
        "dataset_digest",
        "dataset_name",
        "expected_accuracy",
    ),
    *("step", "seconds", "training_digits", "test_accuracy", "test_loss", "error", "advice"),
    "device",
)
MOST_DATASETS: Final = 20
"""Data sets in the store from which on no browser brings another one along with its runs."""

_ATTEMPT: Final = 0  # no worker of this store: its times say nothing of those


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunContents:
    """A run that is over, with all that pages show of it.

    Attributes:
        id: 12 hexadecimal digits.
        name, note: as their limits in `names` allow.
        status: FINISHED, STOPPED or FAILED.
        config: its settings.
        dataset_digest, dataset_name: what it was trained on.
        continued_from: id of the run with whose weights it went on.
        created_at, started_at, finished_at: aware.
        expected_accuracy, test_accuracy: 0 to 1.
        step: the last update of the weights.
        seconds: training time.
        error, advice: after FAILED, a sentence each.
        device: what it was trained on, as `Run` has it.
        epochs: the complete ones, in their order.
        events: what the live curves are drawn from, in their order; none of kind "status".
        summary: the model as Keras describes it.
        model: the `.keras` file.
        predictions: as `pack_predictions` packs them.
        snapshots: by their epochs, as `pack_weights` packs them.
    """

    id: str
    name: str
    status: RunStatus
    config: TrainingConfig
    dataset_digest: str
    dataset_name: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    note: str = ""
    continued_from: str | None = None
    expected_accuracy: float | None = None
    step: int = 0
    seconds: float = 0.0
    training_digits: int | None = None
    test_accuracy: float | None = None
    test_loss: float | None = None
    error: str | None = None
    advice: str | None = None
    device: str | None = None
    epochs: Sequence[EpochRecord] = ()
    events: Sequence[Event] = ()
    summary: str | None = None
    model: bytes | None = None
    predictions: bytes | None = None
    snapshots: Mapping[int, bytes] = dataclasses.field(default_factory=dict)


class TransferPart(DatasetPart):
    """Adding runs that were trained elsewhere."""

    def known_runs(self, run_ids: Iterable[str], owner: str | None) -> set[str]:
        """Return which of these ids the store has.

        A deleted run counts as long as its owner may restore it: only that owner may do without.
        """
        ids = {run_id for run_id in run_ids if is_run_id(run_id)}
        query = sa.select(runs.c.id).where(runs.c.id.in_(ids), _stays(owner))
        return {run_id for (run_id,) in self._rows(query)}

    def add_runs(
        self,
        contents: Iterable[RunContents],
        *,
        owner: str | None,
        datasets: Iterable[Dataset] = (),
    ) -> list[str]:
        """Add runs under their own ids, all of them or none; those that are here stay as is.

        Each is written in a transaction of its own, so that nobody waits long for the store, and
        is hidden like a deleted run until all are there.

        Args:
            contents: the runs; taken one after the other, so that one at a time is in memory.
                An error that is raised in giving them leaves the store as it was.
            owner: whose they are from now on; None for the computer itself.
            datasets: their digits, as far as the store does not have them.

        Returns:
            The ids of the runs that were added.

        Raises:
            LimitError: the store has as many data sets as may be; nothing is added.
            StoreError: the digits of a run are neither given nor here, or the store can't be
                written, or its disk is nearly full; nothing is added.
        """
        if owner is not None:
            self._database.check_disk()
        added: list[str] = []
        digests: list[str] = []
        try:
            for dataset in datasets:
                if not self.has_dataset(dataset.digest):
                    self._check_room_for_dataset(owner)
                    self.save_dataset(dataset)
                    digests.append(dataset.digest)
            for each in contents:
                with self._database.write() as connection:
                    if _add(connection, each, owner, self._clock()):
                        added.append(each.id)
            with self._database.write() as connection:
                shown = sa.update(runs).where(runs.c.id.in_(added)).values(deleted_at=None)
                connection.execute(shown)
        except BaseException:
            self._take_out(added, digests)
            raise
        return added

    def _check_room_for_dataset(self, owner: str | None) -> None:
        count = sa.select(sa.func.count()).select_from(schema.datasets)
        if owner is not None and self._value(count) >= MOST_DATASETS:
            raise LimitError(
                f"The runs come with digits of their own, and this server has {MOST_DATASETS} data "
                "sets already. On the computer that it runs on, “python -m mnist_core import” "
                "takes them."
            )

    def _take_out(self, run_ids: Sequence[str], digests: Sequence[str]) -> None:
        """Remove what was added in vain; where not even that works, it stays hidden."""
        with contextlib.suppress(StoreError), self._database.write() as connection:
            connection.execute(sa.delete(runs).where(runs.c.id.in_(run_ids)))
            connection.execute(
                sa.delete(schema.datasets).where(schema.datasets.c.digest.in_(digests))
            )


def _stays(owner: str | None) -> sa.ColumnElement[bool]:
    """Tell the runs that are here, or deleted by somebody else who may still want them back."""
    return sa.or_(runs.c.deleted_at.is_(None), runs.c.owner.is_distinct_from(owner))


def _add(connection: sa.Connection, run: RunContents, owner: str | None, now: float) -> bool:
    """Insert a run, hidden, unless it is here."""
    check_dataset(connection, run.dataset_digest)
    this = runs.c.id == run.id
    if connection.execute(sa.select(runs.c.id).where(this, _stays(owner))).first():
        return False
    connection.execute(sa.delete(runs).where(this))
    told = list(_told(run))
    last = run.epochs[-1] if run.epochs else None
    connection.execute(
        sa.insert(runs).values(
            **{name: getattr(run, name) for name in _COLUMNS},
            **{name: plain(getattr(last, name, None)) for name in SERIES},
            config=run.config.to_dict(),
            owner=owner,
            created_at=run.created_at.timestamp(),
            queued_at=now,  # its age in this store counts from here
            deleted_at=now,
            started_at=_seconds(run.started_at),
            finished_at=_seconds(run.finished_at),
            pace=0.0,
            attempt=_ATTEMPT,
            parameters=run.config.parameters,
            epochs_done=len(run.epochs),
            digits_epoch=max([-2, *(e["data"]["epoch"] for e in told if e["kind"] == "digits")]),
            last_seq=len(told),
            event_bytes=sum(len(json.dumps(event["data"])) for event in told),
        )
    )
    connection.execute(sa.insert(events), told)
    if run.epochs:
        rows = [plain(dataclasses.asdict(epoch)) | {"run_id": run.id} for epoch in run.epochs]
        connection.execute(sa.insert(epochs), rows)
    for kind, epoch, data in _blobs(run):
        row = {"run_id": run.id, "kind": kind, "epoch": epoch, "data": data}
        connection.execute(sa.insert(blobs).values(row))
    return True


def _told(run: RunContents) -> Iterator[dict[str, Any]]:
    """Yield the rows of a run's events: it was queued, this came of it, it ended."""
    ended = status_event(run.status, _ATTEMPT, run.error, run.advice)
    moments = [
        (run.created_at, status_event(RunStatus.QUEUED, 0)),
        (run.started_at or run.created_at, status_event(RunStatus.RUNNING, _ATTEMPT)),
        *((event.created_at, (event.kind, event.data)) for event in run.events),
        (run.finished_at or run.created_at, ended),
    ]
    for seq, (at, (kind, data)) in enumerate(moments, start=1):
        yield {
            "run_id": run.id,
            "seq": seq,
            "kind": kind,
            "data": plain(data),
            "created_at": at.timestamp(),
        }


def _blobs(contents: RunContents) -> Iterator[tuple[str, int, bytes]]:
    summary = None if contents.summary is None else contents.summary.encode()
    single = {SUMMARY: summary, MODEL: contents.model, PREDICTIONS: contents.predictions}
    for kind, data in single.items():
        if data is not None:
            yield kind, 0, data
    for epoch, data in contents.snapshots.items():
        yield SNAPSHOT, epoch, data


def _seconds(instant: datetime | None) -> float | None:
    return None if instant is None else instant.timestamp()
