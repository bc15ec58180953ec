"""What a page that shows a run says while there is none."""

import streamlit as st

from pages.services.server import get_store
from pages.text import message


def render_no_run(what_then: str) -> None:
    """Show that there is no run to look at, what it would be good for, and the way to one."""
    if get_store().list_runs(1):
        message.info(
            "No run of your own yet. {what_then} Or choose somebody else's above.",
            what_then=what_then,
        )
    else:
        message.info("No run yet. {what_then}", what_then=what_then)
    st.page_link("train.py", label="Train a network", icon=":material/play_circle:")
