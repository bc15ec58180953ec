"""Long lists page by page."""

from typing import Literal

import streamlit as st

DIGITS_A_PAGE = 60


def render_pages(
    count: int,
    length: int,
    *,
    key: str | None = None,
    persist_state: Literal["session"] | None = None,
) -> range:
    """Draw the choice of a page, where there are several, and return what is on it.

    Args:
        count: how many things there are.
        length: how many of them a page has room for.
        key: the element's key.
        persist_state: "session" keeps the page while another page of the dashboard is open.
    """
    pages = -(-count // length)
    page = st.pagination(pages, key=key, persist_state=persist_state) if pages > 1 else 1
    return range(count)[(page - 1) * length : page * length]
