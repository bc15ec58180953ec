"""What a teacher does with the whole class: pause it, stop its runs, bring it along."""

import streamlit as st

from mnist_core.serving.run_words import unchanging_name
from mnist_core.store import SchoolClass
from pages.services.server import get_store
from pages.session.teacher import for_teachers
from pages.session.watched_run import RUNS_OFFERED, names_to_pick_from

PAGES = {
    "": "Home",
    "data": "Data",
    "train": "Train",
    "results": "Results",
    "mistakes": "Mistakes",
    "look_inside": "Look inside",
    "draw": "Draw",
    "runs": "Runs",
    "compare": "Compare",
    "board": "Board",
    "worksheets": "Worksheets",
    "glossary": "Glossary",
}
_BRING, _PAGE, _RUN = "bring-along", "bring-to-page", "bring-to-run"


def render_lead(opened: SchoolClass) -> None:
    """Draw the buttons, and where everybody was brought last."""
    if opened.archived_at:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="lead"):
        if opened.is_paused:
            st.button(
                "Go on",
                type="primary",
                on_click=_resume,
                args=(opened.id,),
                icon=":material/resume:",
                help="The runs that were paused with the class go on by themselves.",
            )
        else:
            st.button(
                "Pause everybody",
                on_click=_pause,
                args=(opened.id,),
                icon=":material/pause:",
                help="All runs of the class pause, and nobody can start one.",
            )
        with st.popover("Stop all runs", icon=":material/stop:"):
            st.markdown("Everybody's runs end. Their networks are kept as far as they got.")
            st.button("Stop them all", on_click=_stop, args=(opened.id,), type="primary")
        bring = st.popover(
            "Bring everybody along", icon=":material/moving:", key=_BRING, on_change="rerun"
        )
        if bring.open:  # hundreds of names of runs are drawn only where somebody looks
            with bring:
                _render_where(opened)
        if opened.call is not None:
            at = f"{opened.call.called_at.astimezone():%H:%M}"
            st.caption(f"Brought to {PAGES.get(opened.call.page, 'a page')}, {at}", width="content")


def _render_where(opened: SchoolClass) -> None:
    names = names_to_pick_from(get_store().list_runs(RUNS_OFFERED), unchanging_name)
    st.selectbox("Page", PAGES, format_func=PAGES.__getitem__, key=_PAGE, index=2)
    st.selectbox(
        "Run",
        names,
        index=None,  # so that it can be emptied
        format_func=names.__getitem__,
        key=_RUN,
        placeholder="Everybody's own",
    )
    st.button("Bring them", on_click=_bring, args=(opened.id,), type="primary")


@for_teachers
def show_to_all(class_id: str, page: str, run_id: str) -> None:
    """Bring everybody to a run, which the page names to nobody but its owner."""
    get_store().call_class(class_id, page, run_id)


@for_teachers
def _pause(class_id: str) -> None:
    get_store().pause_class(class_id)


@for_teachers
def _resume(class_id: str) -> None:
    get_store().resume_class(class_id)


@for_teachers
def _stop(class_id: str) -> None:
    get_store().stop_class_runs(class_id)


@for_teachers
def _bring(class_id: str) -> None:
    page = str(st.session_state.get(_PAGE) or "")
    get_store().call_class(class_id, page, st.session_state.get(_RUN))
    st.session_state[_BRING] = False
