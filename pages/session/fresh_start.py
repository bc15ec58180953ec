"""A page that broke: a sentence, and where it breaks again and again, a state to begin anew with.

A value of a wrong type, from a browser or a program that pretends to be one, stays in the session
and would break every later run of the page. Streamlit offers no way to forget it: this file alone
reaches into its session.
"""

import logging

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.text import message

TIMES = 2
_BROKE = "times-a-page-broke"

_log = logging.getLogger(__name__)


def explain_break(error: Exception) -> None:
    """Show that a page broke; the second time in a row, everything that this tab holds goes."""
    _log.error("A page broke", exc_info=error)
    times = st.session_state.get(_BROKE, 0) + 1
    st.session_state[_BROKE] = times
    if times < TIMES:
        message.error("Something broke on this page. Your runs are kept: reload the page.")
        return
    _forget_all()
    message.error(
        "Something broke on this page again, so this tab begins anew: its controls stand at the "
        "beginning. Your runs are kept. Reload the page, or go on."
    )


def note_whole() -> None:
    """Note that a page came to its end."""
    st.session_state.pop(_BROKE, None)


def _forget_all() -> None:
    context = get_script_run_ctx()
    if context is not None:
        state = context.session_state._state  # noqa: SLF001 - see above
        # Its own clearing reads each value first, and so breaks at the one that broke the page.
        state._new_widget_state.states.clear()  # noqa: SLF001
        state.clear()
