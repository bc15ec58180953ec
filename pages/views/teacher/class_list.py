"""All classes, and a new one."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_core.formatting import counted, listed
from mnist_core.store import SchoolClass
from mnist_core.store.classes import LONGEST_CLASS_NAME
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER
from pages.session.teacher import for_teachers
from pages.text.markdown import plain

_NAME = "new-class"


def render_class_list() -> None:
    """Draw a line for each class, archived ones folded, and the field for a new one."""
    store = get_store()
    all_classes, people = store.list_classes(), store.count_members()
    with st.container(horizontal=True, vertical_alignment="bottom", width=600):
        st.text_input("A new class", key=_NAME, max_chars=LONGEST_CLASS_NAME, placeholder="7b")
        st.button("Open it", type="primary", on_click=_create, icon=":material/add:")
    _render_lines([each for each in all_classes if not each.archived_at], people)
    if archived := [each for each in all_classes if each.archived_at]:
        with st.expander("Archive"):
            _render_lines(archived, people)


def _render_lines(listed_classes: Sequence[SchoolClass], people: Mapping[str, int]) -> None:
    for each in listed_classes:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "teacher.py",
                label=f"Class {plain(each.name)}",
                icon=":material/group:",
                query_params={CLASS_PARAMETER: each.id},
            )
            st.caption(_in_short(each, people.get(each.id, 0)), width="content")


def _in_short(each: SchoolClass, people: int) -> str:
    there = counted(people, "person", "people")
    if each.archived_at:
        return f"{there}, archived {each.archived_at.astimezone():%d %b %Y}"
    return listed([there, f"open: code {each.code}" if each.is_open else "closed"])


@for_teachers
def _create() -> None:
    created = get_store().create_class(str(st.session_state.get(_NAME) or ""))
    st.session_state[_NAME] = ""
    st.query_params[CLASS_PARAMETER] = created.id
