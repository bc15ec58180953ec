"""Bringing everybody along: a tab that is open when a teacher calls goes there, once."""

import streamlit as st

from mnist_core.store import Call
from pages.session.browser import current_seat

_HEARD = "heard-call"


def new_call() -> Call | None:
    """Return where this tab is to go now; None where no call came since it was opened.

    A tab that is opened later, or loaded anew, is not moved: each call is followed once.
    """
    seat = current_seat()
    if seat is None or not seat.member.is_approved:
        return None
    call = seat.school_class.call
    heard = seat.member.class_id, call and call.called_at
    before = st.session_state.get(_HEARD)
    st.session_state[_HEARD] = heard
    is_new = before is not None and before[0] == heard[0] and before != heard
    return call if is_new else None
