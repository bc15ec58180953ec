"""The two subplots of the lesson: how accuracy and loss moved from epoch to epoch.

Takes the History of anybody's ``model.fit``; Keras itself is not imported. What a diagnosis found
can be marked: a ring around each point that is its evidence.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnist_core.charts import style
from mnist_core.evaluation.diagnosis import Finding
from mnist_core.evaluation.histories import (
    AccuracyAndLoss,
    ValidationFreq,
    Values,
    gather_accuracy_and_loss,
)
from mnist_core.formatting import metric_text

# Where each series is drawn: the column, and whether on the right axis.
_PLACES: Final = {
    "accuracy": (1, False),
    "loss": (1, True),
    "val_accuracy": (2, False),
    "val_loss": (2, True),
}

# A shape for each finding of one chart, so that two of them can be told apart.
_RING_SHAPES: Final = ("circle-open", "diamond-open", "square-open")
_RING_TO_MARKER: Final = 2.4
_TITLE_ROOM: Final = 50
_NOTE_WIDTH: Final = 26  # letters, for half a figure on a narrow page
_GAP_LINE: Final = {"color": style.WRONG, "width": style.LINE_WIDTH, "dash": "dot"}


def plot_accuracy_and_loss(
    history: Any,
    *,
    findings: Sequence[Finding] = (),
    validation_freq: ValidationFreq = None,
) -> go.Figure:
    """Draw accuracy and loss of a training: left on training digits, right on validation digits.

    Args:
        history: what ``model.fit`` gave back, its ``history`` dict (after JSON too), a table of
            ``CSVLogger`` or of pandas. Accuracy may have any of Keras's names for it and be in
            per cent. What is missing is said in the figure; NaN and None leave a gap.
        findings: what ``diagnose`` found in it; their evidence is marked and named in the legend.
        validation_freq: as ``model.fit`` had it; asked for where the history does not tell it.

    Returns:
        A figure of two subplots; accuracy on a left axis from 0 to 1, loss on a right axis.

    Raises:
        HistoryError: it holds neither accuracy nor loss, there is no epoch, or the parts don't
            fit together.

    Example:
        >>> history = {"accuracy": [0.8, 0.9], "val_accuracy": [0.7, 0.8]}
        >>> figure = plot_accuracy_and_loss({**history, "loss": [2, 1], "val_loss": [3, 2]})
        >>> [trace.name for trace in figure.data]
        ['Training accuracy', 'Training loss', 'Validation accuracy', 'Validation loss']
    """
    numbers = gather_accuracy_and_loss(history, validation_freq)
    figure = _draw(numbers)
    for finding, shape in zip(findings, itertools.cycle(_RING_SHAPES), strict=False):
        _mark(figure, numbers, finding, shape)
    return figure


def _draw(numbers: AccuracyAndLoss) -> go.Figure:
    figure = make_subplots(
        rows=1,
        cols=2,
        subplot_titles=("Training", "Validation"),
        specs=[[{"secondary_y": True}, {"secondary_y": True}]],
        horizontal_spacing=0.22,
    )
    pairs = (
        _traces("Training", style.training_look(), numbers.accuracy, numbers.loss),
        _traces("Validation", style.validation_look(), numbers.val_accuracy, numbers.val_loss),
    )
    for column, (pair, epochs) in enumerate(
        zip(pairs, (numbers.epochs, numbers.val_epochs), strict=True), start=1
    ):
        for trace, right in zip(pair, (False, True), strict=True):
            if trace.y:
                trace.x = epochs
                figure.add_trace(trace, row=1, col=column, secondary_y=right)
    figure.update_traces(marker_size=style.marker_size(len(numbers.epochs)))
    _label(figure, numbers.epochs)
    for column, pair in enumerate(pairs, start=1):
        accuracy, loss = (not trace.y for trace in pair)
        if note := _what_is_missing(column, accuracy=accuracy, loss=loss):
            _write(figure, column, note)
    return figure


def _what_is_missing(column: int, *, accuracy: bool, loss: bool) -> str:
    """Say what a subplot lacks, and how it comes to be there; empty where nothing is missing."""
    if accuracy and loss:
        return (
            "No validation: give model.fit validation_data or a validation_split."
            if column == 2
            else "Nothing of the training digits in this history."
        )
    if accuracy:
        return 'No accuracy: compile the model with metrics=["accuracy"].'
    return "No loss in this history." if loss else ""


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


def _mark(figure: go.Figure, numbers: AccuracyAndLoss, finding: Finding, shape: str) -> None:
    """Ring the points that a finding rests on; a line stands where the number is missing."""
    named = False
    for key in finding.series:
        column, right = _PLACES[key]
        epochs = numbers.epochs if column == 1 else numbers.val_epochs
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


def _label(figure: go.Figure, epochs: Sequence[int]) -> None:
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
    # A little more than 0 to 1, so that markers on the edge are whole.
    figure.update_yaxes(title_text="Accuracy", range=[-0.02, 1.02], secondary_y=False)
    figure.update_yaxes(
        title_text="Loss",
        rangemode="tozero",
        # Round numbers of its own, not those that stand beside the ticks of accuracy.
        tickmode="auto",
        showgrid=False,
        secondary_y=True,
    )
