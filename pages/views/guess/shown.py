"""What all see while a class guesses: the question, the histogram, the training that decides."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.charts import guesses_words, plot_guesses
from mnist_core.config import TrainingConfig
from mnist_core.store import Run, RunStatus
from pages.services.datasets import run_dataset
from pages.services.server import get_precompile_requests, get_shelf
from pages.text import message
from pages.views.shared.chart import render_chart
from pages.views.shared.cost import render_cost
from pages.views.shared.showcase import showcase
from pages.views.shared.speed import render_speed
from pages.widgets.live_figure import render_live_figure


def render_question(config: TrainingConfig, what_to_do: str = "") -> None:
    """Draw which network it is, what is asked of it, and what to do then."""
    st.markdown(
        f"A network with **{config.describe()}**: how many of 100 unseen digits will it read "
        f"right? {what_to_do}"
    )


def render_before_training(config: TrainingConfig) -> None:
    """Draw how fast it trains and how long that takes; a worker may compile for it meanwhile."""
    render_speed(None)
    render_cost(config)
    get_precompile_requests().note(get_shelf().current, config)


def render_histogram(counts: Sequence[int], reached: float | None) -> None:
    """Draw how many predict what, and what came out; arguments as for `plot_guesses`."""
    render_chart(
        plot_guesses(counts, reached), key="chart-guesses", alt=guesses_words(counts, reached)
    )


def render_training(run: Run) -> None:
    """Draw the live figure of the run that decides."""
    digits = showcase(run_dataset(run.dataset_digest), run.config.validation_split)
    render_live_figure(run=run, digits=digits)


def render_state(run: Run) -> None:
    """Draw how fast the run trains while it does, or why it could not."""
    if run.status is RunStatus.FAILED:
        message.error("{error} {advice}", error=run.error, advice=run.advice)
    elif not run.status.is_over:
        render_speed(run)
