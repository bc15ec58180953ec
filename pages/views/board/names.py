"""The teacher's switch: names on the board, for everybody who looks at it."""

import streamlit as st

from mnist_core.store import SchoolClass
from pages.services.board import read_board
from pages.services.server import get_store
from pages.session.teacher import for_teachers


def render_names_switch(opened: SchoolClass) -> None:
    """Draw the switch; it holds for the class until it is switched off."""
    key = f"names-of-{opened.id}"
    st.toggle(
        "Names",
        get_store().read_board(opened.id).names_shown,
        key=key,
        on_change=_show,
        args=(opened.id, key),
        help="Everybody who looks at the board reads whose runs these are.",
    )


@for_teachers
def _show(class_id: str, key: str) -> None:
    get_store().show_names(class_id, shown=bool(st.session_state.get(key)))
    read_board.clear(class_id)
