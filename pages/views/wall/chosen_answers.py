"""The answers that a teacher has chosen for all to read: large, live, and without a name."""

import html
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import streamlit as st

from mnist_core.store import WallAnswer
from pages.services.server import get_store
from pages.session.address import TASK_PARAMETER
from pages.session.readable_class import readable_class

LOOK_SECONDS = 3.0
_STYLE = Path(__file__).with_name("wall.css")


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
