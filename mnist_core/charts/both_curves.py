"""A run's accuracy and loss as one small image, for a page that has to do without Plotly.

Training is solid with circles, validation dashed with squares, as in every chart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeGuard

from mnist_core.charts import style
from mnist_core.formatting import metric_text

# Pixels of the image; whoever shows it decides how large these are.
_WIDTH: Final = 720
_HEIGHT: Final = 230
_GAP: Final = 40
_LEFT: Final = 68
_TOP: Final = 34
_BOTTOM: Final = 56
_FONT: Final = 15
_MARKER: Final = 4
_MARKERS_AT_MOST: Final = 40

_PANELS: Final = (("accuracy", "Accuracy"), ("loss", "Loss"))
_LINES: Final = (("", style.TRAINING, ""), ("val_", style.VALIDATION, "7 4"))

Values = Sequence[float | None]


class Panel(NamedTuple):
    """One of the two plots in the image.

    Attributes:
        left, right: pixels from the left edge.
        low, high: the values at its lower and its upper edge.
        epochs: how many epochs it is wide.
    """

    left: float
    right: float
    low: float
    high: float
    epochs: int

    def place(self, epoch: int, value: float) -> tuple[float, float]:
        """Return the pixels from the left and from the top of a value, epochs from 0."""
        across = (self.right - self.left) * epoch / max(self.epochs - 1, 1)
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.left + across, _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def both_curves_svg(history: Mapping[str, Values]) -> str:
    """Draw accuracy on the left and loss on the right.

    Args:
        history: Keras's four series, a value an epoch; None and what is not finite is left out.

    Returns:
        An SVG image that reads on a light and on a dark page; empty where there is no number.
    """
    panels = [
        shapes
        for position, (name, title) in enumerate(_PANELS)
        if (shapes := _panel(history, name, title, position))
    ]
    if not panels:
        return ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="Accuracy and loss over the epochs; the table has the numbers" '
        f'font-family="sans-serif" font-size="{_FONT}" fill="{style.TEXT}">'
        f"{''.join(panels)}{_legend()}</svg>"
    )


def _panel(history: Mapping[str, Values], name: str, title: str, position: int) -> str:
    series = [history.get(f"{prefix}{name}", ()) for prefix, _, _ in _LINES]
    known = [value for values in series for value in values if _is_number(value)]
    if not known:
        return ""
    width = (_WIDTH - _GAP) / 2
    left = position * (width + _GAP) + _LEFT
    low, high = (0.0, 1.0) if name == "accuracy" else (0.0, max(known))
    panel = Panel(left, left + width - _LEFT - 10, low, high, max(map(len, series)))
    lines = "".join(
        _line(panel, values, colour, dash)
        for values, (_, colour, dash) in zip(series, _LINES, strict=True)
    )
    return _frame(panel, title) + lines


def _frame(panel: Panel, title: str) -> str:
    bottom, middle = _HEIGHT - _BOTTOM, (panel.left + panel.right) / 2
    epochs = f"1 to {panel.epochs}" if panel.epochs > 1 else "1"
    return (
        f'<path d="M{panel.left:.1f},{_TOP} V{bottom} H{panel.right:.1f}" fill="none" '
        f'stroke="{style.TEXT}"/>'
        + _text(title, middle, 20, "middle")
        + _text(metric_text(title.lower(), panel.high), panel.left - 8, _TOP + 5, "end")
        + _text(f"{panel.low:g}", panel.left - 8, bottom + 5, "end")
        + _text(f"epoch {epochs}", middle, bottom + 20, "middle")
    )


def _line(panel: Panel, values: Values, colour: str, dash: str) -> str:
    places = [panel.place(epoch, value) for epoch, value in enumerate(values) if _is_number(value)]
    if not places:
        return ""
    route = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = (
        f'<polyline points="{route}" fill="none" stroke="{colour}" stroke-width="2.5" '
        f'stroke-dasharray="{dash or "none"}"/>'
    )
    every = math.ceil(len(places) / _MARKERS_AT_MOST)
    return line + "".join(_marker(x, y, colour, square=bool(dash)) for x, y in places[::every])


def _marker(x: float, y: float, colour: str, *, square: bool) -> str:
    if square:
        size = 2 * _MARKER
        return (
            f'<rect x="{x - _MARKER:.1f}" y="{y - _MARKER:.1f}" width="{size}" height="{size}" '
            f'fill="{colour}"/>'
        )
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_MARKER}" fill="{colour}"/>'


def _legend() -> str:
    y = _HEIGHT - 12
    words = (("training", 200), ("validation", 400))
    return "".join(
        f'<path d="M{x},{y - 5} h40" stroke="{colour}" stroke-width="2.5" '
        f'stroke-dasharray="{dash or "none"}"/>'
        + _marker(x + 20, y - 5, colour, square=bool(dash))
        + _text(word, x + 50, y, "start")
        for (word, x), (_, colour, dash) in zip(words, _LINES, strict=True)
    )


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _text(words: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
