"""What a worker writes. Each call is all or nothing and names the attempt it belongs to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import SERIES
from mnist_core.errors import ClaimLostError, RunNotFoundError, RunStateError
from mnist_core.store.behind import WriteBehind
from mnist_core.store.engine import upsert
from mnist_core.store.part import StorePart
from mnist_core.store.records import (
    BETWEEN_DEVICES,
    LONGEST_DEVICE,
    Claim,
    EpochRecord,
    Orders,
    RunStatus,
)
from mnist_core.store.rows import (
    EventData,
    StampedEvent,
    append_and_change,
    change_run,
    change_status,
    find_run,
    is_at_limit,
    is_held,
)
from mnist_core.store.schema import blobs, epochs
from mnist_core.store.turns import gives_way

CHECKPOINT: Final = "checkpoint"
SNAPSHOT: Final = "snapshot"
MODEL: Final = "model"
PREDICTIONS: Final = "predictions"
SUMMARY: Final = "summary"

Packable = bytes | Callable[[], bytes]
"""Bytes, or what packs them: it is called by whoever writes, once."""

Row = RowMapping | Mapping[str, Any]
"""A run's row, or what it will be after the changes so far."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a worker has to say at one moment; the arguments of `record`."""

    at: float
    events: Sequence[EventData]
    epoch: EpochRecord | None
    checkpoint: Packable | None
    snapshot: tuple[int, Packable] | None
    step: int | None
    seconds: float | None
    parameters: int | None
    summary: str | None
    device: str | None


class WorkerPart(StorePart):
    """The methods of whoever holds a claim.

    Each raises ClaimLostError, with nothing changed, when another attempt has begun, the run was
    taken back or given away, or it was removed.
    """

    _behind: WriteBehind[Report]

    def heartbeat(self, claim: Claim, lease_seconds: float) -> Orders:
        """Learn what people want of the run, and renew the lease when a third of it has passed.

        It is renewed as well where the clock was set back.

        Mostly this only reads: cheap enough to call several times a second.
        """
        now = self._clock()
        with self._database.read() as connection:
            row = held_row(connection, claim, lock=False)
            make_way = gives_way(connection, row, now)
        left = row["lease_until"] - now
        if not lease_seconds * 2 / 3 < left <= lease_seconds:
            with self._database.write() as connection:
                row = held_row(connection, claim)
                change_run(connection, row, now, lease_until=now + lease_seconds)
        return Orders(
            stop=row["stop_requested"],
            pause=row["pause_requested"],
            pace=row["pace"],
            epoch_limit=row["epoch_limit"],
            make_way=make_way,
        )

    def record(
        self,
        claim: Claim,
        *,
        events: Sequence[EventData] = (),
        epoch: EpochRecord | None = None,
        checkpoint: Packable | None = None,
        snapshot: tuple[int, Packable] | None = None,
        step: int | None = None,
        seconds: float | None = None,
        parameters: int | None = None,
        summary: str | None = None,
        device: str | None = None,
        wait: bool = True,
    ) -> None:
        """Write progress, all of it or nothing.

        A worker that goes on from a checkpoint does some of the work a second time. What it
        reports of that is dropped: "progress" events up to the last recorded step, "epoch" and
        "digits" events of recorded epochs, and epochs that are there already.

        Args:
            claim: the worker's.
            events: kind and data of each; data for JSON, NumPy's numbers allowed.
            epoch: the numbers of an epoch now complete, in the same call as its event.
            checkpoint: takes the place of the last one; bytes, or a function that packs them.
            snapshot: epoch and compact weights, likewise.
            step: the last update of the weights that is done.
            seconds: training time so far, in all attempts.
            parameters: weights and biases of the network.
            summary: the model as Keras describes it.
            device: what it is trained on from here on; further ones are put beside the first.
            wait: until it is written. False leaves it to a thread that writes what came within a
                twentieth of a second in one go, before anything else is read or written through
                this store; what fails there, ClaimLostError too, is raised by the next call that
                writes under this claim.
        """
        report = Report(
            at=self._clock(),
            events=events,
            epoch=epoch,
            checkpoint=checkpoint,
            snapshot=snapshot,
            step=step,
            seconds=seconds,
            parameters=parameters,
            summary=summary,
            device=device,
        )
        if wait:
            self._behind.settle_claim(claim)
            self._write_reports(claim, [report])
        else:
            self._behind.put(claim, report)

    def _write_reports(self, claim: Claim, reports: Sequence[Report]) -> None:
        """Write reports in one transaction, as if one after the other."""
        packed = [blob for report in reports for blob in _pack_blobs(report)]
        with self._database.write() as connection:
            before = held_row(connection, claim)
            row: dict[str, Any] = dict(before)
            events: list[StampedEvent] = []
            changes: dict[str, Any] = {}
            for report in reports:
                new = _progress(row, report.events, report.step, report.seconds)
                if report.epoch is not None and report.epoch.epoch >= row["epochs_done"]:
                    new |= _add_epoch(connection, claim.run_id, report.epoch)
                if report.parameters is not None:
                    new["parameters"] = report.parameters
                if report.device is not None:
                    new["device"] = _with_device(row["device"], report.device)
                if report.checkpoint is not None:  # from here on, nothing before is done again
                    new["deaths"] = 0
                events += [(report.at, *event) for event in _unseen(row, report.events)]
                row |= new
                changes |= new
            for kind, epoch, data in packed:
                _save(connection, claim.run_id, kind, data, epoch=epoch)
            append_and_change(connection, before, events, changes)

    def pause(
        self,
        claim: Claim,
        checkpoint: bytes,
        *,
        model: bytes | None = None,
        events: Sequence[EventData] = (),
        step: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Hand the run back as PAUSED, to go on from this checkpoint, or as STOPPED if asked for.

        It is QUEUED instead where its class was paused and goes on already.

        Args:
            claim: the worker's.
            checkpoint: takes the place of the last one.
            model: the `.keras` file as far as it got, which stays if nobody lets the run go on.
            events: as in `record`.
            step: the last update of the weights that is done.
            seconds: training time so far, in all attempts.
        """
        self._behind.settle_claim(claim)
        now = self._clock()
        with self._database.write() as connection:
            row = held_row(connection, claim)
            _save(connection, claim.run_id, CHECKPOINT, checkpoint)
            _save(connection, claim.run_id, MODEL, model)
            status = _after_pause(row)
            change_status(
                connection,
                row,
                status,
                now,
                _unseen(row, events),
                pause_requested=False,
                paused_by_class=row["paused_by_class"] and status is RunStatus.PAUSED,
                **_end_of_turn(row, now),
                **_progress(row, events, step, seconds),
            )

    def give_way(self, claim: Claim, checkpoint: bytes, *, seconds: float) -> None:
        """End the run's turn: it waits for its next one, to go on from this checkpoint.

        It stays RUNNING, and nobody is told: who watches it sees curves that rest. A background
        run is QUEUED again, in its old place. What was asked for meanwhile is done: STOPPED or
        PAUSED. A `.keras` file of an earlier pause goes: it is older than the checkpoint.

        Args:
            claim: the worker's.
            checkpoint: takes the place of the last one.
            seconds: training time so far, in all attempts.
        """
        self._behind.settle_claim(claim)
        now = self._clock()
        with self._database.write() as connection:
            row = held_row(connection, claim)
            _save(connection, claim.run_id, CHECKPOINT, checkpoint)
            _delete(connection, claim.run_id, MODEL)
            changes = _progress(row, seconds=seconds) | _end_of_turn(row, now) | {"deaths": 0}
            status = _after_turn(row)
            if status is RunStatus.RUNNING:
                change_run(connection, row, now, lease_until=None, **changes)
            else:
                change_status(connection, row, status, now, pause_requested=False, **changes)

    def finish(
        self,
        claim: Claim,
        status: RunStatus,
        *,
        events: Sequence[EventData] = (),
        model: bytes | None = None,
        checkpoint: bytes | None = None,
        test_accuracy: float | None = None,
        test_loss: float | None = None,
        predictions: bytes | None = None,
        error: str | None = None,
        advice: str | None = None,
    ) -> None:
        """End the run, all of it or nothing; the checkpoint it had goes.

        Args:
            claim: the worker's.
            status: FINISHED, STOPPED or FAILED.
            events: the last ones, as in `record`.
            model: the saved `.keras` file.
            checkpoint: of a run that was STOPPED, so that another can go on from there.
            test_accuracy: on the test digits, 0 to 1.
            test_loss: on the test digits.
            predictions: what the network says of each test digit, packed.
            error: after FAILED, what went wrong, one sentence.
            advice: after FAILED, what to try, one sentence.

        Raises:
            RunStateError: the status is not an end.
        """
        if not status.is_over:
            raise RunStateError(f"A run can't end as {status}.")
        self._behind.settle_claim(claim)
        now = self._clock()
        with self._database.write() as connection:
            row = held_row(connection, claim)
            _save(connection, claim.run_id, MODEL, model)
            _save(connection, claim.run_id, PREDICTIONS, predictions)
            if checkpoint is None:
                _delete(connection, claim.run_id, CHECKPOINT)
            _save(connection, claim.run_id, CHECKPOINT, checkpoint)
            change_status(
                connection,
                row,
                status,
                now,
                _unseen(row, events),
                test_accuracy=_finite(test_accuracy),
                test_loss=_finite(test_loss),
                error=error,
                advice=advice,
                **_end_of_turn(row, now),
                **_progress(row, events),
            )


def held_row(connection: sa.Connection, claim: Claim, *, lock: bool = True) -> RowMapping:
    """Read the row of a claim and lock it.

    Raises:
        ClaimLostError: it is not this attempt's any more.
    """
    try:
        row = find_run(connection, claim.run_id, lock=lock, deleted=True)
    except RunNotFoundError:
        raise ClaimLostError(f"Run {claim.run_id} has been removed.") from None
    if not is_held(row) or row["attempt"] != claim.attempt:
        raise ClaimLostError(
            f"Attempt {claim.attempt} at run {claim.run_id} is over: the run is {row['status']}, "
            f"attempt {row['attempt']}."
        )
    return row


def _after_pause(row: RowMapping) -> RunStatus:
    if row["stop_requested"]:
        return RunStatus.STOPPED
    class_goes_on = row["paused_by_class"] and not row["pause_requested"]
    return RunStatus.QUEUED if class_goes_on and not is_at_limit(row) else RunStatus.PAUSED


def _after_turn(row: RowMapping) -> RunStatus:
    if row["stop_requested"]:
        return RunStatus.STOPPED
    if row["pause_requested"]:
        return RunStatus.PAUSED
    return RunStatus.QUEUED if row["background"] else RunStatus.RUNNING


def _end_of_turn(row: RowMapping, now: float) -> dict[str, Any]:
    """Return how a row changes when its turn is over; background runs take none."""
    if row["background"]:
        return {}
    began = row["turn_began_at"]  # none yet in a run that an older program began
    return {"turn_ended_at": now, "turn_seconds": None if began is None else now - began}


def _pack_blobs(report: Report) -> Iterator[tuple[str, int, bytes]]:
    """Yield kind, epoch and bytes of what is kept apart from the run's row."""
    if report.checkpoint is not None:
        yield CHECKPOINT, 0, _packed(report.checkpoint)
    if report.summary is not None:
        yield SUMMARY, 0, report.summary.encode()
    if report.snapshot is not None:
        epoch, weights = report.snapshot
        yield SNAPSHOT, epoch, _packed(weights)


def _packed(data: Packable) -> bytes:
    return data if isinstance(data, bytes) else data()


def _unseen(row: Row, events: Sequence[EventData]) -> list[EventData]:
    """Leave out the events that an earlier attempt has recorded."""
    return [(kind, data) for kind, data in events if _is_unseen(row, kind, data)]


def _is_unseen(row: Row, kind: str, data: Any) -> bool:
    match kind:
        case "progress":
            return bool(data["step"] > row["step"])
        case "epoch":
            return bool(data["epoch"] >= row["epochs_done"])
        case "digits":
            return bool(data["epoch"] > row["digits_epoch"])
    return True


def _progress(
    row: Row,
    events: Sequence[EventData] = (),
    step: int | None = None,
    seconds: float | None = None,
) -> dict[str, Any]:
    """Return how a row changes by what was reported; it never goes back."""
    steps = [int(data["step"]) for kind, data in events if kind == "progress"]
    digits = [int(data["epoch"]) for kind, data in events if kind == "digits"]
    changes: dict[str, Any] = {
        "step": max([row["step"], int(step or 0), *steps]),
        "digits_epoch": max([row["digits_epoch"], *digits]),
        "seconds": max(row["seconds"], float(seconds or 0.0)),
    }
    if changes["step"] > row["step"]:
        changes["deaths"] = 0
    return changes


def _add_epoch(connection: sa.Connection, run_id: str, epoch: EpochRecord) -> dict[str, Any]:
    """Insert an epoch's row and say how the run's row changes by it."""
    numbers = {name: _finite(getattr(epoch, name)) for name in SERIES}
    row = {"run_id": run_id, "epoch": epoch.epoch, "seconds": float(epoch.seconds), **numbers}
    connection.execute(sa.insert(epochs).values(row))
    return {"epochs_done": epoch.epoch + 1, **numbers}


def _with_device(before: str | None, device: str) -> str:
    known = before.split(BETWEEN_DEVICES) if before else []
    if device not in known:
        known.append(device)
    return BETWEEN_DEVICES.join(known)[:LONGEST_DEVICE]


def _finite(value: float | None) -> float | None:
    """Return a plain float; the databases don't agree on how to keep one that is not finite."""
    return float(value) if value is not None and math.isfinite(value) else None


def _save(
    connection: sa.Connection, run_id: str, kind: str, data: bytes | None, *, epoch: int = 0
) -> None:
    if data is not None:
        keys = {"run_id": run_id, "kind": kind, "epoch": epoch}
        upsert(connection, blobs, keys, {"data": data})


def _delete(connection: sa.Connection, run_id: str, kind: str) -> None:
    of_run = sa.and_(blobs.c.run_id == run_id, blobs.c.kind == kind)
    connection.execute(sa.delete(blobs).where(of_run))
