"""Below the live figure: what its run is held against, and the way to another run like it."""

import streamlit as st

from mnist_core.serving.run_words import unchanging_name
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.compared_runs import query_of
from pages.session.run_behind import Behind, pin
from pages.session.watched_run import RUNS_OFFERED, names_to_pick_from
from pages.text.markdown import plain
from pages.views.shared.change_one_thing import ICON, begin_from

_KEY = "curve-behind"
_CHOICE_KEY = "curve-behind-choice"


def render_beside(run: Run, behind: Behind) -> None:
    """Draw the choice of the pale curve, and the ways to Compare and to one changed setting."""
    other = behind.run
    with st.container(horizontal=True, vertical_alignment="center", key="beside"):
        st.button(
            "Change one thing",
            icon=ICON,
            on_click=begin_from,
            args=(run,),
            help="Puts this run's settings on the sliders and its curves behind: change one "
            "setting, and press Train.",
        )
        if other is not None and other.id != run.id:
            st.page_link(
                "compare.py",
                label=f"Compare with {plain(other.label)}",
                icon=":material/stacked_line_chart:",
                query_params=query_of([other.id, run.id]),
            )
        choice = st.popover(
            "Curve behind", icon=":material/keep:", key=_CHOICE_KEY, on_change="rerun"
        )
        if choice.open:  # hundreds of names need not go along with each move of a slider
            with choice:
                _render_choice(other if behind.is_pinned else None)


def _render_choice(pinned: Run | None) -> None:
    offered = {run.id: run for run in get_store().list_runs(RUNS_OFFERED)}
    if pinned is not None:
        offered[pinned.id] = pinned
    names = names_to_pick_from(offered.values(), unchanging_name)
    st.session_state[_KEY] = None if pinned is None else pinned.id
    st.selectbox(
        "Pale behind every run",
        names,
        index=None,  # so that it can be emptied
        format_func=names.__getitem__,
        key=_KEY,
        placeholder="The run before",
        on_change=lambda: pin(st.session_state[_KEY]),
        help="Empty: the run that you watched before.",
    )
