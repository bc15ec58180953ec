"""The projector switch in the head of every page: larger text and figures, less beside them.

The text of the pages grows by a style sheet (large.css), figures by their own sizes: Plotly gives
each text its size in pixels, and lays the figure out by it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from mnist_core.charts import enlarged

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HERE = Path(__file__).parent
_KEY = "projector"
_ON = "1"
_FACTOR = 1.35


def render_projector_switch(*, was_on: bool) -> bool:
    """Draw the switch; it holds for all pages of this tab, and stands in the URL while it is on.

    Args:
        was_on: how a tab begins whose URL does not say it.

    Returns:
        Whether it is on.
    """
    if _KEY not in st.session_state:
        st.session_state[_KEY] = was_on or st.query_params.get(_KEY) == _ON
    st.html(_HERE / "switch.css")
    with st.container(key="projector-switch"):
        is_on: bool = st.toggle("Projector", key=_KEY, persist_state="session")
    if is_on:
        st.html(_HERE / "large.css")
    if is_on and st.query_params.get(_KEY) != _ON:
        st.query_params[_KEY] = _ON
    elif not is_on and _KEY in st.query_params:
        del st.query_params[_KEY]
    return is_on


def sized(figure: go.Figure) -> go.Figure:
    """Return the figure as it is, or enlarged while the projector is on."""
    factor = size_factor()
    return figure if factor == 1.0 else enlarged(figure, factor)


def size_factor() -> float:
    """Return how much larger figures are drawn at the moment; 1.0 while the projector is off."""
    return _FACTOR if st.session_state.get(_KEY) else 1.0
