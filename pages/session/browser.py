"""What the browser says of itself: whose runs these are, and how it came to an address."""

import secrets
from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnist_core.serving.browser_token import COOKIE
from mnist_core.store import Run, Seat, hash_owner
from mnist_core.store.class_records import owner_at
from pages.services.server import get_store

VISIT_TOKEN = "visit_token"  # noqa: S105 - where it is kept
_SEAT = "seat"

Answer = TypeVar("Answer")


def browser_token() -> str:
    """Return the browser's secret; a browser that keeps no cookies gets one for this visit."""
    token = st.context.cookies.to_dict().get(COOKIE)
    if not token:
        token = st.session_state.setdefault(VISIT_TOKEN, secrets.token_urlsafe(16))
    return token


def this_browser() -> str:
    """Hash the browser's token: it names the browser, whoever sits there."""
    return hash_owner(browser_token())


def current_seat() -> Seat | None:
    """Find who of a class sits at this browser, be it one who still waits to be let in.

    Asked once for each run of a page, so that whoever stood up in another tab is gone with the next
    click.
    """
    return once_a_run(_SEAT, lambda: get_store().read_seat(this_browser()))


def once_a_run(name: str, ask: Callable[[], Answer]) -> Answer:
    """Ask once for each run of a page, callbacks and fragments included, and keep the answer.

    Args:
        name: under which it is kept in the session; whoever takes it out lets it be asked anew.
        ask: finds the answer.
    """
    context = get_script_run_ctx()
    run = None if context is None else context.cursors  # Streamlit makes new ones for each run
    kept = st.session_state.get(name)
    if kept is None or run is None or kept[0] is not run:
        kept = run, ask()
        st.session_state[name] = kept
    answer: Answer = kept[1]
    return answer


def forget_seat() -> None:
    """Ask anew: somebody sat down here, or stood up."""
    st.session_state.pop(_SEAT, None)


def owner() -> str:
    """Name whose runs, drafts and digits are one's own: of who sits here, or the browser's."""
    return owner_at(current_seat(), this_browser())


def is_mine(run: Run) -> bool:
    """Check whether a run was started by whoever sits here: of it alone it is told as "you"."""
    return run.owner == owner()


def has_gone_back() -> bool:
    """Check whether the page runs because of the browser's Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
