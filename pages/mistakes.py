"""Mistakes: every digit that a run read wrong, why, and what it tells."""

import streamlit as st

from mnist_core.formatting import moment
from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.services.networks import newest_snapshot
from pages.session.watched_run import pick_run
from pages.text import message
from pages.views.mistakes.abstention import render_abstention
from pages.views.mistakes.digit_by_digit import render_digit_by_digit
from pages.views.mistakes.digit_dialog import render_open_digit
from pages.views.mistakes.human_round import render_human_round
from pages.views.mistakes.label_errors import render_label_errors
from pages.views.mistakes.overview import render_overview
from pages.views.mistakes.two_runs import render_two_runs
from pages.views.shared.evaluated_run import PARTS, TEST, EvaluatedRun, evaluate
from pages.views.shared.no_run import render_no_run
from pages.views.shared.predict_first import is_closed, render_question
from pages.widgets.page_head import render_page_head

READ_ANYWAY = "evaluated_run"
VIEWS = {
    "Mistakes": render_overview,
    "Digit by digit": render_digit_by_digit,
    "I don't know": render_abstention,
    "Two runs": render_two_runs,
    "Label court": render_label_errors,
    "You against the network": render_human_round,
}


def render_run(run: Run) -> None:
    """Draw one run in the chosen view."""
    with st.container(horizontal=True, vertical_alignment="center", key="views"):
        view = st.segmented_control(
            "View", VIEWS, default="Mistakes", required=True, key="view", bind="query-params"
        )
        part = st.segmented_control("Digits", PARTS, default=TEST, required=True, key="part")
    from_snapshot = st.session_state.get(READ_ANYWAY) == run.id
    evaluated = evaluate(run, part, from_snapshot=from_snapshot)
    if evaluated is None:
        render_nothing_yet(run, part)
        return
    render_source(evaluated)
    VIEWS[view](evaluated)
    render_open_digit()


def render_nothing_yet(run: Run, part: str) -> None:
    """Show why there are no guesses, and offer those of the newest snapshot."""
    epoch = newest_snapshot(run)
    if epoch is None:
        kept = "was kept" if run.status.is_over else "is kept yet"
        message.info(
            "This run is {state}. Nothing of its network {kept} to look at.",
            state=state(run),
            kept=kept,
        )
        return
    message.info(
        "This run is {state}: it never came to its test."
        if run.status.is_over
        else "This run is {state}. Its test comes at the end.",
        state=state(run),
    )
    st.button(
        f"Let the network read the {part.lower()} digits as it was {moment(epoch)}",
        on_click=st.session_state.update,
        args=({READ_ANYWAY: run.id},),
        icon=":material/visibility:",
    )


def render_source(evaluated: EvaluatedRun) -> None:
    """Show where guesses come from that are not those of the test."""
    if evaluated.epoch is not None:
        st.caption(
            f"Guesses of the weights as they were {moment(evaluated.epoch)}. They are kept in 16 "
            "bits: a likelihood may differ from the network's own in its third digit."
        )


with render_page_head("Mistakes"):
    run = pick_run()
if run is None:
    render_no_run("Train a network first: what it gets wrong appears here.")
elif is_closed(run, "mistakes"):
    render_question(run)
else:
    render_run(run)
