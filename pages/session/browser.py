"""What the browser says of itself: whose runs these are, and how it came to an address."""

import secrets

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnist_core.serving.browser_token import COOKIE
from mnist_core.store import Run, hash_owner


def owner() -> str:
    """Hash the browser's token; a browser that keeps no cookies gets one for this visit."""
    token = st.context.cookies.to_dict().get(COOKIE)
    if not token:
        token = st.session_state.setdefault("visit_token", secrets.token_urlsafe(16))
    return hash_owner(token)


def is_mine(run: Run) -> bool:
    """Check whether a run was started in this browser: of its own alone it is told as "you"."""
    return run.owner == owner()


def may_change(run: Run) -> bool:
    """Check whether this browser may change a run: its own, or one that is nobody's."""
    return run.owner is None or is_mine(run)


def has_gone_back() -> bool:
    """Check whether the page runs because of the browser's Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
