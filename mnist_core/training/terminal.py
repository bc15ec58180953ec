"""How a training looks in a terminal: one JSON object a line, or a progress bar and a table."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import IO, Any

import keras
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from mnist_core.config import SERIES, TrainingConfig
from mnist_core.formatting import loss_text, metric_text, percent
from mnist_core.store import EpochRecord, Run, RunStatus, Store


class JsonLines(keras.callbacks.Callback):  # type: ignore[misc]
    """Prints one object an epoch, as it ends, and one with the results at the very end."""

    def __init__(self, store: Store, run: Run) -> None:
        super().__init__()
        self._store, self._run_id = store, run.id

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Print the epoch as the store has it."""
        _print_json(dataclasses.asdict(self._store.read_epochs(self._run_id)[-1]))

    def close(self) -> None:
        """Do nothing: every line is complete."""

    def conclude(self, run: Run) -> None:
        """Print the results of a finished run."""
        _print_json(
            {
                "test_accuracy": run.test_accuracy,
                "test_loss": run.test_loss,
                "seconds": run.seconds,
                "parameters": run.parameters,
                "dataset": {"name": run.dataset_name, "digest": run.dataset_digest},
                "run_id": run.id,
            }
        )


class ProgressBar(keras.callbacks.Callback):  # type: ignore[misc]
    """Shows how far the training is while it runs, and the epochs as a table after it."""

    def __init__(self, store: Store, run: Run) -> None:
        super().__init__()
        self._store, self._run_id = store, run.id
        self._config: TrainingConfig = run.config
        self._words = f"Epoch 1 of {run.config.epochs}"
        self._progress = Progress(console=Output(stderr=True))
        self._task = self._progress.add_task("Compiling the network", total=None)
        self._progress.start()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        fit = self.params["fit"]
        self._show(self._words, fit.epoch + fit.batch / fit.steps)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Show how good the network is by now."""
        accuracy = (logs or {})["val_accuracy"]
        done = f"Epoch {epoch + 1} of {self._config.epochs}"
        self._words = f"{done}, validation accuracy {percent(accuracy)}"
        self._show(self._words, epoch + 1)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Say what is still to come."""
        self._show("Reading the test digits, keeping the network", self._config.epochs)

    def close(self) -> None:
        """Leave the bar as it stands, however the training ended."""
        self._progress.update(self._task, description=self._words)
        self._progress.stop()

    def _show(self, words: str, epochs: float) -> None:
        total = self._config.epochs
        self._progress.update(self._task, description=words, completed=epochs, total=total)

    def conclude(self, run: Run) -> None:
        """Print the table and the test accuracy of a finished run."""
        console = Output()
        console.print(_table(self._store.read_epochs(run.id)))
        console.print(
            f"Test accuracy {percent(run.test_accuracy)}, test loss {loss_text(run.test_loss)}, "
            f"{run.parameters:,} parameters, {run.seconds:.1f} s, {run.dataset_name}, run {run.id}",
            markup=False,  # a file's name may hold brackets
            soft_wrap=True,
        )


def why_not_finished(run: Run) -> str:
    """Put into words how a run ended, or where it is, when it is not FINISHED."""
    match run.status:
        case RunStatus.FAILED:
            return f"{run.error} {run.advice}"
        case RunStatus.STOPPED:
            return "The run was stopped in the dashboard. Its network is kept there as it is."
        case RunStatus.PAUSED:
            return "The run was paused in the dashboard. Continue it there."
    return "The run goes on in another process. The dashboard shows it."


class Output(Console):
    """A console whose reader may go away: what nobody reads any more is no reason to stop."""

    def on_broken_pipe(self) -> None:
        """Print nothing more."""
        self.quiet = True
        _discard(self.file)


def _print_json(values: dict[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"The output can't be written ({error.strerror}). The run goes on.\n")
        _discard(sys.stdout)


def _discard(stream: IO[str]) -> None:
    """Let whatever else is written to a stream vanish, what is in its buffer too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _table(epochs: list[EpochRecord]) -> Table:
    table = Table("epoch", *SERIES, "seconds")
    for record in epochs:
        values = (metric_text(name, getattr(record, name)) for name in SERIES)
        table.add_row(str(record.epoch + 1), *values, f"{record.seconds:.4f}")
    return table
