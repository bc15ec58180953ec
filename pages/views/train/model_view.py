"""The network that the sliders stand for: its drawing, and the code that builds and trains it."""

import functools

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.data import MNIST_DIGEST, Dataset, pack_npz
from mnist_core.lesson.code_lines import lesson_lines
from mnist_core.lesson.glossary import TERMS
from mnist_core.lesson.keras_code import run_script
from pages.text.terms import linked_term
from pages.views.train.line_order import render_line_order
from pages.widgets.code_lines import render_code_lines
from pages.widgets.network_figure import render_network_figure

CODE_HEIGHT = 560


def render_model_view(config: TrainingConfig, dataset: Dataset) -> None:
    """Draw the section about the network that these settings build.

    Args:
        config: the settings.
        dataset: the data in use, which the script asks for.
    """
    st.subheader("The network you are building", anchor=False)
    drawing, code = st.columns([3, 2], gap="medium")
    with drawing:
        render_network_figure(config, dataset.x_train[0])
        st.caption(
            f"An image comes in at the {linked_term('input layer')}, and ten likelihoods come out "
            f"at the {linked_term('output layer')}. Every {linked_term('node')} is connected to "
            f"every node of the next layer. Each connection has a {linked_term('weight')}, each "
            f"node a {linked_term('bias')}: training finds these numbers, the "
            f"{linked_term('parameter', 'parameters')}. {_reports(config)}"
            f"{linked_term('softmax')} makes likelihoods of the last ten sums."
        )
    with code:
        _render_code(config, dataset)


@st.fragment
def _render_code(config: TrainingConfig, dataset: Dataset) -> None:
    lesson, exactly, exercise = st.tabs(
        ["As in the lesson", "Exactly this run", "Put it in order"],
        key="code-form",
        on_change="rerun",
    )
    with lesson:
        st.caption("The same network in a few lines of Keras. Your numbers will be alike.")
        render_code_lines(lesson_lines(config), key="lesson-code")
        st.caption(
            f"The words in it: {linked_term('compile')} makes the {linked_term('model')} ready "
            f"and names its {linked_term('optimizer')}, its {linked_term('loss')} and its "
            f"{linked_term('metric')}; {linked_term('fit')} trains it and gives back the "
            f"{linked_term('history')}."
        )
    # Not before somebody looks: what colours a script takes a browser a third of a second to load.
    if exactly.open:
        with exactly:
            _render_script(config, dataset)
    with exercise:
        render_line_order()


def _reports(config: TrainingConfig) -> str:
    """Say what nodes of hidden layers do with their sums, where there are any."""
    if not config.layers:
        return ""
    name = config.activation
    word = linked_term(name if name in TERMS else "activation", name)
    return f"What a node reports of its sum, {word} decides; "


def _render_script(config: TrainingConfig, dataset: Dataset) -> None:
    script = run_script(config, dataset)
    st.caption(
        "This script needs Keras, and nothing of ours. "
        + (
            "Its numbers are alike: for dropout, Keras rolls other dice."
            if config.dropout and config.layers
            else "Its numbers are those on the screen at first, and nearly those later: computers "
            "round otherwise where they add in another order."
        )
    )
    with st.container(horizontal=True):
        st.download_button(
            "Download the script",
            script,
            "this_run.py",
            "text/x-python",
            key="download-script",
            icon=":material/download:",
            on_click="ignore",
        )
        if dataset.digest != MNIST_DIGEST:
            st.download_button(
                "Download the digits (.npz)",
                functools.partial(pack_npz, dataset),
                "digits.npz",
                "application/octet-stream",
                key="download-digits",
                icon=":material/download:",
                on_click="ignore",
                help="The script reads them: python this_run.py digits.npz",
            )
    st.code(script, language="python", height=CODE_HEIGHT)
