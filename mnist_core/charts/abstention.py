"""What a network that may say "I don't know" still answers, and how much of that is wrong."""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnist_core.charts import style
from mnist_core.evaluation.predictions import Abstention
from mnist_core.formatting import percent

_HEIGHT: Final = 460
_ROOM: Final = 1.15  # above the highest point
_SMALLEST_SCALE: Final = 0.01  # a network without a mistake


def plot_abstention(abstention: Abstention, threshold: float) -> go.Figure:
    """Draw two curves over the threshold: the digits answered, and those of them that are wrong.

    The thresholds stand side by side at equal distances: most guesses are surer than 0.9, and all
    that is of interest would lie at the right edge.

    Args:
        abstention: as ``Evaluation.abstention`` gives it.
        threshold: one of its thresholds, which is marked.
    """
    names = [threshold_name(each) for each in abstention.thresholds.tolist()]
    told = [
        f"at least {name} sure: {answered:,} answered, {answered - right:,} of them wrong"
        for name, answered, right in zip(
            names, abstention.answered.tolist(), abstention.right.tolist(), strict=True
        )
    ]
    chosen = abstention.thresholds.tolist().index(threshold)
    sizes = [style.MARKER_SIZE * (2 if place == chosen else 1) for place in range(len(names))]
    wrong = abstention.wrong_share
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.12)
    for row, shares, colour, symbol, name in (
        (1, abstention.answered_share, style.RIGHT, "circle", "Answered, of all digits"),
        (2, wrong, style.WRONG, "square", "Wrong, of those answered"),
    ):
        figure.add_scatter(
            x=names,
            y=shares.tolist(),
            mode="lines+markers",
            line={"color": colour, "width": style.LINE_WIDTH},
            marker={"color": colour, "size": sizes, "symbol": symbol},
            customdata=told,
            hovertemplate="%{customdata}<extra></extra>",
            name=name,
            row=row,
            col=1,
        )
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_xaxes(showgrid=False, type="category")
    figure.update_xaxes(title_text="It answers when it is at least this sure", row=2, col=1)
    figure.update_yaxes(tickformat=".0%", title_text="Answered", range=[0, 1.08], row=1, col=1)
    scale = max(_ROOM * float(np.nanmax(wrong, initial=0)), _SMALLEST_SCALE)
    figure.update_yaxes(tickformat=".1%", title_text="Wrong", range=[0, scale], row=2, col=1)
    return figure


def threshold_name(threshold: float) -> str:
    """Write a threshold as people read it: 0.9 as "90 %", 0.995 as "99.5 %"."""
    return percent(threshold).replace(".0 ", " ")
