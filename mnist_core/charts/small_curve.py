"""How one run's validation accuracy moved: as small as a postage stamp, and in words.

An image instead of a Plotly figure: six of them on a page cost nothing. It carries no text
alternative of its own; whoever shows it gives it the words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from mnist_core.charts import style
from mnist_core.measuring import percent

# Pixels of the image; whoever shows it decides how large these are.
_WIDTH: Final = 320
_HEIGHT: Final = 120
_SIDE: Final = 14
_TOP: Final = 36
_MARKER: Final = 10
_FONT: Final = 22
_ABOVE: Final = -14
_BELOW: Final = 28

Values = Sequence[float | None]


class Point(NamedTuple):
    """A complete epoch in the image.

    Attributes:
        x: pixels from the left.
        y: pixels from the top.
        value: the validation accuracy, 0 to 1.
    """

    x: float
    y: float
    value: float


def gather_points(values: Values) -> list[Point]:
    """Place the epochs in the image: the first left, the last right, the best at the top.

    Args:
        values: validation accuracy, 0 to 1, one an epoch; None and NaN are left out.

    Returns:
        A point for each number, in the order of the epochs.
    """
    known = {
        epoch: value
        for epoch, value in enumerate(values)
        if value is not None and math.isfinite(value)
    }
    if not known:
        return []
    low, high = min(known.values()), max(known.values())
    across = (_WIDTH - 2 * _SIDE) / max(len(values) - 1, 1)
    down = _HEIGHT - 2 * _TOP
    spread = (high - low) or 1.0
    return [
        Point(_SIDE + across * epoch, _TOP + down * ((high - value) / spread), value)
        for epoch, value in known.items()
    ]


def small_curve_svg(values: Values) -> str:
    """Draw the curve with its first and its last number; arguments as for `gather_points`.

    Returns:
        An SVG image that reads on a light and on a dark page.
    """
    points = gather_points(values)
    if points:
        shapes = [_line(points), _marker(points[0]), _marker(points[-1]), *_numbers(points)]
    else:
        shapes = [_text("no epoch yet", _WIDTH / 2, _HEIGHT / 2, "middle")]
    view = f"0 0 {_WIDTH} {_HEIGHT}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{"".join(shapes)}</svg>'


def small_curve_words(values: Values) -> str:
    """Say what the curve shows: "Validation accuracy rose from 91.2 % to 97.8 % in 10 epochs"."""
    points = gather_points(values)
    if not points:
        return "No epoch is complete yet"
    first, last = percent(points[0].value), percent(points[-1].value)
    if len(points) == 1:
        return f"Validation accuracy {last} after one epoch"
    epochs = f"in {len(values)} epochs"
    if first == last:
        return f"Validation accuracy began and ended at {last} {epochs}"
    moved = "rose" if points[-1].value > points[0].value else "fell"
    return f"Validation accuracy {moved} from {first} to {last} {epochs}"


def _line(points: Sequence[Point]) -> str:
    places = " ".join(f"{point.x:.1f},{point.y:.1f}" for point in points)
    return (
        f'<polyline points="{places}" fill="none" stroke="{style.VALIDATION}" stroke-width="4" '
        'stroke-dasharray="10 5" stroke-linejoin="round"/>'
    )


def _marker(point: Point) -> str:
    x, y = point.x - _MARKER / 2, point.y - _MARKER / 2
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{_MARKER}" height="{_MARKER}" '
        f'fill="{style.VALIDATION}"/>'
    )


def _numbers(points: Sequence[Point]) -> list[str]:
    first, last = points[0], points[-1]
    # Each number stands on the side that the curve does not go to.
    beside_first, beside_last = (_ABOVE, _BELOW) if last.y > first.y else (_BELOW, _ABOVE)
    start = _text(percent(first.value), 2, first.y + beside_first, "start")
    if len(points) == 1:
        return [start]
    return [start, _text(percent(last.value), _WIDTH - 2, last.y + beside_last, "end")]


def _text(words: str, x: float, y: float, anchor: str) -> str:
    return (
        f'<text x="{x:g}" y="{y:.1f}" text-anchor="{anchor}" font-family="sans-serif" '
        f'font-size="{_FONT}" fill="{style.TEXT}">{words}</text>'
    )
