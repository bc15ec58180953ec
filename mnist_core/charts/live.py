"""The figure that grows while a network learns: its empty template.

The browser fills it from live events. Each trace carries in ``meta`` the name of the numbers it
takes, so that whoever fills it needs no positions.
"""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnist_core.charts import style
from mnist_core.charts.accuracy_axis import HALVING
from mnist_core.config import GUESSING

EPOCHS_SHOWN: Final = 10
"""How long the axis is before there is a run."""

_PALE: Final = 0.35
_METRICS: Final = ("accuracy", "loss")
_HEIGHTS: Final = (0.6, 0.4)

# Plotly leaves a curve without any point out of the legend, and the plots would jump when its
# first one comes; a point without a place keeps its entry and draws nothing.
_NO_POINT: Final[dict[str, list[None]]] = {"x": [None], "y": [None]}


def live_figure() -> go.Figure:
    """Build the live figure without data: accuracy above, loss below, epochs across.

    Accuracies are to be drawn at their heights on ``HALVING``; ``customdata`` is for the numbers.

    Returns:
        A figure with twelve traces that draw nothing yet, in this order for accuracy and then for
        loss, with ``meta`` as here (``loss`` in place of ``accuracy`` for the second six):
        ``previous_accuracy`` and ``previous_val_accuracy``, the run before, pale;
        ``best_val_accuracy``, a line from the best validation on; ``step_accuracy``, training
        within the epoch; ``accuracy`` and ``val_accuracy``, training and validation at the ends
        of epochs. Its only shape is the line at the accuracy of guessing. The margin on the right
        has room for the last numbers of the curves.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=_HEIGHTS
    )
    for row, metric in enumerate(_METRICS, start=1):
        for trace in _traces(metric):
            figure.add_trace(trace, row=row, col=1)
    _lay_out(figure)
    _mark_guessing(figure)
    return figure


def _traces(metric: str) -> list[go.Scatter]:
    previous_train = _marked(f"previous_{metric}", "Training before", style.training_look())
    previous_val = _marked(f"previous_val_{metric}", "Validation before", style.validation_look())
    for trace in (previous_train, previous_val):
        trace.update(opacity=_PALE, legendgroup="previous", showlegend=False, hoverinfo="skip")
        trace.legendrank = 2000  # drawn first, so that it lies behind, but named last
    best = _thin(f"best_val_{metric}", "Best validation", style.VALIDATION)
    best.line.update(dash="dot", width=2)
    steps = _thin(f"step_{metric}", "Training, within the epoch", style.TRAINING)
    steps.update(opacity=0.7, legendgroup="training")
    train = _marked(metric, "Training", style.training_look())
    val = _marked(f"val_{metric}", "Validation", style.validation_look())
    number = "customdata" if metric == "accuracy" else "y"
    for trace, group in ((train, "training"), (val, "validation")):
        # One entry in the legend for both plots; a click on it hides both.
        trace.update(legendgroup=group, showlegend=metric == "accuracy")
        trace.hovertemplate = (
            f"epoch %{{x}}: {metric} %{{{number}:.4f}}<extra>%{{fullData.name}}</extra>"
        )
    best.legendgroup = "validation"
    return [previous_train, previous_val, best, steps, train, val]


def _marked(meta: str, name: str, look: dict[str, Any]) -> go.Scatter:
    # Not clipped, so that the markers of the last epoch and of an accuracy of 1 are whole.
    return go.Scatter(
        meta=meta, name=name, mode="lines+markers", cliponaxis=False, **_NO_POINT, **look
    )


def _thin(meta: str, name: str, colour: str) -> go.Scatter:
    return go.Scatter(
        meta=meta,
        name=name,
        mode="lines",
        line={"color": colour, "width": style.FINE_LINE_WIDTH},
        showlegend=False,
        hoverinfo="skip",
        **_NO_POINT,
    )


def _lay_out(figure: go.Figure) -> None:
    figure.update_layout(
        template=style.template(),
        font_size=style.FONT_SIZE,
        hoverlabel_font_size=style.FONT_SIZE,
        margin={"l": 105, "r": 105, "t": 34, "b": 52},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        # The same for every drawing, so that a zoom by hand survives the next point.
        uirevision="live",
    )
    step = style.epoch_step(EPOCHS_SHOWN)
    figure.update_xaxes(range=[0, EPOCHS_SHOWN], tick0=0, dtick=step, tickformat="~g")
    figure.update_xaxes(title_text="Epoch", row=2, col=1)
    # Margins that follow the labels would make the plots jump while numbers grow.
    figure.update_xaxes(automargin=False)
    figure.update_yaxes(automargin=False)
    figure.update_yaxes(title_text=HALVING.title, range=HALVING.shown([]), row=1, col=1)
    figure.update_yaxes(HALVING.ticks(), row=1, col=1)
    figure.update_yaxes(title_text="Loss", rangemode="tozero", row=2, col=1)


def _mark_guessing(figure: go.Figure) -> None:
    line = {"color": style.TEXT, "width": 2, "dash": "dot"}
    figure.add_hline(HALVING.height(GUESSING), line=line, row=1, col=1)
