"""A run that somebody watches, in sentences: where it is, and what its curves do.

Browsers show these words as they come. Knows nothing of how they get there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mnist_core.config import SERIES
from mnist_core.evaluation.accuracy import describe_curves
from mnist_core.formatting import about, counted, metric_text, percent, points
from mnist_core.store import Event, Run, RunStatus, Situation

NO_EPOCH: Final = "No epoch is complete yet."
WARMING_UP: Final = "The trainer is warming up: about ten seconds."


class LiveWords:
    """Keeps a run in words: from its row when somebody began to watch, and its events since.

    Attributes:
        situation: what browsers are told beside the events, the latest; None at first.

    Args:
        run: as the store has it by now.
        history: what ``read_history`` found after ``run`` was read.
    """

    def __init__(self, run: Run, history: Mapping[str, Sequence[float]]) -> None:
        self.situation: Situation | None = None
        self._run = run
        self._seq, self._progress_seq = run.last_seq, 0
        self._status, self._error, self._advice = run.status, run.error, run.advice
        self._test_accuracy = run.test_accuracy
        self._history: dict[str, list[Any]] = {
            key: list(history[key][: run.epochs_done]) for key in SERIES
        }
        digits = run.training_digits
        self._position = run.step / run.config.steps_per_epoch(digits) if digits else 0.0
        self._speed = 0
        self._ends = _describe(self._history)

    def take(self, event: Event) -> None:
        """Take an event of the run; from before its row was read, only a speed is news."""
        data = event.data
        if event.kind == "progress" and event.seq > self._progress_seq:
            self._progress_seq, self._speed = event.seq, data["digits_per_second"]
            self._position = max(self._position, data["position"])
        if event.seq <= self._seq:
            return
        self._seq = event.seq
        if event.kind == "status":
            self._status = RunStatus(data["status"])
            self._error, self._advice = data["error"], data["advice"]
        elif event.kind == "epoch":
            for key in SERIES:
                self._history[key].append(data[key])
            self._ends = _describe(self._history)
        elif event.kind == "test":
            self._test_accuracy = data["accuracy"]

    def now(self) -> dict[str, str]:
        """Describe the run as it is by now; no words before its situation is known.

        Returns:
            ``state``: a sentence or two; ``epoch``: which it is in; ``accuracy``,
            ``val_accuracy``, ``loss`` and ``val_loss``: the last of each, accuracies in per cent;
            ``compared``: training and the best validation beside the last one; ``complete``: the
            last complete epoch in short; these two are empty before the first is complete;
            ``curves``: a sentence for each.
        """
        situation = self.situation
        if situation is None:
            return {}
        if situation.last_seq >= self._seq:
            self._status = situation.status
        accuracy = self._ends["val_accuracy"]
        return {
            "state": self._state(situation),
            "epoch": self._epoch,
            "complete": f"Epoch {self._done}: validation accuracy {accuracy}" if self._done else "",
            **self._ends,
        }

    @property
    def _done(self) -> int:
        return len(self._history["loss"])

    @property
    def _epoch(self) -> str:
        """Name the epoch that the last progress was in, or that comes next."""
        epochs = self._run.config.epochs
        return f"Epoch {min(max(math.ceil(self._position), self._done + 1), epochs)} of {epochs}"

    @property
    def _place(self) -> str:
        epochs = self._run.config.epochs
        if self._position > self._done:
            return f"in epoch {self._done + 1} of {epochs}"
        return f"after epoch {self._done} of {epochs}" if self._done else "before the first epoch"

    def _state(self, situation: Situation) -> str:
        match self._status:
            case RunStatus.QUEUED:
                return _waiting(situation)
            case RunStatus.RUNNING:
                return self._running(situation)
            case RunStatus.PAUSED:
                return f"Paused {self._place}{_until(situation)}"
            case RunStatus.FINISHED:
                return self._finished()
            case RunStatus.STOPPED:
                return f"Stopped {self._place}. The network is kept as far as it got."
            case RunStatus.FAILED:
                return _joined("The run failed.", self._error, self._advice)
            case RunStatus.INTERRUPTED:
                if _has_trainer(situation):
                    return "The worker stopped. The run goes on by itself from where it was."
                return _joined(
                    "The worker stopped.",
                    situation.problem,
                    "The run goes on by itself from where it was, as soon as a trainer is there.",
                )

    def _running(self, situation: Situation) -> str:
        if situation.stop_requested:
            return "Stopping. The network is kept as far as it got."
        if situation.pause_requested:
            return "Pausing."
        if self._done >= self._run.config.epochs:
            return "All epochs are done. Now come the test digits."
        if not self._position:
            return "Starting: the first digits are on their way."
        if situation.queue_position is not None:
            return f"{self._epoch}. {_until_next_turn(situation)}"
        if situation.done_in is not None:
            return f"{self._epoch}. Training now; done in {about(situation.done_in)}."
        return self._epoch + (f", {self._speed:,} digits a second" if self._speed else "")

    def _finished(self) -> str:
        if not self._done:
            return "Finished."
        test = self._test_accuracy
        told = "" if test is None else f" Test accuracy {percent(test)}."
        return f"Finished: {counted(self._done, 'epoch')}.{told}"


def no_trainer(problem: str) -> str:
    """Tell that there is no worker, and why where a server says so."""
    return _joined("No trainer is running at the moment.", problem)


def _waiting(situation: Situation) -> str:
    if not _has_trainer(situation):
        return f"{no_trainer(situation.problem)} The run keeps its place and starts by itself."
    if not situation.workers_ready:
        return WARMING_UP
    position = situation.queue_position
    if position is None:
        return "Waiting for a trainer."
    words = f"Waiting: {_ordinal(position)} in the queue"
    return words if situation.next_turn_in is None else f"{words}. {_times(situation)}"


def _until_next_turn(situation: Situation) -> str:
    if not _has_trainer(situation):
        return f"{no_trainer(situation.problem)} The run goes on by itself from where it was."
    if situation.next_turn_in is None:
        return "Others have their turn; the next one comes by itself."
    return _times(situation)


def _times(situation: Situation) -> str:
    done_in = situation.done_in
    until_done = "" if done_in is None else f"; done in {about(done_in)}"
    return f"Next turn in {about(situation.next_turn_in or 0.0)}{until_done}."


def _until(situation: Situation) -> str:
    if situation.paused_by_class:
        return ", with the whole class: it goes on by itself."
    return ". Press Continue to go on."


def _has_trainer(situation: Situation) -> bool:
    return situation.server_alive and situation.workers > 0


def _joined(*sentences: str | None) -> str:
    return " ".join(filter(None, sentences))


def _ordinal(number: int) -> str:
    is_teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _describe(history: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Put into words what moves at the ends of epochs only."""
    last = {key: metric_text(key, each[-1] if each else None) for key, each in history.items()}
    return {
        **last,
        "compared": _compare(history["accuracy"], history["val_accuracy"]),
        "curves": " ".join(describe_curves(history)) or NO_EPOCH,
    }


def _compare(accuracy: Sequence[float | None], val_accuracy: Sequence[float | None]) -> str:
    """Tell how far training is from validation, and how validation is beside its best."""
    train, val = (_finite(each[-1]) if each else None for each in (accuracy, val_accuracy))
    if train is None or val is None:
        return ""
    gap = points(train, val)
    beside = f"{abs(gap)} points {'higher' if gap > 0 else 'lower'}" if gap else "the same"
    words = f"Training: {percent(train)}, {beside}."
    if len(val_accuracy) == 1:
        return words
    best = max(value for value in map(_finite, val_accuracy) if value is not None)
    if not points(best, val):
        return f"{words} No validation was better."
    epoch = val_accuracy.index(best) + 1
    return f"{words} Best validation: {percent(best)}, in epoch {epoch}."


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
