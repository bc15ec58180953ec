"""Bringing everybody along: a tab that is open when a teacher calls goes there, once."""

import streamlit as st

from mnist_core.store import Call
from pages.session.person import current_class

_HEARD = "heard-call"


def new_call() -> Call | None:
    """Return where this tab is to go now; None where no call came since it was opened.

    A tab that is opened later, or loaded anew, is not moved: each call is followed once.
    """
    own = current_class()
    if own is None:
        return None
    call = own.call
    heard = own.id, call and call.called_at
    before = st.session_state.get(_HEARD)
    st.session_state[_HEARD] = heard
    is_new = before is not None and before[0] == heard[0] and before != heard
    return call if is_new else None
