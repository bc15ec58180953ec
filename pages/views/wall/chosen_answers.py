"""The answers that a teacher has chosen for all to read: large, live, and without a name."""

import html
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import streamlit as st

from mnist_core.errors import ClassNotFoundError
from mnist_core.store import SchoolClass, WallAnswer
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER, TASK_PARAMETER
from pages.session.person import current_class
from pages.session.teacher import is_teacher

LOOK_SECONDS = 3.0
_STYLE = Path(__file__).with_name("wall.css")


def readable_class() -> SchoolClass | None:
    """Find the class whose wall is asked for, if whoever sits here may read it.

    Its people may, and teachers; without a class in the address it is one's own.
    """
    own, asked = current_class(), st.query_params.get(CLASS_PARAMETER)
    if own is not None and asked in (None, own.id):
        return own
    if asked is None or not is_teacher():
        return None
    try:
        return get_store().get_class(asked)
    except ClassNotFoundError:
        return None


@st.fragment(run_every=LOOK_SECONDS)
def render_chosen_answers(class_id: str) -> None:
    """Draw the wall, and draw it again every few seconds."""
    readable = readable_class()
    if readable is None or readable.id != class_id:
        st.rerun()
    st.html(_STYLE)
    with st.container(key="wall"):
        chosen = get_store().read_wall(class_id, st.query_params.get(TASK_PARAMETER))
        if chosen:
            st.html(_written(chosen))
        else:
            st.markdown("Nothing hangs here yet: your teacher chooses from the answers.")


def _written(chosen: Sequence[WallAnswer]) -> str:
    parts = []
    for question, answers in groupby(chosen, key=lambda each: each.question):
        items = "".join(f'<li dir="auto">{html.escape(each.answer)}</li>' for each in answers)
        asked = f'<h2 dir="auto">{html.escape(question)}</h2>' if question else ""
        parts.append(f"{asked}<ul>{items}</ul>")
    return f'<div class="mnist-wall">{"".join(parts)}</div>'
