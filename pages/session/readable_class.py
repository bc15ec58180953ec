"""Whose board and wall this tab reads: those of one's own class, or, for a teacher, of any."""

import streamlit as st

from mnist_core.errors import ClassNotFoundError
from mnist_core.store import SchoolClass
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER
from pages.session.person import current_class
from pages.session.teacher import is_teacher


def readable_class() -> SchoolClass | None:
    """Find the class that the address names, or else that of who sits here.

    Returns:
        None where there is none, or whoever asks is neither in it nor a teacher.
    """
    own, asked = current_class(), st.query_params.get(CLASS_PARAMETER)
    if own is not None and asked in (None, own.id):
        return own
    if asked is None or not is_teacher():
        return None
    try:
        return get_store().get_class(asked)
    except ClassNotFoundError:
        return None
