"""What the class predicted of its runs, against what came of it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import streamlit as st

from mnist_core.charts import ExpectedPoint, plot_expected_against_reached
from mnist_core.evaluation.accuracy import describe_expectations
from mnist_core.serving.class_board import ClassBoard
from pages.text import message
from pages.views.shared.chart import render_chart

if TYPE_CHECKING:
    import plotly.graph_objects as go

POINTS = 300


def render_predictions(board: ClassBoard) -> None:
    """Draw the newest finished runs that somebody made a prediction for, and count them."""
    scored = board.expectations[:POINTS]
    if not scored:
        message.info(
            "No run with a prediction is finished yet. **My prediction** is on Train, above the "
            "button."
        )
        return
    told = describe_expectations([score for _, score in scored])
    points = (
        ExpectedPoint(score.predicted, score.reached, board.name_of(run)) for run, score in scored
    )
    st.markdown(told)
    render_chart(_figure(tuple(points)), key="predictions", alt=told)


@functools.lru_cache(maxsize=32)
def _figure(points: tuple[ExpectedPoint, ...]) -> go.Figure:
    """Draw the figure once for all who look."""
    return plot_expected_against_reached(points)
