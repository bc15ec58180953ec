"""The reliability diagram: is a network right as often as it is confident?"""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.evaluation.predictions import Calibration
from mnist_core.formatting import percent

_HEIGHT: Final = 420
_ROOM_FOR_COUNTS: Final = 1.25  # a bar of 100 % has its count above it


def plot_calibration(calibration: Calibration) -> go.Figure:
    """Draw how often the guesses of each confidence are right: a bar a bin, its count above it.

    The dashed line is where a network stands that is right as often as it is confident: a bar
    below it is overconfident, one above it too modest. An empty bin has no bar.

    Args:
        calibration: as ``Evaluation.calibration`` gives it.
    """
    filled = np.flatnonzero(calibration.count)
    counts = calibration.count[filled].tolist()
    left, right = calibration.edges[filled], calibration.edges[filled + 1]
    figure = go.Figure()
    figure.add_bar(
        x=((left + right) / 2).tolist(),
        width=(right - left).tolist(),
        y=calibration.accuracy[filled].tolist(),
        text=[f"{count:,}" for count in counts],
        textposition="outside",
        textangle=-90,  # so that "10,000" has room above a tenth of a phone's width
        textfont_size=style.FONT_SIZE,
        constraintext="none",
        cliponaxis=False,
        customdata=[
            [f"{percent(low)} to {percent(high)}", percent(confidence), percent(accuracy), count]
            for low, high, confidence, accuracy, count in zip(
                left,
                right,
                calibration.confidence[filled],
                calibration.accuracy[filled],
                counts,
                strict=True,
            )
        ],
        hovertemplate="confidence %{customdata[0]}<br>%{customdata[3]:,} guesses<br>"
        "confidence on average %{customdata[1]}<br>right %{customdata[2]}<extra></extra>",
        name="Right, and how many guesses",
        marker=style.bar_look(style.TEST, ".") | {"opacity": 0.6},  # the line shows through
    )
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": style.TEXT, "width": style.LINE_WIDTH, "dash": "dash"},
        name="As often right as confident",
        hoverinfo="skip",
    )
    style.lay_out_alone(figure, _HEIGHT)
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(tickformat=".0%", tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1])
    figure.update_xaxes(title_text="Confidence of the guess", range=[0, 1.02], showgrid=False)
    figure.update_yaxes(
        title_text="Guesses that are right", title_standoff=12, range=[0, _ROOM_FOR_COUNTS]
    )
    return figure
