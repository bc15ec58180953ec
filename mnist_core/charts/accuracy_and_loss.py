"""The two subplots of the lesson: how accuracy and loss moved from epoch to epoch.

Takes the History of anybody's ``model.fit``; Keras itself is not imported. What a diagnosis found
can be marked: a ring around each point that is its evidence.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence, Sized
from typing import Any, Final, NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnist_core.charts import style
from mnist_core.config import SERIES
from mnist_core.errors import HistoryError
from mnist_core.evaluation.diagnosis import Finding
from mnist_core.formatting import listed

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
_GAP_LINE: Final = {"color": style.WRONG, "width": style.LINE_WIDTH, "dash": "dot"}

Values = list[float | None]


class AccuracyAndLoss(NamedTuple):
    """The numbers behind the figure.

    Attributes:
        epochs: 1, 2, 3 ..., as people count.
        accuracy: of the training digits, a fraction 0 to 1 an epoch; None is a gap.
        loss: of the training digits.
        val_accuracy: of the validation digits.
        val_loss: of the validation digits.
    """

    epochs: list[int]
    accuracy: Values
    loss: Values
    val_accuracy: Values
    val_loss: Values


def plot_accuracy_and_loss(history: Any, *, findings: Sequence[Finding] = ()) -> go.Figure:
    """Draw accuracy and loss of a training: left on training digits, right on validation digits.

    Args:
        history: what ``model.fit`` gave back, or its ``history`` dict, with the keys
            ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, a value an epoch each.
            NaN and None leave a gap.
        findings: what ``diagnose`` found in it; their evidence is marked and named in the legend.

    Returns:
        A figure of two subplots; accuracy on a left axis from 0 to 1, loss on a right axis.

    Raises:
        HistoryError: keys are missing, there is no epoch, or the lengths differ.

    Example:
        >>> history = {"accuracy": [0.8, 0.9], "val_accuracy": [0.7, 0.8]}
        >>> figure = plot_accuracy_and_loss({**history, "loss": [2, 1], "val_loss": [3, 2]})
        >>> [trace.name for trace in figure.data]
        ['Training accuracy', 'Training loss', 'Validation accuracy', 'Validation loss']
    """
    numbers = gather_accuracy_and_loss(history)
    figure = _draw(numbers)
    for finding, shape in zip(findings, itertools.cycle(_RING_SHAPES), strict=False):
        _mark(figure, numbers, finding, shape)
    return figure


def gather_accuracy_and_loss(history: Any) -> AccuracyAndLoss:
    """Check a history and take out what the figure shows; arguments as for the plot."""
    record = getattr(history, "history", history)
    if not isinstance(record, Mapping):
        raise HistoryError(
            "A training history is what model.fit gives back, or its .history dict; "
            f"this is of the type {type(history).__name__}."
        )
    _check_keys(record)
    _check_lengths({key: record[key] for key in SERIES})
    accuracy, loss, val_accuracy, val_loss = (_values(key, record[key]) for key in SERIES)
    epochs = list(range(1, len(accuracy) + 1))
    return AccuracyAndLoss(epochs, accuracy, loss, val_accuracy, val_loss)


def _check_keys(record: Mapping[str, Any]) -> None:
    if not record:
        raise HistoryError("This history is empty. Train for at least one epoch first.")
    missing = [key for key in SERIES if key not in record]
    if missing:
        raise HistoryError(f"This history has no {listed(missing)}. {_advice(missing)}")
    for key in SERIES:
        if not isinstance(record[key], Sized) or isinstance(record[key], (str, bytes)):
            raise HistoryError(f"“{key}” of this history must be a list with a number an epoch.")


def _advice(missing: Sequence[str]) -> str:
    sentences = []
    if "accuracy" in missing or missing == ["val_accuracy"]:
        sentences.append('Compile the model with metrics=["accuracy"].')
    if "val_loss" in missing:
        sentences.append("Give model.fit validation_data or a validation_split.")
    return " ".join(sentences) or "Pass on what model.fit gives back, whole."


def _check_lengths(columns: Mapping[str, Sized]) -> None:
    lengths = {key: len(values) for key, values in columns.items()}
    if set(lengths.values()) == {0}:
        raise HistoryError("This history has no epochs. Train for at least one epoch first.")
    if len(set(lengths.values())) > 1:
        counts = listed([f"{key} {length}" for key, length in lengths.items()])
        raise HistoryError(
            f"The parts of this history have different numbers of epochs: {counts}. "
            "They must come from the same training."
        )


def _values(key: str, column: Sequence[Any]) -> Values:
    try:
        numbers = [math.nan if value is None else float(value) for value in column]
    except (TypeError, ValueError):
        raise HistoryError(f"“{key}” of this history holds something that is no number.") from None
    return [number if math.isfinite(number) else None for number in numbers]


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
    for column, (accuracy, loss) in enumerate(pairs, start=1):
        figure.add_trace(accuracy, row=1, col=column, secondary_y=False)
        figure.add_trace(loss, row=1, col=column, secondary_y=True)
    size = style.marker_size(len(numbers.epochs))
    figure.update_traces(x=numbers.epochs, marker_size=size)
    _label(figure, len(numbers.epochs))
    return figure


def _traces(
    name: str, look: dict[str, Any], accuracy: Values, loss: Values
) -> tuple[go.Scatter, go.Scatter]:
    shared = look | {
        "mode": "lines+markers",
        "hovertemplate": "epoch %{x}: %{y:.4f}<extra>%{fullData.name}</extra>",
    }
    accuracy_trace = go.Scatter(name=f"{name} accuracy", y=accuracy, **shared)
    loss_trace = go.Scatter(name=f"{name} loss", y=loss, **shared)
    # The same colour, since it is the same digits: dots and hollow markers tell loss apart.
    loss_trace.line.dash = f"{'' if look['line']['dash'] == 'solid' else 'dash'}dot"
    loss_trace.marker.symbol = f"{look['marker']['symbol']}-open"
    return accuracy_trace, loss_trace


def _mark(figure: go.Figure, numbers: AccuracyAndLoss, finding: Finding, shape: str) -> None:
    """Ring the points that a finding rests on; a line stands where the number is missing."""
    named = False
    for key in finding.series:
        column, right = _PLACES[key]
        values = {epoch + 1: getattr(numbers, key)[epoch] for epoch in finding.epochs}
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


def _label(figure: go.Figure, epochs: int) -> None:
    figure.update_layout(
        template=style.template(),
        hoverlabel_font_size=style.FONT_SIZE,
        margin={"l": 10, "r": 10, "t": 50, "b": 10},
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
        range=[0.5, epochs + 0.5],
        tick0=0,
        dtick=style.epoch_step(epochs),
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
