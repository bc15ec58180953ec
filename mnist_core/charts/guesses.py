"""What a class guesses: how many predict a test accuracy in each range, and what came out.

The ranges are those between the lines of the accuracy axis, which lies here from left to right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.charts.accuracy_axis import HALVING
from mnist_core.evaluation.guesses import Range
from mnist_core.formatting import counted, listed, percent

RANGES: Final = tuple(itertools.starmap(Range, itertools.pairwise(HALVING.lines)))
"""From one to the next, about half of the errors are left."""

_HEIGHT: Final = 300
_SHARE: Final = 0.94
"""Of the width of its range that a bar takes."""

_ROOM_ABOVE: Final = 1.35
"""For the numbers on the bars, and above them for the result: as a share of the highest bar."""


def count_guesses(expected: Iterable[float]) -> list[int]:
    """Count the predictions in each of ``RANGES``.

    Args:
        expected: test accuracies, 0 to 1.
    """
    expected = list(expected)
    return [sum(map(each.holds, expected)) for each in RANGES]


def plot_guesses(counts: Sequence[int], reached: float | None = None) -> go.Figure:
    """Draw a bar for each range, and a dotted line at the test accuracy once it is known.

    Args:
        counts: how many predict an accuracy in each of ``RANGES``.
        reached: the test accuracy, 0 to 1.
    """
    places = HALVING.ticks()["tickvals"]
    top = _ROOM_ABOVE * max(1, *counts)
    figure = go.Figure()
    figure.add_bar(
        x=[(left + right) / 2 for left, right in itertools.pairwise(places)],
        width=[_SHARE * (right - left) for left, right in itertools.pairwise(places)],
        y=list(counts),
        text=[count or "" for count in counts],
        textposition="outside",
        textfont_size=style.TITLE_SIZE,
        marker=style.bar_look(style.TEXT) | {"opacity": 0.5},  # the result lies over them
        customdata=list(map(str, RANGES)),
        hovertemplate="%{customdata}: %{y}<extra></extra>",
        name="Predictions",
    )
    if reached is not None:
        figure.add_scatter(
            x=[HALVING.height(reached)] * 2,
            y=[0, top],
            mode="lines+text",
            line={"color": style.TEST, "width": style.LINE_WIDTH, "dash": "dot"},
            text=["", percent(reached)],
            textposition="top center",
            textfont={"size": style.TITLE_SIZE},
            cliponaxis=False,
            hoverinfo="skip",
            name="Test accuracy",
        )
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_layout(
        showlegend=False, margin_t=2 * style.TITLE_SIZE, margin_r=2 * style.FONT_SIZE
    )
    figure.update_xaxes(
        title_text="Test accuracy in %",
        range=[places[0], places[-1]],
        tickvals=places,
        ticktext=[f"{100 * line:g}" for line in HALVING.lines],  # short: they stand level
        tickangle=0,
        ticks="outside",
        showgrid=False,
    )
    figure.update_yaxes(range=[0, top], showticklabels=False, showgrid=False)
    return figure


def guesses_words(counts: Sequence[int], reached: float | None = None) -> str:
    """Say what the figure shows; arguments as for `plot_guesses`."""
    if not any(counts):
        words = "Nobody has predicted a test accuracy."
    else:
        ranges = [
            f"{count} for {each}" for count, each in zip(counts, RANGES, strict=True) if count
        ]
        words = f"{counted(sum(counts), 'prediction')} of the test accuracy: {listed(ranges)}."
    return words if reached is None else f"{words} It is {percent(reached)}."
