"""Runs in words: where one is, how good it is, how it is named in a list."""

from __future__ import annotations

from mnist_core.formatting import percent
from mnist_core.store import Run, RunStatus

STATUS_WORDS = {
    RunStatus.QUEUED: "waiting",
    RunStatus.RUNNING: "training",
    RunStatus.PAUSED: "paused",
    RunStatus.FINISHED: "finished",
    RunStatus.STOPPED: "stopped",
    RunStatus.FAILED: "failed",
    RunStatus.INTERRUPTED: "going on soon",
}


def state(run: Run) -> str:
    """Describe in words where a run is: "training, epoch 3 of 10"."""
    words = STATUS_WORDS[run.status]
    if run.status.is_over and run.status is not RunStatus.STOPPED:
        return words
    return f"{words}, {run.epochs_done} of {run.config.epochs} epochs done"


def accuracy(run: Run) -> str:
    """Write the run's best known accuracy with its kind."""
    if run.test_accuracy is not None:
        return f"{percent(run.test_accuracy)} test"
    if run.val_accuracy is not None:
        return f"{percent(run.val_accuracy)} validation"
    return "–"


def trained_on(run: Run) -> str:
    """Say on what a run was trained; empty where nobody noted it."""
    return f"Trained on: {run.device}." if run.device else ""


def in_short(run: Run) -> str:
    """Name a run in a list: its name or settings, its accuracy, its start, and part of its id.

    The id tells apart what a class has started with the same settings in the same minute: a list
    to choose from takes two runs of the same words for one.
    """
    return f"{run.label} · {accuracy(run)} · {_started(run)} · {run.id[:4]}"


def unchanging_name(run: Run) -> str:
    """Name a run as ``in_short``, but by what stays as it is while the run goes on.

    A choice comes back from the browser as the words that were chosen: where those have changed
    since, with each epoch, say, it would be forgotten.
    """
    return f"{run.label} · {_started(run)} · {run.id[:4]}"


def _started(run: Run) -> str:
    return f"{run.created_at.astimezone():%d %b, %H:%M}"
