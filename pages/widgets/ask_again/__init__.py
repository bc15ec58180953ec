"""Asking again: a fragment that does its work bit by bit, each time the browser asks for more.

Unlike ``run_every`` it never asks before the last answer is drawn, and it ends where it is not
drawn any more: no run of the whole page is needed, in which a control that is just then moved
could be lost.
"""

import time
from pathlib import Path

import streamlit as st

from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_ask_again(key: str) -> None:
    """Let the fragment around this run once more, as soon as the browser has drawn it."""
    _component(key=key, data={"drawn": time.monotonic_ns()}, on_again_change=lambda: None)


def is_asked_again(key: str) -> bool:
    """Check whether this run is one that :func:`render_ask_again` asked for."""
    return bool((st.session_state.get(key) or {}).get("again"))
