"""Two settings with several seeds each: every run a point, the same seed joined by a line."""

from __future__ import annotations

import statistics
from typing import Any, Final

import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.evaluation.luck import SeedComparison
from mnist_core.formatting import percent

_HEIGHT: Final = 380
_NARROWEST: Final = 0.01
"""Of accuracy: so much is shown at least, or a hair's breadth would look like a gap."""


def plot_seed_pairs(comparison: SeedComparison, first: str, second: str) -> go.Figure:
    """Draw the test accuracies of both settings side by side.

    A line is solid where the first setting was better with that seed, dashed where the second
    was, dotted where both were equal; a diamond is the mean of a setting's points.

    Args:
        comparison: what they came to.
        first: what the first setting is called.
        second: what the second is called.
    """
    figure = go.Figure()
    for pair in comparison.pairs:
        dash = (
            "solid" if pair.first > pair.second else "dash" if pair.first < pair.second else "dot"
        )
        figure.add_scatter(
            x=[0, 1],
            y=[pair.first, pair.second],
            mode="lines",
            line={"color": style.TEXT, "width": style.FINE_LINE_WIDTH, "dash": dash},
            hoverinfo="skip",
            showlegend=False,
            meta=f"seed {pair.seed}",
        )
    for place, (name, accuracies) in enumerate(
        ((first, comparison.first), (second, comparison.second))
    ):
        figure.add_scatter(
            **_points(place, name, accuracies), marker=style.run_look(place)["marker"]
        )
        if len(accuracies) > 1:
            figure.add_scatter(**_mean(place, name, list(accuracies.values())))
    _lay_out(figure, comparison, first, second)
    return figure


def _points(place: int, name: str, accuracies: Any) -> dict[str, Any]:
    return {
        "x": [place] * len(accuracies),
        "y": list(accuracies.values()),
        "mode": "markers",
        "name": name,
        "customdata": [f"seed {seed}: {percent(value)}" for seed, value in accuracies.items()],
        "hovertemplate": "%{customdata}<extra></extra>",
        "showlegend": False,
    }


def _mean(place: int, name: str, accuracies: list[float]) -> dict[str, Any]:
    mean = statistics.fmean(accuracies)
    return {
        "x": [place + (-0.12, 0.12)[place]],
        "y": [mean],
        "mode": "markers+text",
        "marker": {"color": style.TEXT, "size": style.MARKER_SIZE + 3, "symbol": "diamond"},
        "text": [percent(mean)],
        "textposition": ("middle left", "middle right")[place],
        "textfont": {"size": style.FONT_SIZE, "color": style.TEXT},
        "hovertemplate": f"mean of {name}: {percent(mean)}<extra></extra>",
        "showlegend": False,
    }


def _lay_out(figure: go.Figure, comparison: SeedComparison, first: str, second: str) -> None:
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_xaxes(
        tickvals=[0, 1], ticktext=[first, second], range=[-0.8, 1.8], showgrid=False, zeroline=False
    )
    figure.update_yaxes(title_text="Test accuracy", title_standoff=12, tickformat=".1~%")
    values = [*comparison.first.values(), *comparison.second.values()]
    if values:
        low, high = min(values), max(values)
        room = max(0.1 * (high - low), (_NARROWEST - (high - low)) / 2)
        figure.update_yaxes(range=[low - room, min(high + room, 1.005)])
