"""The figure that grows while a network learns: its empty template.

The browser fills it from live events. Each trace carries in ``meta`` the name of the numbers it
takes, so that whoever fills it needs no positions.
"""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnist_core.charts import style
from mnist_core.config import GUESSING

EPOCHS_SHOWN: Final = 10
"""How long the axis is before there is a run."""

_PALE: Final = 0.35
_METRICS: Final = ("accuracy", "loss")

# Plotly leaves a curve without any point out of the legend, and the plots would jump when its
# first one comes; a point without a place keeps its entry and draws nothing.
_NO_POINT: Final[dict[str, list[None]]] = {"x": [None], "y": [None]}


def live_figure() -> go.Figure:
    """Build the live figure without data: accuracy above on 0 to 1, loss below, epochs across.

    Returns:
        A figure with ten traces that draw nothing yet, in this order for accuracy and then for
        loss, with ``meta`` as here (``loss`` in place of ``accuracy`` for the second five):
        ``previous_accuracy`` and ``previous_val_accuracy``, the run before, pale;
        ``step_accuracy``, training within the epoch; ``accuracy`` and ``val_accuracy``, training
        and validation at the ends of epochs.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.07)
    for row, metric in enumerate(_METRICS, start=1):
        for trace in _traces(metric):
            figure.add_trace(trace, row=row, col=1)
    _lay_out(figure)
    _mark_guessing(figure)
    return figure


def _traces(metric: str) -> list[go.Scatter]:
    previous_train = _marked(f"previous_{metric}", "Previous run", style.training_look())
    previous_val = _marked(f"previous_val_{metric}", "Previous run", style.validation_look())
    for trace in (previous_train, previous_val):
        trace.update(opacity=_PALE, legendgroup="previous", showlegend=False, hoverinfo="skip")
        trace.legendrank = 2000  # drawn first, so that it lies behind, but named last
    steps = go.Scatter(
        meta=f"step_{metric}",
        name="Training, within the epoch",
        mode="lines",
        **_NO_POINT,
        line={"color": style.TRAINING, "width": style.FINE_LINE_WIDTH},
        opacity=0.7,
        legendgroup="training",
        showlegend=False,
        hoverinfo="skip",
    )
    train = _marked(metric, "Training", style.training_look())
    val = _marked(f"val_{metric}", "Validation", style.validation_look())
    for trace, group in ((train, "training"), (val, "validation")):
        # One entry in the legend for both plots; a click on it hides both.
        trace.update(legendgroup=group, showlegend=metric == "accuracy")
        trace.hovertemplate = f"epoch %{{x}}: {metric} %{{y:.4f}}<extra>%{{fullData.name}}</extra>"
    return [previous_train, previous_val, steps, train, val]


def _marked(meta: str, name: str, look: dict[str, Any]) -> go.Scatter:
    return go.Scatter(meta=meta, name=name, mode="lines+markers", **_NO_POINT, **look)


def _lay_out(figure: go.Figure) -> None:
    figure.update_layout(
        template=style.template(),
        font_size=style.FONT_SIZE,
        hoverlabel_font_size=style.FONT_SIZE,
        margin={"l": 70, "r": 20, "t": 45, "b": 60},
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
    figure.update_yaxes(title_text="Accuracy", range=[0, 1], row=1, col=1)
    figure.update_yaxes(title_text="Loss", rangemode="tozero", row=2, col=1)


def _mark_guessing(figure: go.Figure) -> None:
    figure.add_hline(
        y=GUESSING,
        line={"color": style.TEXT, "width": 2, "dash": "dot"},
        annotation={
            "text": f"guessing: {GUESSING}",
            "font": {"size": style.FONT_SIZE - 2},
            "yanchor": "bottom",
        },
        annotation_position="top right",
        row=1,
        col=1,
    )
