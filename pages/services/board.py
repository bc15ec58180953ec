"""What the boards of classes show: read from the store once for all who look, however many."""

import functools

import streamlit as st

from mnist_core.serving.class_board import ClassBoard, CurveMemory, read_class_board
from pages.services.server import get_store

FRESH_SECONDS = 2.0
MOST_BOARDS = 50


@functools.cache
def get_curve_memory() -> CurveMemory:
    """Return the curves that boards have shown."""
    return CurveMemory()


@st.cache_resource(ttl=FRESH_SECONDS, max_entries=MOST_BOARDS, show_spinner=False)
def read_board(class_id: str) -> ClassBoard:
    """Read what a board shows; for two seconds it is the same for everybody."""
    return read_class_board(get_store(), get_curve_memory(), class_id)
