"""How one run's validation accuracy moved: as small as a postage stamp, and in words.

Curves that stand beside each other share one scale, so that the eye may compare them. An image
instead of a Plotly figure: six of them on a page cost nothing. It carries no text alternative of
its own; whoever shows it gives it the words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from mnist_core.charts import style
from mnist_core.charts.accuracy_axis import PLAIN, AccuracyAxis
from mnist_core.formatting import percent

# Pixels of the image; whoever shows it decides how large these are.
_WIDTH: Final = 320
_HEIGHT: Final = 120
_SIDE: Final = 14
_TOP: Final = 36
_MARKER: Final = 10
_FONT: Final = 22
_ABOVE: Final = -14
_BELOW: Final = 28
_NUMBER: Final = 92  # as wide as "100.0 %"

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


class Scale(NamedTuple):
    """The validation accuracies, 0 to 1, at the bottom and at the top of every image."""

    low: float
    high: float


def common_scale(curves: Iterable[Values]) -> Scale | None:
    """Find the scale that has room for all these curves.

    Args:
        curves: validation accuracy, 0 to 1, one an epoch; None and NaN are left out.

    Returns:
        From the lowest number to the highest; None where there is no number.
    """
    known = [value for values in curves for value in _known(values).values()]
    return Scale(min(known), max(known)) if known else None


def gather_points(
    values: Values, scale: Scale | None, *, accuracy_axis: AccuracyAxis = PLAIN
) -> list[Point]:
    """Place the epochs in the image: the first left, the last right.

    Args:
        values: validation accuracy, 0 to 1, one an epoch; None and NaN are left out.
        scale: from ``common_scale`` of these values and of the curves beside them.
        accuracy_axis: how high accuracies are drawn between bottom and top of the scale.

    Returns:
        A point for each number, in the order of the epochs.
    """
    if scale is None:
        return []
    known = _known(values)
    across = (_WIDTH - 2 * _SIDE) / max(len(values) - 1, 1)
    down = _HEIGHT - 2 * _TOP
    heights = {value: accuracy_axis.height(value) or 0.0 for value in (*scale, *known.values())}
    top = heights[scale.high]
    spread = (top - heights[scale.low]) or 1.0
    return [
        Point(_SIDE + across * epoch, _TOP + down * ((top - heights[value]) / spread), value)
        for epoch, value in known.items()
    ]


def small_curve_svg(
    values: Values, scale: Scale | None, *, accuracy_axis: AccuracyAxis = PLAIN
) -> str:
    """Draw the curve with its first and its last number; arguments as for `gather_points`.

    Returns:
        An SVG image that reads on a light and on a dark page, with a faint line at the top of the
        scale.
    """
    points = gather_points(values, scale, accuracy_axis=accuracy_axis)
    if points:
        curve = [_line(points), _marker(points[0]), _marker(points[-1])]
        shapes = [_top_line(), *curve, *_numbers(points)]
    else:
        shapes = [_text("no epoch yet", _WIDTH / 2, _HEIGHT / 2, "middle")]
    view = f"0 0 {_WIDTH} {_HEIGHT}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{"".join(shapes)}</svg>'


def small_curve_words(values: Values) -> str:
    """Put the curve into words: "Validation accuracy rose from 91.2 % to 97.8 % in 10 epochs"."""
    known = list(_known(values).values())
    if not known:
        return "No epoch is complete yet"
    first, last = percent(known[0]), percent(known[-1])
    if len(known) == 1:
        return f"Validation accuracy {last} after one epoch"
    epochs = f"in {len(values)} epochs"
    if first == last:
        return f"Validation accuracy began and ended at {last} {epochs}"
    moved = "rose" if known[-1] > known[0] else "fell"
    return f"Validation accuracy {moved} from {first} to {last} {epochs}"


def scale_words(scale: Scale | None) -> str:
    """Put into words what bottom and top stand for; empty where all curves are at one height."""
    if scale is None or percent(scale.low) == percent(scale.high):
        return ""
    return (
        f"Every curve has the same scale: {percent(scale.low)} is at the bottom, and "
        f"{percent(scale.high)} at the faint line."
    )


def _known(values: Values) -> dict[int, float]:
    return {
        epoch: value
        for epoch, value in enumerate(values)
        if value is not None and math.isfinite(value)
    }


def _top_line() -> str:
    """Draw the line between the numbers, which it would cross out."""
    return (
        f'<line x1="{_NUMBER}" x2="{_WIDTH - _NUMBER}" y1="{_TOP}" y2="{_TOP}" '
        f'stroke="{style.TEXT}" stroke-opacity="0.5" stroke-width="2"/>'
    )


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
