"""Train: choose a network, press Train, watch it learn."""

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.store import Run
from pages.services.server import get_shelf
from pages.session.open_task import open_task, render_problem
from pages.session.refusal import render_refusal
from pages.session.run_behind import run_behind, take_up_pin
from pages.session.watched_run import watched_run
from pages.views.shared.speed import render_speed
from pages.views.train import actions
from pages.views.train.beside import render_beside
from pages.views.train.buttons import render_buttons
from pages.views.train.expectation import render_expectation, render_outcome
from pages.views.train.live_data import live_data
from pages.views.train.model_view import render_model_view
from pages.views.train.settings import note_shown, render_settings
from pages.views.train.task import my_runs, render_answer, render_class_task, render_task
from pages.widgets.live_figure import render_live_figure


def render_choices(run: Run | None) -> TrainingConfig | None:
    """Draw what a person decides before training, and the buttons that act on it."""
    network = st.container(key="settings-main")
    decision = st.container(key="decision")
    render_speed(run)
    config = render_settings(get_shelf().current, network)
    with decision:
        render_expectation()
        render_buttons(run, config)
    return config


run = watched_run()
take_up_pin()
behind = run_behind()
task = open_task()
mine = {} if task is None else my_runs(task)
if task is not None:
    render_task(task, mine)
left, right = st.columns([2, 5], gap="medium")
with left:
    if task is None:
        st.title("Train", anchor=False)
        render_problem()
        render_class_task()
    config = render_choices(run)
    actions.look_ahead(run, config)
with right:
    # Each part has its place whether there is something in it or not: an answer that is being
    # typed must not move when a run ends.
    with st.container(key="refusal"):
        render_refusal()
    render_live_figure(**live_data(run, config, behind))
    with st.container(key="outcome"):
        if run is not None:
            render_outcome(run)
    if run is not None:
        render_beside(run, behind)
    if task is not None:
        render_answer(task, mine)
if config is not None:
    render_model_view(config, get_shelf().current)
note_shown()
