"""What trainings will take here, told from the runs that finished last."""

from collections.abc import Callable, Iterable

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.cost import Cost, Measured, estimate
from mnist_core.data import Dataset
from mnist_core.formatting import duration
from mnist_core.store import Run, RunStatus
from pages.services.server import get_shelf, get_store
from pages.text.terms import linked_term
from pages.views.shared.speed import chosen_pace

RUNS_TIMED = 20


def render_cost(config: TrainingConfig) -> None:
    """Show what these settings take before anything is started."""
    expected = expected_cost(config, get_shelf().current)
    seconds = max(expected.seconds, config.epochs * chosen_pace())
    st.caption(
        f"{expected.parameters:,} {linked_term('parameter', 'parameters')}, "
        f"{expected.updates:,} {linked_term('update', 'updates')}, about {duration(seconds)}"
    )


def expected_cost(config: TrainingConfig, dataset: Dataset) -> Cost:
    """Estimate what these settings take on these digits."""
    digits = dataset.training_digits(config.validation_split, config.fraction)
    return estimate(config, digits, _measured(_seconds_of_fit))


def expected_seconds(configs: Iterable[TrainingConfig], dataset: Dataset) -> float:
    """Estimate how long it takes to train all of these, as many at once as there are workers.

    Counted is how long a run keeps its worker, from the moment it is taken up.

    Raises:
        ConfigError: a batch is larger than the digits.
    """
    measured = _measured(_seconds_on_worker)
    seconds = [0.0]
    for config in configs:
        digits = dataset.training_digits(config.validation_split, config.fraction)
        config.check_fits(digits)
        seconds.append(estimate(config, digits, measured).seconds)
    return max(*seconds, sum(seconds) / max(1, get_store().workers_seen().workers))


def _measured(seconds_of: Callable[[Run], float | None]) -> list[Measured]:
    """Return what the runs that finished last took, the newest first."""
    return [
        Measured(run.config, run.training_digits, seconds)
        for run in get_store().list_runs(RUNS_TIMED)
        if run.status is RunStatus.FINISHED
        and run.pace == 0
        and run.training_digits
        and (seconds := seconds_of(run))
    ]


def _seconds_of_fit(run: Run) -> float:
    return run.seconds


def _seconds_on_worker(run: Run) -> float | None:
    """Take the time between beginning and end, unless there was a pause in it."""
    if run.attempt != 1 or run.continued_from or not (run.started_at and run.finished_at):
        return None
    return (run.finished_at - run.started_at).total_seconds()
