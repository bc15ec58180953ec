"""The loss from update to update, where a person makes them one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.formatting import counted, loss_text

_HEIGHT: Final = 250


def plot_update_losses(losses: Sequence[float], val_losses: Sequence[float]) -> go.Figure:
    """Draw the loss of the digits that an update is made for, and that of validation digits.

    Args:
        losses: before each update, and at the end after the last one; what is not finite is left
            out.
        val_losses: of the validation digits, at the same moments.
    """
    figure = go.Figure()
    for name, values, look in (
        ("Digits being taught", losses, style.training_look()),
        ("Validation digits", val_losses, style.validation_look()),
    ):
        figure.add_scatter(
            x=list(range(len(values))),
            y=[value if math.isfinite(value) else None for value in values],
            mode="lines+markers",
            name=name,
            hovertemplate=f"after %{{x}} updates: %{{y:.4f}}<extra>{name}</extra>",
            **look,
        )
    style.lay_out_alone(figure, _HEIGHT)
    last = len(losses) - 1
    figure.update_xaxes(
        title_text="Updates", dtick=style.epoch_step(last), range=[-0.3, last + 0.3], zeroline=False
    )
    figure.update_yaxes(title_text="Loss", title_standoff=12, rangemode="tozero")
    return figure


def update_losses_words(losses: Sequence[float], val_losses: Sequence[float]) -> str:
    """Say what the figure shows: where both curves begin and end."""
    return (
        f"Loss over {counted(len(losses) - 1, 'update')}: from {loss_text(losses[0])} to "
        f"{loss_text(losses[-1])} for the digits being taught, from {loss_text(val_losses[0])} to "
        f"{loss_text(val_losses[-1])} for the validation digits."
    )
