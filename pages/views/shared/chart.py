"""A Plotly figure on a page: larger on a projector, in words for those who can't see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.widgets.projector import sized

if TYPE_CHECKING:
    import plotly.graph_objects as go


def render_chart(figure: go.Figure, *, key: str, alt: str) -> None:
    """Draw a figure that nobody needs to enlarge, without Plotly's tools.

    Args:
        figure: from ``mnist_core.charts``.
        key: the element's key.
        alt: the figure in words.
    """
    config = {"displayModeBar": False}
    st.plotly_chart(sized(figure), key=key, theme=None, config=config, alt=alt)
