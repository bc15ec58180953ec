"""Several trainings over each other: how one number moved, by epochs, by updates or by seconds.

``gather_comparison`` finds the numbers, ``plot_comparison`` draws them. A browser that watches
runs gets the same figure and goes on with it as events come.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.charts.accuracy_axis import HALVING, AccuracyAxis
from mnist_core.config import SERIES
from mnist_core.errors import ConfigError
from mnist_core.formatting import metric_text

BY: Final[Mapping[str, str]] = {
    "epochs": "Epoch",
    "updates": "Updates of the weights",
    "seconds": "Seconds of training",
}
"""What the curves can run over, and the title of that axis."""

LETTERS: Final = "ABCDEFGH"
"""What the runs of one comparison are called, in their order."""

_HEIGHT: Final = 440
_UPPER: Final = 1.08  # of the highest loss at an epoch's end
_ROOM_FOR_A_LETTER: Final = 1.04  # of the longest run


class ComparedRun(NamedTuple):
    """A training beside others.

    Attributes:
        key: names it for whoever reads the figure's traces.
        name: what a person calls it, as text.
        history: Keras's History: ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, a
            number an epoch each, accuracies 0 to 1; None where there is none.
        seconds: what each epoch took.
        epochs: how many it shall have in the end.
        steps_per_epoch: updates of the weights; None where that is not known.
    """

    key: str
    name: str
    history: Mapping[str, Sequence[float | None]]
    seconds: Sequence[float]
    epochs: int
    steps_per_epoch: int | None


class Curve(NamedTuple):
    """One run's line.

    Attributes:
        letter: A for the first run, B for the second.
        name: of the run.
        key: of the run.
        x: where each complete epoch ends: in epochs from 1, in updates, or in seconds.
        values: accuracies 0 to 1, or losses; None where there is no number.
    """

    letter: str
    name: str
    key: str
    x: list[float]
    values: list[float | None]


def gather_comparison(
    runs: Sequence[ComparedRun], metric: str = "val_accuracy", by: str = "epochs"
) -> list[Curve]:
    """Find where each run's curve has its points.

    Args:
        runs: at most eight, in the order of their letters.
        metric: one of ``SERIES``.
        by: one of ``BY``. Over updates, a run whose updates are not known has no point.

    Raises:
        ConfigError: ``metric`` or ``by`` is none of these, or there are more than eight runs.
    """
    _check(metric, SERIES, "metric")
    _check(by, BY, "by")
    if len(runs) > len(LETTERS):
        raise ConfigError(f"{len(runs)} runs are too many. Choose {len(LETTERS)} or fewer.", "runs")
    curves = []
    for letter, run in zip(LETTERS, runs, strict=False):
        places = _places(run, by)
        values = list(run.history[metric])[: len(places)]
        curves.append(Curve(letter, run.name, run.key, places[: len(values)], values))
    return curves


def _places(run: ComparedRun, by: str) -> list[float]:
    epochs = len(run.seconds)
    match by:
        case "updates":
            steps = run.steps_per_epoch
            return [] if steps is None else [steps * (epoch + 1) for epoch in range(epochs)]
        case "seconds":
            return list(itertools.accumulate(run.seconds))
    return [float(epoch + 1) for epoch in range(epochs)]


def plot_comparison(
    runs: Sequence[ComparedRun],
    metric: str = "val_accuracy",
    by: str = "epochs",
    *,
    accuracy_axis: AccuracyAxis = HALVING,
) -> go.Figure:
    """Draw a line for each run, with its letter at the end.

    Args:
        runs: as for ``gather_comparison``, and so are ``metric`` and ``by``.
        metric: which number is drawn.
        by: what it is drawn over.
        accuracy_axis: how high accuracies are drawn; a loss has a plain axis from 0.

    Returns:
        A figure with a trace for each run; ``meta`` is its key and ``customdata`` its numbers, as
        accuracies are drawn at heights.

    Raises:
        ConfigError: as ``gather_comparison``.
    """
    curves = gather_comparison(runs, metric, by)
    is_accuracy = metric.endswith("accuracy")
    figure = go.Figure()
    for place, curve in enumerate(curves):
        figure.add_trace(_trace(curve, place, metric, by, accuracy_axis if is_accuracy else None))
    longest = max((len(curve.x) for curve in curves), default=0)
    figure.update_traces(marker_size=style.marker_size(longest))
    _lay_out(figure, by, _end(runs, curves, by))
    values = [value for curve in curves for value in curve.values]
    if is_accuracy:
        figure.update_yaxes(
            title_text=accuracy_axis.title,
            range=accuracy_axis.shown(values),
            **accuracy_axis.ticks(),
        )
    else:
        figure.update_yaxes(title_text="Loss", range=[0, _highest(values)])
    return figure


def _trace(
    curve: Curve, place: int, metric: str, by: str, accuracy_axis: AccuracyAxis | None
) -> go.Scatter:
    heights = curve.values if accuracy_axis is None else map(accuracy_axis.height, curve.values)
    return go.Scatter(
        meta=curve.key,
        name=f"{curve.letter}: {html.escape(curve.name, quote=False)}",
        mode="lines+markers+text",
        x=curve.x,
        y=list(heights),
        customdata=[metric_text(metric, value) for value in curve.values],
        text=[*[""] * (len(curve.x) - 1), curve.letter][: len(curve.x)],
        textposition="middle right",
        textfont_size=style.FONT_SIZE,
        textfont_color=style.RUN_COLOURS[place],
        hovertemplate=f"{BY[by]} %{{x:,.4~r}}: %{{customdata}}<extra>{curve.letter}</extra>",
        cliponaxis=False,
        **style.run_look(place),
    )


def _end(runs: Sequence[ComparedRun], curves: Sequence[Curve], by: str) -> float:
    """Find how far the axis goes: to the end of the longest run, as far as that is known."""
    reached = [curve.x[-1] for curve in curves if curve.x]
    steps = {"epochs": 1, "updates": None, "seconds": 0}[by]
    for run in runs:
        each = run.steps_per_epoch if steps is None else steps
        reached.append(run.epochs * (each or 0))
    return max(reached, default=0) or 1.0


def _highest(losses: Sequence[float | None]) -> float:
    known = [value for value in losses if value is not None and value == value]
    return _UPPER * max(known, default=0.0) or 1.0


def _lay_out(figure: go.Figure, by: str, end: float) -> None:
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_layout(
        font_size=style.FONT_SIZE,
        margin={"l": 10, "r": 24, "t": 10, "b": 10},
        showlegend=False,
        # The same for every drawing, so that a zoom by hand survives the next point.
        uirevision=by,
    )
    figure.update_xaxes(title_text=BY[by], range=[0, _ROOM_FOR_A_LETTER * end], fixedrange=False)
    figure.update_yaxes(fixedrange=False)
    if by == "epochs":
        figure.update_xaxes(tick0=0, dtick=style.epoch_step(round(end)), tickformat="d")


def _check(given: str, allowed: Sequence[str] | Mapping[str, str], name: str) -> None:
    if given not in allowed:
        raise ConfigError(
            f"{name}={given!r} is not allowed. Choose one of: {', '.join(allowed)}.", name
        )
