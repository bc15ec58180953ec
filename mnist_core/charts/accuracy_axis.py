"""The axis of accuracy: how high a number is drawn, where lines stand, how much of it is shown.

On ``HALVING`` about half of the errors are left from one line to the next, so that 97 and 98 %
lie as far apart as 40 and 60 %. Browsers get the same tables (``as_data``) and interpolate in them
as it is done here: the law and its numbers stand in this file alone.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeGuard

_STRAIGHT_FROM: Final = 0.99
"""Above, the axis is straight: halved for ever, the errors would never let 1.0 be reached."""

_PLACES_A_HALVING: Final = 8
"""Straight pieces between an error rate and its half: the bend lies within a pixel's half."""

_MARGIN: Final = 0.03
"""Room beyond the outermost lines, as a share of what is between them: markers there are whole."""


@dataclass(frozen=True)
class AccuracyAxis:
    """What heights stand for which accuracies.

    Attributes:
        title: what is written beside the axis.
        lines: accuracies, 0 to 1, rising, that have a line; the first is 0 and the last is 1.
        places: accuracies, 0 to 1, and their heights, both rising; in between it is straight.
        fewest_spaces: so many spaces between lines are shown at least.
    """

    title: str
    lines: tuple[float, ...]
    places: tuple[tuple[float, float], ...]
    fewest_spaces: int

    def height(self, accuracy: float | None) -> float | None:
        """Return how high an accuracy is drawn.

        Args:
            accuracy: 0 to 1; beyond, it is drawn at the end of the axis.

        Returns:
            A number on the axis of the figure; None where there is no number.
        """
        return self._height(accuracy) if _is_number(accuracy) else None

    def shown(self, accuracies: Iterable[float | None]) -> tuple[float, float]:
        """Choose how much of the axis is shown: whole spaces between lines, with all the numbers.

        Args:
            accuracies: what is drawn, 0 to 1; None and NaN are left out.

        Returns:
            The heights at the bottom and at the top of the figure; of the whole axis where there
            is no number.
        """
        known = [value for value in accuracies if _is_number(value)]
        last = len(self.lines) - 1
        low, high = 0, last
        if known:
            low = max(bisect.bisect_right(self.lines, min(known)) - 1, 0)
            high = min(bisect.bisect_left(self.lines, max(known)), last)
        high = max(high, min(low + self.fewest_spaces, last))  # room to rise into
        low = min(low, max(high - self.fewest_spaces, 0))
        bottom, top = self._height(self.lines[low]), self._height(self.lines[high])
        margin = _MARGIN * (top - bottom)
        return bottom - margin, top + margin

    def ticks(self) -> dict[str, Any]:
        """Return what an axis of Plotly needs to draw the lines and to name them in per cent."""
        return {
            "tickmode": "array",
            "tickvals": list(map(self._height, self.lines)),
            "ticktext": [f"{100 * line:g} %" for line in self.lines],
        }

    def as_data(self) -> dict[str, Any]:
        """Return the axis as a browser takes it: JSON."""
        return {**asdict(self), "margin": _MARGIN, "ticks": self.ticks()}

    def _height(self, accuracy: float) -> float:
        above = bisect.bisect_left(self.places, accuracy, key=lambda place: place[0])
        if above in (0, len(self.places)):
            return self.places[min(above, len(self.places) - 1)][1]
        (low, below), (high, top) = self.places[above - 1 : above + 1]
        return below + (accuracy - low) / (high - low) * (top - below)


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _halving_places() -> Iterator[tuple[float, float]]:
    """Yield the places of an axis on which a height of 1 halves the errors, up to where it ends."""
    fewest = 1 - _STRAIGHT_FROM
    halvings = math.log2(1 / fewest)
    for piece in range(math.ceil(halvings * _PLACES_A_HALVING)):
        height = piece / _PLACES_A_HALVING
        yield 1 - 2**-height, height
    yield _STRAIGHT_FROM, halvings
    yield 1.0, halvings + 1 / math.log(2)  # goes on as steep as it came


HALVING: Final = AccuracyAxis(
    title='Accuracy<br><span style="font-size: 0.75em">each line about halves the errors</span>',
    lines=(0.0, 0.5, 0.75, 0.9, 0.95, 0.975, _STRAIGHT_FROM, 1.0),
    places=tuple(_halving_places()),
    fewest_spaces=2,
)
"""Shows as much of itself as the numbers need."""

PLAIN: Final = AccuracyAxis(
    title="Accuracy",
    lines=(0.0, 0.25, 0.5, 0.75, 1.0),
    places=((0.0, 0.0), (1.0, 1.0)),
    fewest_spaces=4,
)
"""Always shown from 0 to 1."""

PLAIN_IN_WORDS: Final = "Plain accuracy axis"
"""The name of the switch between the two, wherever there is one."""
