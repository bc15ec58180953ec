"""What a person expects of a run before it starts, and what came of it."""

import streamlit as st

from mnist_core.errors import ConfigError
from mnist_core.formatting import percent, points
from mnist_core.lesson.glossary import explain
from mnist_core.store import Run, RunStatus
from pages.session.browser import is_mine
from pages.text import message
from pages.views.shared.prediction import LABEL, fraction_of
from pages.views.shared.run_result import describe_result, sample_note, score_of

KEY = "prediction"


def render_expectation() -> None:
    """Draw the field for the test accuracy that a person expects."""
    st.number_input(
        LABEL,
        value=None,
        step=0.5,
        placeholder="for example 95",
        key=KEY,
        persist_state="session",
        help="How many of 100 unseen digits will the network read right? Guess first.",
    )

    try:
        expected_accuracy()
    except ConfigError as error:
        message.warning("{error}", error=error)


def expected_accuracy() -> float | None:
    """Read what the person expects, 0 to 1; None where nothing was typed.

    Raises:
        ConfigError: it is no number of digits out of 100.
    """
    typed = st.session_state.get(KEY)
    if typed is None:
        return None
    return fraction_of(typed)


def forget_expectation() -> None:
    """Empty the field: a guess is for one run."""
    st.session_state[KEY] = None


def render_outcome(run: Run) -> None:
    """Draw what a run came to, and where to go next."""
    if run.status is RunStatus.FAILED:
        message.error(
            "{error} {advice} Your settings are kept.", error=run.error, advice=run.advice
        )
    if run.test_accuracy is None:
        return
    right, next_step = st.columns(2, vertical_alignment="center")
    with right:
        _render_accuracy(run, run.test_accuracy)
    with next_step:
        st.markdown(describe_result(run))
        st.page_link("results.py", label="See the results", icon=":material/show_chart:")
        if note := sample_note(run):
            st.caption(note)


def _render_accuracy(run: Run, accuracy: float) -> None:
    """Draw the test accuracy, and how far it is from what was predicted: only a hit is green."""
    score, difference = score_of(run), None
    if score is not None:
        whose = "your" if is_mine(run) else "the"
        difference = f"{points(score.reached, score.predicted):+} points to {whose} prediction"
    st.metric(
        "Test accuracy",
        percent(accuracy),
        difference,
        delta_color="green" if score and score.is_close else "off",
        delta_arrow="off",
        help=explain("test"),
    )
