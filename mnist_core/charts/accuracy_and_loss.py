"""The two subplots of the lesson: how accuracy and loss moved from epoch to epoch.

Takes the History of anybody's ``model.fit``; Keras itself is not imported. What a diagnosis found
can be marked: a ring around each point that is its evidence.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final, NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnist_core.charts import style
from mnist_core.charts.accuracy_axis import PLAIN, AccuracyAxis
from mnist_core.config import SERIES
from mnist_core.errors import ConfigError
from mnist_core.evaluation.diagnosis import Finding
from mnist_core.evaluation.histories import (
    AccuracyAndLoss,
    ValidationFreq,
    Values,
    gather_accuracy_and_loss,
)
from mnist_core.formatting import metric_text


class _Layout(NamedTuple):
    """How the four series share two subplots.

    Attributes:
        titles: of the subplots.
        places: where each series is drawn: the column, and whether on the right axis.
        axes: which axes are those of accuracy, and which those of loss, as Plotly selects them.
    """

    titles: tuple[str, str]
    places: Mapping[str, tuple[int, bool]]
    axes: tuple[dict[str, Any], dict[str, Any]]


_BY_SET: Final = _Layout(
    ("Training", "Validation"),
    {"accuracy": (1, False), "loss": (1, True), "val_accuracy": (2, False), "val_loss": (2, True)},
    ({"secondary_y": False}, {"secondary_y": True}),
)
_BY_METRIC: Final = _Layout(
    ("Accuracy", "Loss"),
    {
        "accuracy": (1, False),
        "loss": (2, False),
        "val_accuracy": (1, False),
        "val_loss": (2, False),
    },
    ({"col": 1}, {"col": 2}),
)
_LAYOUTS: Final = {"set": _BY_SET, "metric": _BY_METRIC}

# A shape for each finding of one chart, so that two of them can be told apart.
_RING_SHAPES: Final = ("circle-open", "diamond-open", "square-open")
_RING_TO_MARKER: Final = 2.4
_TITLE_ROOM: Final = 50
_NOTE_WIDTH: Final = 26  # letters, for half a figure on a narrow page
_GAP_LINE: Final = {"color": style.WRONG, "width": style.LINE_WIDTH, "dash": "dot"}

# What is said where such a pair of series is missing, and how it comes to be there.
_NOTES: Final[Mapping[Set[str], str]] = {
    frozenset({"accuracy", "loss"}): "Nothing of the training digits in this history.",
    frozenset({"val_accuracy", "val_loss"}): (
        "No validation: give model.fit validation_data or a validation_split."
    ),
    frozenset({"accuracy", "val_accuracy"}): (
        'No accuracy: compile the model with metrics=["accuracy"].'
    ),
    frozenset({"loss", "val_loss"}): "No loss in this history.",
}


def plot_accuracy_and_loss(
    history: Any,
    *,
    by: str = "set",
    findings: Sequence[Finding] = (),
    validation_freq: ValidationFreq = None,
    accuracy_axis: AccuracyAxis = PLAIN,
) -> go.Figure:
    """Draw accuracy and loss of a training: left on training digits, right on validation digits.

    Or accuracy left and loss right, each on both kinds of digits: overfitting is then the gap
    between two curves.

    Args:
        history: what ``model.fit`` gave back, its ``history`` dict (after JSON too), a table of
            ``CSVLogger`` or of pandas. Accuracy may have any of Keras's names for it and be in
            per cent. What is missing is said in the figure; NaN and None leave a gap.
        by: what has a subplot of its own: "set", the training digits and the validation digits;
            "metric", accuracy and loss.
        findings: what ``diagnose`` found in it; their evidence is marked and named in the legend.
        validation_freq: as ``model.fit`` had it; asked for where the history does not tell it.
        accuracy_axis: how high accuracies are drawn; ``PLAIN`` goes from 0 to 1. The traces have
            heights as ``y``, which on ``PLAIN`` are the accuracies, and these as ``customdata``.

    Returns:
        A figure of two subplots; accuracy on a left axis, loss on a right axis, or, by metric, on
        one of its own.

    Raises:
        ConfigError: ``by`` is neither "set" nor "metric".
        HistoryError: it holds neither accuracy nor loss, there is no epoch, or the parts don't
            fit together.

    Example:
        >>> history = {"accuracy": [0.8, 0.9], "val_accuracy": [0.7, 0.8]}
        >>> figure = plot_accuracy_and_loss({**history, "loss": [2, 1], "val_loss": [3, 2]})
        >>> [trace.name for trace in figure.data]
        ['Training accuracy', 'Training loss', 'Validation accuracy', 'Validation loss']
    """
    if by not in list(_LAYOUTS):
        raise ConfigError(f'by={by!r} is not allowed. Choose "set" or "metric".', "by")
    layout = _LAYOUTS[by]
    numbers = gather_accuracy_and_loss(history, validation_freq)
    figure = _draw(numbers, layout)
    drawn = numbers._replace(
        accuracy=list(map(accuracy_axis.height, numbers.accuracy)),
        val_accuracy=list(map(accuracy_axis.height, numbers.val_accuracy)),
    )
    _set_accuracy_axis(figure, drawn, layout, accuracy_axis)
    figure.update_yaxes(
        range=accuracy_axis.shown([*numbers.accuracy, *numbers.val_accuracy]), **layout.axes[0]
    )
    for finding, shape in zip(findings, itertools.cycle(_RING_SHAPES), strict=False):
        _mark(figure, drawn, finding, shape, layout)
    # Not clipped, so that what stands at the edge is whole.
    figure.update_traces(cliponaxis=False)
    return figure


def _draw(numbers: AccuracyAndLoss, layout: _Layout) -> go.Figure:
    by_set = layout is _BY_SET
    figure = make_subplots(
        rows=1,
        cols=2,
        subplot_titles=layout.titles,
        specs=[[{"secondary_y": by_set}, {"secondary_y": by_set}]],
        horizontal_spacing=0.22 if by_set else 0.15,
    )
    train = _traces("Training", style.training_look(), numbers.accuracy, numbers.loss)
    val = _traces("Validation", style.validation_look(), numbers.val_accuracy, numbers.val_loss)
    for key, trace in zip(SERIES, (*train, *val), strict=True):
        if trace.y:
            column, right = layout.places[key]
            trace.x = _epochs_of(numbers, key)
            figure.add_trace(trace, row=1, col=column, secondary_y=right)
    figure.update_traces(marker_size=style.marker_size(len(numbers.epochs)))
    _label(figure, numbers.epochs, layout)
    for column in (1, 2):
        own = frozenset(key for key in SERIES if layout.places[key][0] == column)
        missing = frozenset(key for key in own if not getattr(numbers, key))
        if note := _what_is_missing(own, missing):
            _write(figure, column, note)
    return figure


def _set_accuracy_axis(
    figure: go.Figure, heights: AccuracyAndLoss, layout: _Layout, axis: AccuracyAxis
) -> None:
    """Draw accuracies at their heights; where there are two such axes, they are the same."""
    figure.update_yaxes(title_text=axis.title, **axis.ticks(), **layout.axes[0])
    for name, values in (("Training", heights.accuracy), ("Validation", heights.val_accuracy)):
        figure.update_traces(y=values, selector={"name": f"{name} accuracy"})


def _what_is_missing(own: Set[str], missing: Set[str]) -> str:
    """Say what a subplot lacks of its own two series, and how they come to be there, if any."""
    notes = {pair: note for pair, note in _NOTES.items() if missing and missing <= pair}
    if len(notes) > 1:  # one series alone is missing for the sake of its partner in the other plot
        del notes[own]
    return next(iter(notes.values()), "")


def _epochs_of(numbers: AccuracyAndLoss, key: str) -> list[int]:
    return numbers.val_epochs if key.startswith("val_") else numbers.epochs


def _write(figure: go.Figure, column: int, note: str) -> None:
    """Write a note below the title of a subplot, where no curve can run through it."""
    lines = textwrap.wrap(note, _NOTE_WIDTH)
    title = figure.layout.annotations[column - 1]
    title.text += f'<br><span style="font-size: {style.FONT_SIZE}px">{"<br>".join(lines)}</span>'
    room = _TITLE_ROOM + 1.3 * style.FONT_SIZE * len(lines)
    figure.layout.margin.t = max(figure.layout.margin.t, room)


def _traces(
    name: str, look: dict[str, Any], accuracy: Values, loss: Values
) -> tuple[go.Scatter, go.Scatter]:
    shared = look | {
        "mode": "lines+markers",
        "hovertemplate": "epoch %{x}: %{customdata}<extra>%{fullData.name}</extra>",
    }
    accuracy_trace, loss_trace = (
        go.Scatter(
            name=f"{name} {metric}",
            y=values,
            customdata=[metric_text(metric, value) for value in values],
            **shared,
        )
        for metric, values in (("accuracy", accuracy), ("loss", loss))
    )
    # The same colour, since it is the same digits: dots and hollow markers tell loss apart.
    loss_trace.line.dash = f"{'' if look['line']['dash'] == 'solid' else 'dash'}dot"
    loss_trace.marker.symbol = f"{look['marker']['symbol']}-open"
    return accuracy_trace, loss_trace


def _mark(
    figure: go.Figure, numbers: AccuracyAndLoss, finding: Finding, shape: str, layout: _Layout
) -> None:
    """Ring the points that a finding rests on; a line stands where the number is missing."""
    named = False
    for key in finding.series:
        column, right = layout.places[key]
        epochs = _epochs_of(numbers, key)
        values = {epochs[epoch]: getattr(numbers, key)[epoch] for epoch in finding.epochs}
        drawn = {epoch: value for epoch, value in values.items() if value is not None}
        if drawn:
            rings = _rings(finding, drawn, shape, style.marker_size(len(numbers.epochs)))
            rings.showlegend = not named
            named = True
            figure.add_trace(rings, row=1, col=column, secondary_y=right)
        for epoch in values.keys() - drawn.keys():
            figure.add_vline(epoch, row=1, col=column, line=_GAP_LINE)


def _rings(
    finding: Finding, points: Mapping[int, float], shape: str, marker_size: float
) -> go.Scatter:
    return go.Scatter(
        name=f"Evidence: {finding.rule}",
        legendgroup=finding.rule,
        mode="markers",
        x=list(points),
        y=list(points.values()),
        marker={
            "symbol": shape,
            "color": style.TEXT,
            "size": _RING_TO_MARKER * marker_size,
            "line": {"width": style.LINE_WIDTH, "color": style.TEXT},
        },
        hoverinfo="skip",  # the point inside speaks for itself
    )


def _label(figure: go.Figure, epochs: Sequence[int], layout: _Layout) -> None:
    figure.update_layout(
        template=style.template(),
        hoverlabel_font_size=style.FONT_SIZE,
        margin={"l": 10, "r": 10, "t": _TITLE_ROOM, "b": 10},
        # At the foot of the whole figure, where it takes as many rows as the width asks for.
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        legend_font_size=style.FONT_SIZE,
    )
    # Sizes are said to each part: a page's theme replaces those of the whole figure.
    figure.update_annotations(font_size=style.TITLE_SIZE)
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(tickfont_size=style.FONT_SIZE, title_font_size=style.FONT_SIZE)
    figure.update_xaxes(
        title_text="Epoch",
        range=[epochs[0] - 0.5, epochs[-1] + 0.5],
        tick0=0,
        dtick=style.epoch_step(epochs[-1] - epochs[0] + 1),
        tickformat="d",
    )
    figure.update_yaxes(
        title_text="Loss",
        rangemode="tozero",
        # Round numbers of its own, not those that stand beside the ticks of accuracy.
        tickmode="auto",
        showgrid=layout is _BY_METRIC,
        **layout.axes[1],
    )
