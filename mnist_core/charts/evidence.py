"""Which pixels of a digit spoke for one answer, and which for another."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mnist_core.charts import style

Floats = npt.NDArray[np.float32]

_HEIGHT: Final = 260
_NO_INK: Final = "rgba(128, 128, 128, 0.12)"


class Evidence(NamedTuple):
    """The numbers behind the figure.

    Attributes:
        first: float32 (28, 28), how much each pixel spoke for the first answer; 0 elsewhere.
        second: float32 (28, 28), the same for the second answer.
        largest: of all these numbers; both pictures share it as the end of their scale.
    """

    first: Floats
    second: Floats
    largest: float


def gather_evidence(pixels: Floats) -> Evidence:
    """Part what spoke for the one answer from what spoke for the other.

    Args:
        pixels: float32 (28, 28), above 0 for the first answer, below 0 for the second.
    """
    known = np.nan_to_num(pixels, nan=0.0, posinf=0.0, neginf=0.0)
    return Evidence(known.clip(min=0), (-known).clip(min=0), float(np.abs(known).max()))


def plot_evidence(pixels: Floats, first: int, second: int, true: int) -> go.Figure:
    """Draw both sides beside each other: two pictures need no telling apart by colour.

    Args:
        pixels: float32 (28, 28), above 0 for the first answer, below 0 for the second.
        first: the digit that numbers above 0 speak for.
        second: the digit that numbers below 0 speak for.
        true: what the digit is; what spoke for it has the colour of right, else that of wrong.
    """
    evidence = gather_evidence(pixels)
    titles = [f"for {first}", f"for {second}"]
    figure = make_subplots(1, 2, subplot_titles=titles, horizontal_spacing=0.04)
    sides = ((evidence.first, first), (evidence.second, second))
    for column, ((side, digit), title) in enumerate(zip(sides, titles, strict=True), start=1):
        colour = style.RIGHT if digit == true else style.WRONG
        figure.add_heatmap(
            z=side,
            zmin=0,
            zmax=evidence.largest or 1.0,
            colorscale=[[0, _NO_INK], [1, colour]],
            showscale=False,
            hovertemplate=f"row %{{y}}, column %{{x}}: %{{z:.3f}}<extra>{title}</extra>",
            row=1,
            col=column,
        )
    figure.update_layout(
        template=style.template(),
        height=_HEIGHT,
        margin={"l": 0, "r": 0, "t": 34, "b": 0},
        hoverlabel_font_size=style.FONT_SIZE,
    )
    figure.update_annotations(font_size=style.FONT_SIZE)
    figure.update_xaxes(visible=False, fixedrange=True, constrain="domain")
    figure.update_yaxes(visible=False, fixedrange=True, autorange="reversed", constrain="domain")
    figure.update_yaxes(scaleanchor="x", col=1)
    figure.update_yaxes(scaleanchor="x2", col=2)
    return figure
