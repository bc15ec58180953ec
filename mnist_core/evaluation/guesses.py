"""How near a class came that guessed a test accuracy: by numbers of its own, or by raised hands.

Standard library only; knows neither classes nor the pages.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mnist_core.evaluation.accuracy import CLOSE_POINTS, Accuracy, score_expectation
from mnist_core.formatting import counted, percent, points


class Range(NamedTuple):
    """Accuracies, 0 to 1, from one up to another, which belongs to the next range, but for 1.0."""

    low: float
    high: float

    def holds(self, accuracy: float) -> bool:
        """Check whether an accuracy lies in the range."""
        return self.low <= accuracy < self.high or accuracy == self.high == 1.0

    def __str__(self) -> str:
        if not self.low:
            return f"under {_plain(self.high)} %"
        if self.high == 1.0:
            return f"{_plain(self.low)} % and more"
        return f"{_plain(self.low)} to {_plain(self.high)} %"


@dataclass(frozen=True)
class ClassScore:
    """How good the predictions of a class were, each scored like a single person's.

    The error of a prediction is the number of percentage points between it and the test accuracy.
    One that is off by no more than ``CLOSE_POINTS``, or lies within the accuracy's 95 % interval,
    is close; see `ExpectationScore`.

    Attributes:
        predictions: how many there are.
        close: how many of them are close.
        median: the middle one, 0 to 1; of an even number, the mean of both in the middle.
        reached: the test accuracy, 0 to 1.
        smallest_error: of the nearest one, in percentage points.
    """

    predictions: int
    close: int
    median: float
    reached: float
    smallest_error: float

    @property
    def sentence(self) -> str:
        """The score in words."""
        return (
            f"{self.close} of {counted(self.predictions, 'prediction')} "
            f"{'was' if self.close == 1 else 'were'} close, within {CLOSE_POINTS:g} points. "
            f"The middle one was {percent(self.median)}: "
            f"{abs(points(self.reached, self.median))} points off."
        )


@dataclass(frozen=True)
class HandScore:
    """How good a class's guesses were, of which only the ranges are known.

    Attributes:
        hands: how many were raised.
        right: how many of them for the range that holds the test accuracy.
        range: that range.
        median: the range that the middle hand was raised for; of an even number, the lower one.
    """

    hands: int
    right: int
    range: Range
    median: Range

    @property
    def sentence(self) -> str:
        """The score in words."""
        return (
            f"{self.right} of {counted(self.hands, 'hand')} {'was' if self.right == 1 else 'were'} "
            f"right: {self.range}. The middle hand said {self.median}."
        )


def score_guesses(expected: Collection[float], accuracy: Accuracy) -> ClassScore:
    """Score what a class predicted.

    Args:
        expected: test accuracies, 0 to 1, at least one.
        accuracy: what the network came to.

    Raises:
        ValueError: nobody predicted anything.
    """
    if not expected:
        raise ValueError("nobody predicted anything")
    scores = [score_expectation(each, accuracy) for each in expected]
    return ClassScore(
        predictions=len(scores),
        close=sum(score.is_close for score in scores),
        median=statistics.median(expected),
        reached=accuracy.fraction,
        smallest_error=min(score.error for score in scores),
    )


def score_hands(hands: Mapping[Range, int], reached: float) -> HandScore:
    """Score hands that were counted.

    Args:
        hands: how many were raised for each range, the lowest first; together they hold all
            accuracies.
        reached: the test accuracy, 0 to 1.

    Raises:
        ValueError: nobody raised a hand.
    """
    total = sum(hands.values())
    if not total:
        raise ValueError("nobody raised a hand")
    up_to = itertools.accumulate(hands.values())
    return HandScore(
        hands=total,
        right=sum(count for each, count in hands.items() if each.holds(reached)),
        range=next(each for each in hands if each.holds(reached)),
        median=next(each for each, count in zip(hands, up_to, strict=True) if 2 * count >= total),
    )


def _plain(fraction: float) -> str:
    return f"{100 * fraction:g}"
