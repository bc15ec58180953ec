"""Long lists page by page."""

import streamlit as st

DIGITS_A_PAGE = 60


def render_pages(count: int, length: int, *, key: str | None = None) -> range:
    """Draw the choice of a page, where there are several, and return what is on it.

    Args:
        count: how many things there are.
        length: how many of them a page has room for.
        key: the element's key.
    """
    pages = page_count(count, length)
    return places_on(st.pagination(pages, key=key) if pages > 1 else 1, count, length)


def page_count(count: int, length: int) -> int:
    """Count the pages that so many things fill."""
    return -(-count // length)


def places_on(page: int, count: int, length: int) -> range:
    """Return which things are on a page, counted from 0; pages count from 1."""
    return range(count)[(page - 1) * length : page * length]
