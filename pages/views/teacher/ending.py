"""What becomes of a class after its lesson: another like it, the archive, or forgotten."""

import streamlit as st

from mnist_core.store import SchoolClass
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER
from pages.session.teacher import for_teachers
from pages.text.markdown import plain

_WITH_RUNS = "forget-with-runs"


def render_ending(opened: SchoolClass) -> None:
    """Draw the buttons; forgetting asks once more."""
    with st.container(horizontal=True, vertical_alignment="center", key="ending"):
        st.button(
            "Duplicate",
            on_click=_duplicate,
            args=(opened.id,),
            icon=":material/content_copy:",
            help="Opens a new class with these rules and nobody in it.",
        )
        if opened.archived_at:
            st.button(
                "Take out of the archive",
                on_click=_bring_back,
                args=(opened.id,),
                icon=":material/unarchive:",
            )
        else:
            st.button(
                "Archive",
                on_click=_archive,
                args=(opened.id,),
                icon=":material/archive:",
                help="Everybody leaves. Nothing is deleted, and it can be taken out again.",
            )
        with st.popover("Forget this class", icon=":material/delete_forever:"):
            st.markdown(
                "Names, return codes, handwriting and answers of class "
                f"**{plain(opened.name)}** are deleted for good."
            )
            st.checkbox("Delete runs and drawn digits, too", key=_WITH_RUNS)
            st.button("Forget it for good", on_click=_forget, args=(opened.id,), type="primary")


@for_teachers
def _duplicate(class_id: str) -> None:
    st.query_params[CLASS_PARAMETER] = get_store().duplicate_class(class_id).id


@for_teachers
def _archive(class_id: str) -> None:
    get_store().archive_class(class_id)


@for_teachers
def _bring_back(class_id: str) -> None:
    get_store().bring_class_back(class_id)


@for_teachers
def _forget(class_id: str) -> None:
    get_store().forget_class(class_id, with_runs=bool(st.session_state.get(_WITH_RUNS)))
    st.query_params.pop(CLASS_PARAMETER, None)
