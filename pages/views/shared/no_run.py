"""What a page that shows a run says while there is none."""

import streamlit as st

from pages.text import message


def render_no_run(what_then: str) -> None:
    """Show that there is no run yet, what it would be good for, and the way to one."""
    message.info("No run yet. {what_then}", what_then=what_then)
    st.page_link("train.py", label="Train a network", icon=":material/play_circle:")
