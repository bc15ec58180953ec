"""A page that goes on by itself when something has changed in the store."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

LOOK_SECONDS = 2.0

T = TypeVar("T")


@st.fragment(run_every=LOOK_SECONDS)
def follow(read: Callable[[], T], drawn: T) -> None:
    """Look every two seconds, and let the page run again once there is something else.

    Args:
        read: asks the store; cheap, for hundreds of pages may do so.
        drawn: what it said when the page was drawn.
    """
    if read() != drawn:
        st.rerun()
