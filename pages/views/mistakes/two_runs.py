"""Two runs against each other, A and B: what one of them reads right and the other does not."""

import streamlit as st

from mnist_core.evaluation.predictions import compare
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.watched_run import RUNS_OFFERED, names_to_pick_from
from pages.text import message
from pages.text.markdown import plain
from pages.views.mistakes.gallery import render_gallery
from pages.views.shared.evaluated_run import EvaluatedRun, evaluate

OTHER_PARAMETER = "other_run"
PICTURE_SIZE = 5.5  # rem: two guesses stand under each digit
VIEWS = {"broken": "A right, B wrong", "fixed": "A wrong, B right", "still_wrong": "Both wrong"}
NO_OTHER = (
    "There is no other run on the same data with a test. Train a second network, with one setting "
    "changed: then this view shows what the change fixed and what it broke."
)


def render_two_runs(evaluated: EvaluatedRun) -> None:
    """Draw a picker for run B, the counts, and the digits behind one of them."""
    others = _others(evaluated.run)
    if not others:
        message.info(NO_OTHER)
        return
    names = names_to_pick_from(others.values())
    linked = st.query_params.get(OTHER_PARAMETER)
    picked = st.selectbox(
        "B, against which A is held",
        names,
        index=list(names).index(linked) if linked in names else 0,
        format_func=names.__getitem__,
        help="A is the run above.",
    )
    st.query_params[OTHER_PARAMETER] = picked
    other = evaluate(others[picked], evaluated.part)
    if other is None:
        message.info("That run has no guesses for these digits.")
        return
    _render_changes(evaluated, other)


def _others(shown: Run) -> dict[str, Run]:
    """Find the runs that can be held against one: the newest, and the one in the address."""
    linked = st.query_params.get(OTHER_PARAMETER, "")
    runs = [*get_store().list_runs(RUNS_OFFERED), *get_store().find_runs([linked])]
    return {run.id: run for run in runs if _is_comparable(run, shown)}


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
        for name, label in VIEWS.items():
            st.metric(label, f"{len(getattr(changes, name)):,}")
        st.metric("Both right", f"{changes.both_right:,}")
    view = st.segmented_control(
        "Show", VIEWS, default="broken", required=True, format_func=VIEWS.__getitem__, key="changes"
    )
    st.caption(
        f"**A:** {plain(first.run.label)} · **B:** {plain(second.run.label)}. Those come first of "
        "which both are surest."
    )
    positions = getattr(changes, view)
    if not len(positions):
        message.info("There is no such digit.")
        return

    def both_guesses(position: int) -> str:
        true = first.evaluation.y_true[position]
        return f"{true}: A says {first.guess(position)}, B says {second.guess(position)}"

    render_gallery(
        first, positions, f"gallery-{view}", caption=both_guesses, picture_size=PICTURE_SIZE
    )
