"""Pages that a class opens by a prediction: of a run's test accuracy, by whose run it is."""

import streamlit as st

from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.person import class_rules, waits_for_prediction
from pages.session.refusal import render_refusal, with_refusals_shown
from pages.views.shared.prediction import render_prediction, sent_prediction


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
        render_prediction(key)
        st.button(
            "Predict",
            type="primary",
            on_click=_predict,
            args=(run, key),
            icon=":material/lock_open:",
        )


@with_refusals_shown
def _predict(run: Run, key: str) -> None:
    get_store().predict_result(run.id, owner(), sent_prediction(key))
