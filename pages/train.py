"""Train: choose a network, press Train, watch it learn."""

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.formatting import percent
from mnist_core.lesson.glossary import explain
from mnist_core.store import Run, RunStatus
from pages.services.server import get_shelf
from pages.session.open_task import open_task, render_problem
from pages.session.refusal import render_refusal
from pages.session.watched_run import watched_run
from pages.views.shared.run_result import describe_result, sample_note
from pages.views.train import actions
from pages.views.train.buttons import render_buttons
from pages.views.train.live_data import live_data
from pages.views.train.model_view import render_model_view
from pages.views.train.settings import SPEEDS, render_settings
from pages.views.train.task import render_answer, render_task
from pages.widgets.live_figure import render_live_figure


def render_choices(run: Run | None) -> TrainingConfig | None:
    """Draw what a person decides before training, and the buttons that act on it."""
    network = st.container(key="settings-main")
    decision = st.container(key="decision")
    st.segmented_control(
        "Speed",
        SPEEDS,
        default=next(iter(SPEEDS)),
        required=True,
        key="speed",
        persist_state="session",
        on_change=actions.follow_speed,
        args=(run,),
        help="One second an epoch leaves time to explain what happens.",
    )
    config = render_settings(get_shelf().current, network)
    with decision:
        st.number_input(
            "My prediction",
            0.0,
            100.0,
            None,
            step=0.5,
            placeholder="for example 95",
            key="prediction",
            persist_state="session",
            help="How many of 100 unseen digits will the network read right? Guess first.",
        )
        render_buttons(run, config)
    return config


def render_outcome(run: Run) -> None:
    """Draw what a run came to, and where to go next."""
    if run.status is RunStatus.FAILED:
        st.error(f"{run.error} {run.advice} Your settings are kept.")
    if run.test_accuracy is None:
        return
    right, next_step = st.columns(2, vertical_alignment="center")
    with right:
        difference = None
        if run.expected_accuracy is not None:
            points = (run.test_accuracy - run.expected_accuracy) * 100
            difference = f"{points:+.1f} points to your prediction"
        st.metric("Test accuracy", percent(run.test_accuracy), difference, help=explain("test"))
    with next_step:
        st.markdown(describe_result(run))
        st.page_link("results.py", label="See the results", icon=":material/show_chart:")
        if note := sample_note(run):
            st.caption(note)


run = watched_run()
task = open_task()
if task is not None:
    render_task(task)
left, right = st.columns([2, 5], gap="medium")
with left:
    if task is None:
        st.title("Train", anchor=False)
        render_problem()
    config = render_choices(run)
    actions.look_ahead(run, config)
with right:
    # Each part has its place whether there is something in it or not: an answer that is being
    # typed must not move when a run ends.
    with st.container(key="refusal"):
        render_refusal()
    render_live_figure(**live_data(run, config))
    with st.container(key="outcome"):
        if run is not None:
            render_outcome(run)
    if task is not None:
        render_answer(task)
if config is not None:
    render_model_view(config, get_shelf().current)
