"""How good a network is, in numbers and sentences: accuracy, its uncertainty, the curves in words.

Standard library only; knows neither Keras nor the pages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mnist_core.config import GUESSING, SERIES
from mnist_core.evaluation.diagnosis import Curves, accuracy_words, loss_words, words_for
from mnist_core.formatting import percent

Z_95: Final = 1.959963984540054
"""Within so many standard deviations lie 95 % of a normal distribution."""

CLOSE_POINTS: Final = 3.0
"""A prediction no further off than this knew how well such a network reads."""


@dataclass(frozen=True)
class Accuracy:
    """A share of right answers and what it is worth.

    Attributes:
        right: digits read right.
        tested: digits shown.
        low, high: ends of the 95 % interval, 0 to 1.
    """

    right: int
    tested: int
    low: float
    high: float

    @property
    def fraction(self) -> float:
        """The accuracy, 0 to 1."""
        return self.right / self.tested

    @property
    def guessed(self) -> int:
        """Digits that guessing without looking gets right, on average."""
        return round(self.tested * GUESSING)

    @property
    def counted(self) -> str:
        """The two numbers, such as "9,780 of 10,000"."""
        return f"{self.right:,} of {self.tested:,}"

    @property
    def sentence(self) -> str:
        """The numbers beside what guessing would get."""
        return f"{self.counted} right; guessing would get about {self.guessed:,}."

    @property
    def beside_guessing(self) -> str:
        """What guessing would get, by itself."""
        return f"Guessing without looking would get about {self.guessed:,} of them."

    @property
    def uncertainty(self) -> str:
        """The interval in a sentence."""
        return (
            "Tested with other digits of the same kind, it would come out a little differently: "
            f"its accuracy very probably lies between {percent(self.low)} and "
            f"{percent(self.high)} (95 % interval, Wilson 1927)."
        )


@dataclass(frozen=True)
class ExpectationScore:
    """How good a prediction of the test accuracy was.

    Attributes:
        predicted: 0 to 1.
        points: percentage points by which the accuracy came out higher; negative for lower.
        spot_on: the prediction lies within the 95 % interval of the accuracy: no test of this
            size could have told them apart.
    """

    predicted: float
    points: float
    spot_on: bool

    @property
    def sentence(self) -> str:
        """The score in words."""
        difference = f"{abs(self.points):.1f}"
        side = "more" if self.points > 0 else "less"
        how = "exactly that" if difference == "0.0" else f"{difference} points {side}"
        return f"You predicted {percent(self.predicted)}: it is {how}. {self.grade}"

    @property
    def grade(self) -> str:
        """The score in a word or two."""
        if self.spot_on:
            return "Spot on: the test can't tell the two apart."
        return "Close!" if abs(self.points) <= CLOSE_POINTS else "A surprise!"


def describe_accuracy(right: int, tested: int) -> Accuracy:
    """Describe what a test accuracy is worth: beside guessing, and how uncertain it is.

    The interval is Wilson's score interval. Unlike the usual plus and minus it never leaves 0 to
    1, and it holds where nearly all answers are right.

    Args:
        right: digits read right, 0 to ``tested``.
        tested: digits shown, at least 1.

    Raises:
        ValueError: the numbers are no such counts.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if not 0 <= right <= tested or tested < 1:
        raise ValueError(f"{right} of {tested} digits can't be right")
    share, weight = right / tested, Z_95**2 / tested
    centre = (share + weight / 2) / (1 + weight)
    spread = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    # Rounding must not put the ends a hair beyond what was seen where all or none are right.
    low, high = max(0.0, min(centre - spread, share)), min(1.0, max(centre + spread, share))
    return Accuracy(right, tested, low, high)


def count_right(accuracy: float, tested: int) -> int:
    """Return back the count that an accuracy, 0 to 1, was computed from."""
    return round(accuracy * tested)


def score_expectation(predicted: float, accuracy: Accuracy) -> ExpectationScore:
    """Score a prediction of the test accuracy, 0 to 1, made before the training."""
    points = (accuracy.fraction - predicted) * 100
    return ExpectationScore(predicted, points, accuracy.low <= predicted <= accuracy.high)


def describe_curves(history: Mapping[str, Sequence[Any]]) -> list[str]:
    """Describe what each of the four curves does, for those who can't see them.

    Args:
        history: ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, a number an epoch each.

    Returns:
        A sentence a curve, such as "Training accuracy rises from 0.61 in epoch 1 to 0.98 in
        epoch 10."; no sentence where there is no epoch.
    """
    curves = Curves.of(history)
    if not curves.epochs:
        return []
    return [_describe_curve(key, getattr(curves, key)) for key in SERIES]


def _describe_curve(key: str, values: Sequence[float]) -> str:
    rising_is_good = key.endswith("accuracy")
    write = accuracy_words if rising_is_good else loss_words
    name = words_for(key).capitalize()
    known = [(epoch, value) for epoch, value in enumerate(values, 1) if math.isfinite(value)]
    if not known:
        return f"{name} is not a number in any epoch."
    choose = max if rising_is_good else min
    best = choose(known, key=lambda point: point[1])
    turns = [known[0]]
    for point in (best, known[-1]):  # a point that reads the same as the last one says nothing
        if write(point[1]) != write(turns[-1][1]):
            turns.append(point)
    words = _way(turns, known[-1][0], write)
    gaps = "" if len(known) == len(values) else "; in some epochs it is not a number"
    return f"{name} {words}{gaps}."


def _way(turns: Sequence[tuple[int, float]], end: int, write: Any) -> str:
    start, first = turns[0]
    if len(turns) == 1:
        where = f"in epoch {start}" if start == end else f"from epoch {start} to epoch {end}"
        return f"{'is' if start == end else 'stays at'} {write(first)} {where}"
    words: list[str] = []
    before = first
    for epoch, value in turns[1:]:
        verb = "rises" if value > before else "falls"
        since = "" if words else f" from {write(first)} in epoch {start}"
        words.append(f"{verb}{since} to {write(value)} in epoch {epoch}")
        before = value
    same = "" if epoch == end else f", the same as in epoch {end}"
    return ", then ".join(words) + same
