"""How the accuracy falls while a disturbance grows, and where its slider stands."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.config import GUESSING
from mnist_core.formatting import percent
from mnist_core.inspection.robustness import RobustnessCurve

_HEIGHT: Final = 360
_TICKS_AT_MOST: Final = 9


def plot_robustness(curve: RobustnessCurve, strength: float) -> go.Figure:
    """Draw the accuracy over the strength of one disturbance.

    Args:
        curve: the points.
        strength: where the slider stands, in the curve's unit: a diamond on the curve and a line
            down to the axis.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=list(curve.strengths),
        y=list(curve.accuracy),
        mode="lines+markers",
        line={"color": style.TEST, "width": style.LINE_WIDTH},
        marker={"color": style.TEST, "size": style.MARKER_SIZE, "symbol": "circle"},
        customdata=_told(curve),
        hovertemplate="%{customdata}<extra></extra>",
        name="Accuracy on the test digits",
    )
    _add_guessing(figure, curve)
    _add_slider(figure, curve, strength)
    _lay_out(figure, curve)
    return figure


def _told(curve: RobustnessCurve) -> list[str]:
    points = zip(curve.strengths, curve.accuracy, strict=True)
    return [
        f"{curve.kind.describe(strength)}: {percent(accuracy)}" for strength, accuracy in points
    ]


def _add_guessing(figure: go.Figure, curve: RobustnessCurve) -> None:
    figure.add_scatter(
        x=[curve.strengths[0], curve.strengths[-1]],
        y=[GUESSING, GUESSING],
        mode="lines",
        line={"color": style.TEXT, "width": style.FINE_LINE_WIDTH, "dash": "dot"},
        name="Guessing without looking",
        hoverinfo="skip",
    )


def _add_slider(figure: go.Figure, curve: RobustnessCurve, strength: float) -> None:
    height = curve.at(strength)
    figure.add_scatter(
        x=[strength, strength],
        y=[0, height],
        mode="lines+markers",
        line={"color": style.TEXT, "width": style.FINE_LINE_WIDTH, "dash": "dash"},
        marker={
            "color": style.TEST,
            "size": [0, 2 * style.MARKER_SIZE],
            "symbol": "diamond",
            "line": {"color": style.TEXT, "width": 2},
        },
        hovertemplate=f"the slider, {curve.kind.describe(strength)}: about {percent(height)}"
        "<extra></extra>",
        name="Where the slider stands",
    )


def _lay_out(figure: go.Figure, curve: RobustnessCurve) -> None:
    style.lay_out_alone(figure, _HEIGHT)
    low, high = curve.kind.limit
    room = (high - low) / 40  # so that the diamond is whole at both ends
    figure.update_xaxes(
        title_text=f"{curve.kind.label} in {curve.kind.unit}",
        range=[low - room, high + room],
        tickvals=_ticks(curve),
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(
        title_text="Accuracy",
        title_standoff=12,
        tickformat=".0%",
        tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1],
        range=[0, 1.04],
    )


def _ticks(curve: RobustnessCurve) -> list[float]:
    """Leave out every other number where they would touch on a phone; 0 keeps its own."""
    if len(curve.strengths) <= _TICKS_AT_MOST:
        return list(curve.strengths)
    return list(curve.strengths[curve.strengths.index(0) % 2 :: 2])
