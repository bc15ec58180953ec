"""The part of the board that is drawn again every few seconds, as runs come and go on."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from mnist_core.errors import ClassNotFoundError
from mnist_core.serving.class_board import ClassBoard
from mnist_core.store import SchoolClass
from pages.services.board import read_board
from pages.session.readable_class import readable_class

LOOK_SECONDS = 3.0
_STYLE = Path(__file__).with_name("board.css")


def render_live(opened: SchoolClass, render: Callable[[ClassBoard], None]) -> None:
    """Draw a view of the board, and go on drawing it."""
    st.html(_STYLE)
    _render(opened.id, render)


@st.fragment(run_every=LOOK_SECONDS)
def _render(class_id: str, render: Callable[[ClassBoard], None]) -> None:
    now = readable_class()
    if now is None or now.id != class_id:
        st.rerun()  # they have left, or the class is gone
    try:
        board = read_board(class_id)
    except ClassNotFoundError:
        st.rerun()
    with st.container(key="board"):
        render(board)
