"""What a network says of one digit: ten bars, the guess and the true digit marked."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mnist_core.charts import style
from mnist_core.config import CLASSES
from mnist_core.errors import EvaluationError
from mnist_core.formatting import percent

_HEIGHT: Final = 340


class _Role(NamedTuple):
    """How the bars of one kind look. Each has a pattern of its own, beside its colour."""

    name: str
    colour: str
    pattern: str


_OTHER: Final = _Role("Other digits", style.TEXT, "")
_RIGHT: Final = _Role("Guess and true digit", style.RIGHT, "")
_GUESS: Final = _Role("Guess", style.WRONG, "/")
_TRUE: Final = _Role("True digit", style.RIGHT, ".")
_UNJUDGED: Final = _Role("Guess", style.TRAINING, "/")


def plot_probabilities(y_prob: npt.NDArray[np.float32], true: int | None) -> go.Figure:
    """Draw the ten likelihoods of one digit.

    The guess and the true digit have a colour and a pattern each, and a line in the legend that
    names them with their likelihood. Where the likelihoods are not numbers, there is no bar, and
    the figure says so.

    Args:
        y_prob: float32 (10,), 0 to 1.
        true: what the digit is, 0 to 9; None where nobody has said it, as for a drawing: the guess
            is then marked as neither right nor wrong.

    Raises:
        EvaluationError: there are not ten likelihoods, or ``true`` is no digit.
    """
    if y_prob.shape != (CLASSES,):
        raise EvaluationError(f"Likelihoods must be {CLASSES} numbers; got shape {y_prob.shape}.")
    if true is not None and true not in range(CLASSES):
        raise EvaluationError(f"{true!r} is no digit. Choose 0 to 9.")
    figure = _empty_figure()
    if not np.isfinite(y_prob).all():
        figure.add_annotation(
            text="No guess: the likelihoods are not numbers.",
            x=0.5,
            y=0.5,
            xref="paper",
            yref="paper",
            showarrow=False,
            font_size=style.FONT_SIZE,
        )
        return figure
    for role, digits in _cast(int(y_prob.argmax()), true).items():
        _add_bars(figure, role, digits, y_prob)
    return figure


def _cast(guess: int, true: int | None) -> dict[_Role, list[int]]:
    """Describe which digits play which role."""
    others = [digit for digit in range(CLASSES) if digit not in (guess, true)]
    if true is None:
        return {_OTHER: others, _UNJUDGED: [guess]}
    if guess == true:
        return {_OTHER: others, _RIGHT: [true]}
    return {_OTHER: others, _GUESS: [guess], _TRUE: [true]}


def _add_bars(
    figure: go.Figure, role: _Role, digits: list[int], y_prob: npt.NDArray[np.float32]
) -> None:
    shares = [percent(float(y_prob[digit])) for digit in digits]
    figure.add_bar(
        x=digits,
        y=[float(y_prob[digit]) for digit in digits],
        name=f"{role.name}: {digits[0]}, {shares[0]}" if role is not _OTHER else role.name,
        showlegend=role is not _OTHER,
        marker=style.bar_look(role.colour, role.pattern),
        customdata=shares,
        hovertemplate=f"digit %{{x}}: %{{customdata}}<extra>{role.name}</extra>",
    )


def _empty_figure() -> go.Figure:
    figure = go.Figure()
    style.lay_out_alone(figure, _HEIGHT)
    figure.update_layout(barmode="overlay", bargap=0.2, showlegend=True)
    figure.update_xaxes(title_text="Digit", dtick=1, showgrid=False, range=[-0.5, CLASSES - 0.5])
    figure.update_yaxes(
        title_text="Likelihood",
        title_standoff=12,
        tickformat=".0%",
        tickvals=[0, 0.5, 1],
        range=[0, 1.02],
    )
    return figure
