"""How many of each digit there are to learn from, to check with, and for the exam."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.data import count_digits

Labels = npt.NDArray[np.uint8]

_HEIGHT: Final = 420
_LOOKS: Final = {
    "Training": style.bar_look(style.TRAINING),
    "Validation": style.bar_look(style.VALIDATION, "/"),
    "Test": style.bar_look(style.TEST, "."),
}


class ClassBalance(NamedTuple):
    """The numbers behind the figure, each for the digits 0 to 9.

    Attributes:
        train: how many of each digit are there to learn from.
        val: how many to check with while learning.
        test: how many for the exam at the end.
    """

    train: list[int]
    val: list[int]
    test: list[int]


def gather_class_balance(y_train: Labels, y_val: Labels, y_test: Labels) -> ClassBalance:
    """Count each digit in each part of a data set.

    Args:
        y_train: uint8 (n,), 0 to 9.
        y_val: uint8 (m,), 0 to 9.
        y_test: uint8 (k,), 0 to 9.
    """
    return ClassBalance(*(count_digits(labels).tolist() for labels in (y_train, y_val, y_test)))


def plot_class_balance(balance: ClassBalance) -> go.Figure:
    """Draw how many of each digit there are: a bar a digit, of three parts on top of each other.

    Args:
        balance: as ``gather_class_balance`` counts it.
    """
    figure = go.Figure()
    for (name, look), counts in zip(_LOOKS.items(), balance, strict=True):
        figure.add_bar(
            x=list(range(len(counts))),
            y=counts,
            name=name,
            marker=look,
            hovertemplate=f"digit %{{x}}: %{{y:,}}<extra>{name}</extra>",
        )
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_layout(barmode="stack", bargap=0.2, legend_traceorder="normal")
    figure.update_xaxes(title_text="Digit", dtick=1, showgrid=False)
    figure.update_yaxes(title_text="Images", title_standoff=12, tickformat=",d", rangemode="tozero")
    return figure
