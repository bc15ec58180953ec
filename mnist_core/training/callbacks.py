"""From Keras's hooks to the store: what a training does, and a person's wishes obeyed.

Knows Keras and the store, but neither workers nor pages.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mnist_core.config import TrainingConfig
from mnist_core.data.arrays import pack_weights
from mnist_core.errors import TrainingError
from mnist_core.store import Claim, EpochRecord, Store
from mnist_core.store.retention import keeps_snapshot
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.compiled import Sums
from mnist_core.training.fit import RunningFit
from mnist_core.training.supervisor import Supervisor

PROGRESS_PER_EPOCH = 10
PROGRESS_EVERY = 0.5
CHECKPOINT_AT_EPOCH_END_AFTER = 1.0
FIRST_CHECKPOINT_AFTER = 1.0
CHECKPOINT_WITHIN_EPOCH_AFTER = 5.0
TURN_SECONDS = 2.0
"""A turn ends with its epoch, or in a longer epoch after so much time, if others wait."""


class StopRequested(Exception):  # noqa: N818 - a wish, not an error
    """Leaves ``fit`` because a person pressed Stop.

    Attributes:
        checkpoint: the state between two updates; another run may go on from there.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__("stopped")
        self.checkpoint = checkpoint


class PauseRequested(Exception):  # noqa: N818 - a wish, not an error
    """Leaves ``fit`` with a checkpoint to go on from.

    Attributes:
        checkpoint: the state between two updates.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__("paused")
        self.checkpoint = checkpoint


class TurnOver(Exception):  # noqa: N818 - a wish, not an error
    """Leaves ``fit`` because others wait for their turn.

    Attributes:
        checkpoint: the state between two updates, to go on from at the next turn.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__("turn over")
        self.checkpoint = checkpoint


class StoreCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes a training into the store as it happens and obeys what the supervisor brings.

    Args:
        store: where to write.
        claim: names the run and the attempt; a write under a lost claim raises.
        supervisor: the latest orders.
        config: the run's settings.
        showcase: float32 (k, 28, 28), 0 to 1: the digits whose guesses are shown.
        checkpoint: where this attempt goes on; None for a fresh start.

    Raises:
        StopRequested, PauseRequested, TurnOver: from inside ``fit``, at the end of a batch or an
            epoch.
        TrainingError: the loss is no longer a finite number.
        ClaimLostError: the run has passed to another worker.
        StoreError: the store can't be written.
    """

    def __init__(
        self,
        store: Store,
        claim: Claim,
        supervisor: Supervisor,
        config: TrainingConfig,
        *,
        showcase: npt.NDArray[np.float32],
        checkpoint: Checkpoint | None = None,
    ) -> None:
        super().__init__()
        self._store, self._claim, self._supervisor = store, claim, supervisor
        self._config = config
        self._showcase = showcase
        self._history = {
            name: list(values)
            for name, values in (checkpoint.history if checkpoint else {}).items()
        }
        self._seconds_before = checkpoint.seconds if checkpoint else 0.0
        self._epoch_seconds_before = checkpoint.epoch_seconds if checkpoint else 0.0
        self._began = self._epoch_began = self._reported = self._saved = time.monotonic()
        self._checkpoint_after = FIRST_CHECKPOINT_AFTER
        self._reported_batch = 0
        self._reported_sums = Sums()

    @property
    def seconds(self) -> float:
        """Seconds spent training this run, earlier attempts up to the checkpoint included."""
        return self._seconds_before + time.monotonic() - self._began

    @property
    def _fit(self) -> RunningFit:
        fit: RunningFit = self.params["fit"]
        return fit

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Show what the network guesses before it has learned anything."""
        if self._fit.epoch == 0 and self._fit.batch == 0:
            self._store.record(
                self._claim,
                events=[self._guesses(-1)],
                snapshot=(-1, self._snapshot()),
                wait=False,
            )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Begin to count anew, or go on with the sums of an interrupted epoch."""
        self._epoch_began = self._reported = time.monotonic()
        self._reported_batch, self._reported_sums = self._fit.batch, self._fit.sums
        if self._fit.batch == 0:
            self._epoch_seconds_before = 0.0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Report where it is due, keep the pace, and leave where somebody wants it."""
        self._supervisor.check()
        reports = self._report_is_due()
        if reports:
            self._report()
            self._keep_pace()
        orders = self._supervisor.orders
        if orders.stop:
            raise StopRequested(self._capture())
        if self._fit.batch == self._fit.steps:
            return
        if orders.pause:
            raise PauseRequested(self._capture())
        # Where all was reported: the points of a curve are those of an undisturbed run.
        if orders.make_way and reports and time.monotonic() - self._began >= TURN_SECONDS:
            raise TurnOver(self._capture())

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the epoch, the guesses after it and the weights, all or nothing."""
        values = {name: float(value) for name, value in (logs or {}).items()}
        _check_finite(values["loss"], values["val_loss"])
        for name, value in values.items():
            self._history.setdefault(name, []).append(value)
        record = EpochRecord(epoch=epoch, seconds=self._epoch_seconds, **values)
        done = epoch + 1
        last = done == self._config.epochs
        kept = keeps_snapshot(epoch, self._config.epochs, self.model.count_params())
        orders = self._supervisor.orders
        pauses = orders.pause or (orders.epoch_limit is not None and done >= orders.epoch_limit)
        leaves = not last and (pauses or orders.make_way)
        due = time.monotonic() - self._saved >= CHECKPOINT_AT_EPOCH_END_AFTER
        self._store.record(
            self._claim,
            events=[("epoch", vars(record).copy()), self._guesses(epoch)],
            epoch=record,
            snapshot=(epoch, self._snapshot()) if kept else None,
            checkpoint=self._fresh_checkpoint() if due and not last and not leaves else None,
            seconds=self.seconds,
            wait=False,
        )
        if leaves:
            raise (PauseRequested if pauses else TurnOver)(self._capture())

    @property
    def _epoch_seconds(self) -> float:
        return self._epoch_seconds_before + time.monotonic() - self._epoch_began

    def _report_is_due(self) -> bool:
        """Report at once, at each tenth of an epoch, and in between where that takes long."""
        batch = self._fit.batch
        return (
            self._fit.epoch == self._reported_batch == 0
            or self._tenth(batch) > self._tenth(self._reported_batch)
            or batch == self._fit.steps
            or time.monotonic() - self._reported >= PROGRESS_EVERY
        )

    def _tenth(self, batch: int) -> int:
        return batch * PROGRESS_PER_EPOCH // self._fit.steps

    def _report(self) -> None:
        """Write how the network did on the digits since the last report."""
        fit, now = self._fit, time.monotonic()
        new = fit.sums.minus(self._reported_sums)
        _check_finite(new.loss)
        step = fit.epoch * fit.steps + fit.batch
        progress = {
            "epoch": fit.epoch,
            "step": step,
            "position": fit.epoch + fit.batch / fit.steps,
            **new.logs,
            "digits_per_second": round(new.digits / max(now - self._reported, 1e-6)),
        }
        due = (
            now - self._saved >= self._checkpoint_after
            and fit.batch < fit.steps
            and not self._supervisor.orders.make_way  # a turn ends with one
        )
        self._store.record(
            self._claim,
            events=[("progress", progress)],
            checkpoint=self._fresh_checkpoint() if due else None,
            step=step,
            seconds=self.seconds,
            wait=False,
        )
        self._reported, self._reported_batch, self._reported_sums = now, fit.batch, fit.sums

    def _keep_pace(self) -> None:
        """Where an epoch shall take ``pace`` seconds, wait for what is missing up to here.

        Not while others wait for the worker: between its turns a run rests long enough.
        """
        orders = self._supervisor.orders
        missing = orders.pace * self._fit.batch / self._fit.steps - self._epoch_seconds
        if orders.pace and missing > 0 and not orders.make_way:
            self._supervisor.wait(missing)

    def _guesses(self, epoch: int) -> tuple[str, dict[str, Any]]:
        y_prob = self.model(self._showcase, training=False).numpy()
        return "digits", {
            "epoch": epoch,
            "guesses": y_prob.argmax(axis=1).tolist(),
            "confidence": [round(float(value), 4) for value in y_prob.max(axis=1)],
        }

    def _capture(self) -> Checkpoint:
        return self._fit.capture(
            self._history,
            epoch_seconds=self._epoch_seconds if self._fit.batch else 0.0,
            seconds=self.seconds,
        )

    def _fresh_checkpoint(self) -> Callable[[], bytes]:
        self._saved = time.monotonic()
        self._checkpoint_after = CHECKPOINT_WITHIN_EPOCH_AFTER
        return self._capture().to_bytes

    def _snapshot(self) -> Callable[[], bytes]:
        """Copy the weights; packing them can wait."""
        return functools.partial(pack_weights, self.model.get_weights())


def _check_finite(*losses: float) -> None:
    if not all(map(math.isfinite, losses)):
        raise TrainingError(
            "The loss is no longer a number: the updates were so large that the weights "
            "overflowed.",
            "Try a smaller learning rate, such as 0.001.",
        )
