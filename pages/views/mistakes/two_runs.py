"""Two runs against each other: what the second one fixed, what it broke, what both get wrong."""

import streamlit as st

from mnist_core.evaluation.predictions import compare
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.watched_run import names_to_pick_from
from pages.text import message
from pages.views.mistakes.gallery import render_gallery
from pages.views.shared.evaluated_run import EvaluatedRun, evaluate

VIEWS = {"fixed": "Fixed", "broken": "Broken", "still_wrong": "Still wrong"}
NO_OTHER = (
    "There is no other run on the same data with a test. Train a second network, with one setting "
    "changed: then this view shows what the change fixed and what it broke."
)


def render_two_runs(evaluated: EvaluatedRun) -> None:
    """Draw a picker for the other run, the counts, and the digits behind one of them."""
    others = {run.id: run for run in get_store().list_runs() if _is_comparable(run, evaluated.run)}
    if not others:
        message.info(NO_OTHER)
        return
    names = names_to_pick_from(others.values())
    picked = st.selectbox(
        "Against the run",
        names,
        format_func=names.__getitem__,
        key="other_run",
        bind="query-params",
    )
    other = evaluate(others[picked], evaluated.part)
    if other is None:
        message.info("That run has no guesses for these digits.")
        return
    _render_changes(evaluated, other)


def _is_comparable(run: Run, shown: Run) -> bool:
    return (
        run.id != shown.id
        and run.dataset_digest == shown.dataset_digest
        and run.test_accuracy is not None
        and run.config.validation_split == shown.config.validation_split
    )


def _render_changes(first: EvaluatedRun, second: EvaluatedRun) -> None:
    changes = compare(first.evaluation, second.evaluation)
    with st.container(horizontal=True):
        st.metric("Fixed by the other run", f"{len(changes.fixed):,}")
        st.metric("Broken by the other run", f"{len(changes.broken):,}")
        st.metric("Still wrong", f"{len(changes.still_wrong):,}")
        st.metric("Both right", f"{changes.both_right:,}")
    view = st.segmented_control(
        "Show", VIEWS, default="fixed", required=True, format_func=VIEWS.__getitem__, key="changes"
    )
    positions = getattr(changes, view)
    if not len(positions):
        message.info("There is no such digit.")
        return
    # What was broken is wrong in the other run: its guesses are the ones to look at.
    st.caption(
        "The guesses under the digits are those of "
        f"{'the other' if view == 'broken' else 'this'} run."
    )
    render_gallery(second if view == "broken" else first, positions, f"gallery-{view}")
