"""A grid of test accuracies: how they are shaded, and which are as good as the best.

Standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mnist_core.evaluation.accuracy import count_right, describe_accuracy
from mnist_core.formatting import counted, percent

_FEWEST_ERRORS: Final = 0.001
"""A share; below, a cell is shaded like this one."""

Place = tuple[int, int]
"""Row and column of a cell, from 0."""


@dataclass(frozen=True)
class GridResult:
    """What is known of a grid so far.

    Attributes:
        accuracy: test accuracy, 0 to 1, of each cell by its place; cells without a test are not
            there.
        best: the cell with the highest one; None where none has one.
        as_good: cells that the test can't tell from the best, the best among them: their accuracy
            lies within its 95 % interval.
    """

    accuracy: dict[Place, float]
    best: Place | None
    as_good: frozenset[Place]

    def shade(self, place: Place) -> float | None:
        """Return how far a cell is from the worst, 0, to the best, 1; None without a test.

        Errors are compared by how many times fewer they are, as on the axis of accuracy: from 2 %
        to 1 % is as far as from 20 % to 10 %.
        """
        if place not in self.accuracy:
            return None
        heights = sorted(map(_height, self.accuracy.values()))
        low, high = heights[0], heights[-1]
        return 1.0 if high == low else (_height(self.accuracy[place]) - low) / (high - low)


def gather_grid(accuracies: Sequence[Sequence[float | None]], tested: int) -> GridResult:
    """Gather what a grid has come to.

    Args:
        accuracies: test accuracy, 0 to 1, row by row; None where there is none yet.
        tested: test digits.
    """
    known = {
        (row, column): value
        for row, values in enumerate(accuracies)
        for column, value in enumerate(values)
        if value is not None
    }
    if not known:
        return GridResult({}, None, frozenset())
    best = max(known, key=lambda place: known[place])
    low = describe_accuracy(count_right(known[best], tested), tested).low
    return GridResult(known, best, frozenset(place for place in known if known[place] >= low))


def describe_grid(result: GridResult, best: str) -> str:
    """Describe which cell is the best, and how many are as good; empty where none has a test.

    Args:
        result: what the grid has come to.
        best: the settings of the best cell in words.
    """
    if result.best is None:
        return ""
    told = f"Highest: {percent(result.accuracy[result.best])}, with {best}."
    others = len(result.as_good) - 1
    if not others:
        return f"{told} With one seed each, that may still be luck."
    return (
        f"{told} {counted(others, 'other cell')} can't be told from it by these test digits: "
        "there is no winner among them."
    )


def _height(accuracy: float) -> float:
    return -math.log2(max(1 - accuracy, _FEWEST_ERRORS))
