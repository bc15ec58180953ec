"""What settings will take, said before anything is started."""

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.cost import Cost, Measured, estimate
from mnist_core.formatting import duration
from mnist_core.store import RunStatus
from pages.services.server import get_shelf, get_store
from pages.text.terms import linked_term
from pages.views.train.speed import chosen_pace

RUNS_TIMED = 20


def expected_cost(config: TrainingConfig) -> Cost:
    """Estimate what these settings take here, from the runs that finished last."""
    digits = get_shelf().current.training_digits(config.validation_split, config.fraction)
    finished = (
        Measured(run.config, run.training_digits, run.seconds)
        for run in get_store().list_runs(RUNS_TIMED)
        if run.status is RunStatus.FINISHED and run.pace == 0 and run.training_digits
    )
    return estimate(config, digits, finished)


def render_cost(config: TrainingConfig) -> None:
    """Show what these settings take before anything is started."""
    expected = expected_cost(config)
    seconds = max(expected.seconds, config.epochs * chosen_pace())
    st.caption(
        f"{expected.parameters:,} {linked_term('parameter', 'parameters')}, "
        f"{expected.updates:,} {linked_term('update', 'updates')}, about {duration(seconds)}"
    )
