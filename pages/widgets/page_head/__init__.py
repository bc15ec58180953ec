"""The head of a page: its title and, beside it, what the page is chosen by.

In one line, so that what the page shows is seen with less scrolling.
"""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STYLE = Path(__file__).with_name("page_head.css")


def render_page_head(title: str) -> DeltaGenerator:
    """Draw a page's title and give the line beside it, to put controls into."""
    st.html(_STYLE)
    line = st.container(horizontal=True, vertical_alignment="center", key="page-head")
    line.title(title, anchor=False, width="content")
    return line


def pick_view(views: Iterable[str]) -> str:
    """Draw the choice of a page's views beside its title, the first one at first; gives its name.

    The address keeps it.
    """
    names = list(views)
    picked: str = st.segmented_control(
        "View",
        names,
        default=names[0],
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    return picked
