"""Whose board this tab looks at: that of one's own class, or, for a teacher, of any."""

import streamlit as st

from mnist_core.errors import ClassNotFoundError
from mnist_core.store import SchoolClass
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER
from pages.session.browser import current_seat
from pages.session.teacher import is_teacher


def class_of_board() -> SchoolClass | None:
    """Find the class that the address names, or else that of who sits here.

    Returns:
        None where there is none, or whoever asks is neither in it nor a teacher.
    """
    asked = st.query_params.get(CLASS_PARAMETER)
    seat = current_seat()
    if seat is not None and seat.member.is_approved and asked in (None, seat.school_class.id):
        return seat.school_class
    if asked is None or not is_teacher():
        return None
    try:
        return get_store().get_class(asked)
    except ClassNotFoundError:
        return None
