"""A person's prediction of a run's test accuracy; and pages that a class opens by one."""

import streamlit as st

from mnist_core.errors import ConfigError
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.person import class_rules, waits_for_prediction
from pages.session.refusal import render_refusal, with_refusals_shown

LABEL = "My prediction"


def fraction_of(typed: float) -> float:
    """Turn a number of digits out of 100 into an accuracy, 0 to 1.

    Raises:
        ConfigError: it is none.
    """
    if not 0 <= typed <= 100:
        raise ConfigError(
            f"A prediction of {typed:g} is not possible: of 100 digits, 0 to 100 can be right.",
            "expected_accuracy",
        )
    return float(typed) / 100


def is_closed(run: Run, page: str) -> bool:
    """Check whether a page, by its address, asks for a prediction before it shows a run."""
    return page in class_rules().guess_first and waits_for_prediction(run)


def render_question(run: Run) -> None:
    """Draw the question that opens the page."""
    key = f"prediction-{run.id}"
    with st.container(width=600, key="guess-first"):
        render_refusal()
        st.markdown(
            "**Predict first: how many of 100 unseen digits does this network read right?** "
            "Then this page opens."
        )
        st.number_input(LABEL, value=None, step=0.5, placeholder="for example 95", key=key)
        st.button(
            "Predict",
            type="primary",
            on_click=_predict,
            args=(run, key),
            icon=":material/lock_open:",
        )


@with_refusals_shown
def _predict(run: Run, key: str) -> None:
    typed = st.session_state.get(key)
    if typed is None:
        raise ConfigError("Type a number first, 0 to 100.", "expected_accuracy")
    get_store().predict_result(run.id, owner(), fraction_of(typed))
