"""What accuracy costs: several runs as points, over their parameters or their seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.charts.accuracy_axis import HALVING, AccuracyAxis
from mnist_core.charts.comparison import LETTERS
from mnist_core.formatting import percent

_HEIGHT: Final = 320


class RunPoint(NamedTuple):
    """A run in the figure.

    Attributes:
        letter: what it is called in the comparison.
        key: names it for whoever reads which point was clicked.
        cost: parameters or seconds; above 0.
        accuracy: 0 to 1.
    """

    letter: str
    key: str
    cost: float
    accuracy: float


def plot_accuracy_against(
    points: Sequence[RunPoint],
    cost_title: str,
    accuracy_title: str,
    *,
    accuracy_axis: AccuracyAxis = HALVING,
) -> go.Figure:
    """Draw each run as a point with its letter; to the upper left is more for less.

    Args:
        points: in the order of their letters; a run without a number is left out by the caller.
        cost_title: what is written below the axis: "Parameters".
        accuracy_title: which accuracy it is: "Test accuracy".
        accuracy_axis: how high accuracies are drawn.

    Returns:
        A figure with one trace; ``customdata`` are the keys. The axis of the cost is logarithmic:
        ten times as much is as far everywhere.
    """
    looks = [style.run_look(LETTERS.index(point.letter))["marker"] for point in points]
    figure = go.Figure(
        go.Scatter(
            x=[point.cost for point in points],
            y=[accuracy_axis.height(point.accuracy) for point in points],
            customdata=[point.key for point in points],
            mode="markers+text",
            text=[point.letter for point in points],
            textposition="top center",
            textfont={"size": style.FONT_SIZE, "color": [look["color"] for look in looks]},
            marker={
                "color": [look["color"] for look in looks],
                "symbol": [look["symbol"] for look in looks],
                "size": 1.5 * style.MARKER_SIZE,
            },
            hovertext=[
                f"{point.letter}: {percent(point.accuracy)}, {point.cost:,.4g}" for point in points
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
    )
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_layout(margin_t=30, clickmode="event+select")
    figure.update_xaxes(title_text=cost_title, type="log", dtick=1, minor={"dtick": "D1"})
    shown = accuracy_axis.shown([point.accuracy for point in points])
    figure.update_yaxes(title_text=accuracy_title, range=shown, **accuracy_axis.ticks())
    return figure
