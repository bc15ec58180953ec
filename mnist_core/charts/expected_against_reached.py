"""What people expected of their runs, and what came of it: a point a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.charts.accuracy_axis import HALVING, AccuracyAxis
from mnist_core.formatting import percent

_HEIGHT: Final = 480


class ExpectedPoint(NamedTuple):
    """A run in the figure.

    Attributes:
        expected: the accuracy that somebody predicted, 0 to 1.
        reached: the validation accuracy that it came to, 0 to 1.
        name: whose it is; empty where that is not shown.
    """

    expected: float
    reached: float
    name: str = ""


def plot_expected_against_reached(
    points: Sequence[ExpectedPoint], *, accuracy_axis: AccuracyAxis = HALVING
) -> go.Figure:
    """Draw each run as a point, and the line on which a prediction comes true.

    Args:
        points: in any order.
        accuracy_axis: how far and how high accuracies are drawn; the same for both axes.

    Returns:
        A figure with two traces: the line, then the points. A point above the line is a run that
        came out better than predicted.
    """
    shown = accuracy_axis.shown([*(p.expected for p in points), *(p.reached for p in points)])
    figure = go.Figure()
    figure.add_scatter(
        x=shown,
        y=shown,
        mode="lines",
        line={"color": style.TEXT, "width": style.FINE_LINE_WIDTH, "dash": "dot"},
        name="As predicted",
        hoverinfo="skip",
    )
    look = style.validation_look()["marker"]
    figure.add_scatter(
        x=[accuracy_axis.height(point.expected) for point in points],
        y=[accuracy_axis.height(point.reached) for point in points],
        mode="markers",
        marker=look | {"size": 1.8 * style.MARKER_SIZE, "opacity": 0.75},
        name="A run",
        hovertext=[
            f"{point.name + ': ' if point.name else ''}predicted {percent(point.expected)}, "
            f"reached {percent(point.reached)}"
            for point in points
        ],
        hoverinfo="text",
        cliponaxis=False,
    )
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_xaxes(title_text="Predicted", range=shown, **accuracy_axis.ticks())
    figure.update_yaxes(
        title_text="Validation accuracy", title_standoff=16, range=shown, **accuracy_axis.ticks()
    )
    return figure
