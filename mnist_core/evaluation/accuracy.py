"""How good a network is, in numbers and sentences: accuracy, its uncertainty, the curves in words.

Standard library only; knows neither Keras nor the pages.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final, TypeVar

from mnist_core.config import GUESSING, SERIES
from mnist_core.evaluation.diagnosis import Curves, words_for
from mnist_core.formatting import counted, metric_text, percent, points

Z_95: Final = 1.959963984540054
"""Within so many standard deviations lie 95 % of a normal distribution."""

CLOSE_POINTS: Final = 3.0
"""A prediction no further off than this knew how well such a network reads."""

Group = TypeVar("Group", bound=Hashable)
Point = tuple[int, float]  # an epoch, from 1, and its number


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
            f"{percent(self.high)}. Of 100 such ranges, 95 hold the true value."
        )


@dataclass(frozen=True)
class ExpectationScore:
    """How good a prediction of the test accuracy was.

    Attributes:
        predicted: 0 to 1.
        reached: the accuracy, 0 to 1.
        spot_on: the prediction lies within the 95 % interval of the accuracy: no test of this
            size could have told them apart.
    """

    predicted: float
    reached: float
    spot_on: bool

    def sentence(self, *, is_mine: bool) -> str:
        """Return the score in words; only whoever made the prediction is called "you"."""
        who = "You" if is_mine else "Whoever trained it"
        return f"{who} predicted {percent(self.predicted)}: it is {self._difference}. {self.grade}"

    @property
    def grade(self) -> str:
        """The score in a word or two."""
        if self.spot_on:
            return "Spot on: the test can't tell the two apart."
        return "Close!" if self.is_close else "A surprise!"

    @property
    def is_close(self) -> bool:
        """Whether it was a good prediction."""
        return self.spot_on or self.error <= CLOSE_POINTS

    @property
    def error(self) -> float:
        """Percentage points between the two, without what a computer adds in the tenth place."""
        return round(abs(self.reached - self.predicted) * 100, 9)

    @property
    def _difference(self) -> str:
        if not self.error:
            return "exactly that"
        written = abs(points(self.reached, self.predicted))
        side = "more" if self.reached > self.predicted else "less"
        return f"{written or 'less than 0.1'} points {side}"


def describe_accuracy(right: int, tested: int, best_of: int = 1) -> Accuracy:
    """Describe what an accuracy is worth: beside guessing, and how uncertain it is.

    The interval is Wilson's score interval. Unlike the usual plus and minus it never leaves 0 to
    1, and it holds where nearly all answers are right.

    Args:
        right: digits read right, 0 to ``tested``.
        tested: digits shown, at least 1.
        best_of: it was chosen as the best of so many, which is partly luck: the interval is as
            wide as it must be for all of them to lie within theirs in 95 of 100 cases.

    Raises:
        ValueError: the numbers are no such counts.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927), 209-212; for several
    Z. Šidák, "Rectangular confidence regions for the means of multivariate normal distributions",
    the same journal 62 (1967), 626-633.
    """
    if not 0 <= right <= tested or tested < 1:
        raise ValueError(f"{right} of {tested} digits can't be right")
    share, weight = right / tested, _deviations(best_of) ** 2 / tested
    centre = (share + weight / 2) / (1 + weight)
    spread = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    # Rounding must not put the ends a hair beyond what was seen where all or none are right.
    low, high = max(0.0, min(centre - spread, share)), min(1.0, max(centre + spread, share))
    return Accuracy(right, tested, low, high)


@functools.lru_cache
def _deviations(best_of: int) -> float:
    """Return how many standard deviations to each side hold all of so many in 95 % of cases."""
    return Z_95 if best_of == 1 else NormalDist().inv_cdf((1 + 0.95 ** (1 / best_of)) / 2)


def accuracy_by_group(right: Iterable[bool], groups: Iterable[Group]) -> dict[Group, Accuracy]:
    """Describe the accuracy within each group of digits, such as those of one writer.

    Args:
        right: whether each digit was read right.
        groups: which group each belongs to, in the same order.

    Returns:
        By group, in the order in which they first come.

    Raises:
        ValueError: there are more digits than groups, or the other way round.
    """
    tested: Counter[Group] = Counter()
    hits: Counter[Group] = Counter()
    for is_right, group in zip(right, groups, strict=True):
        tested[group] += 1
        hits[group] += bool(is_right)
    return {group: describe_accuracy(hits[group], count) for group, count in tested.items()}


def count_right(accuracy: float, tested: int) -> int:
    """Return back the count that an accuracy, 0 to 1, was computed from."""
    return round(accuracy * tested)


def score_expectation(predicted: float, accuracy: Accuracy) -> ExpectationScore:
    """Score a prediction of the test accuracy, 0 to 1, made before the training."""
    spot_on = accuracy.low <= predicted <= accuracy.high
    return ExpectationScore(predicted, accuracy.fraction, spot_on)


def describe_expectations(scores: Sequence[ExpectationScore]) -> str:
    """Describe how a class's predictions came out: how many were close, better, worse.

    Args:
        scores: of each prediction; empty gives no sentence.
    """
    if not scores:
        return ""
    close = sum(score.is_close for score in scores)
    better = sum(score.reached > score.predicted for score in scores if not score.is_close)
    return (
        f"Of {counted(len(scores), 'prediction')}, {close} {'was' if close == 1 else 'were'} "
        f"close. {counted(better, 'run')} came out better than predicted, "
        f"{len(scores) - close - better} worse."
    )


def describe_curves(history: Mapping[str, Sequence[Any]]) -> list[str]:
    """Describe what each of the four curves does, for those who can't see them.

    Args:
        history: ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, a number an epoch each.

    Returns:
        A sentence a curve, such as "Training accuracy rises from 61.0 % in epoch 1 to
        97.8 % in epoch 10."; no sentence where there is no epoch.
    """
    curves = Curves.of(history)
    if not curves.epochs:
        return []
    return [_describe_curve(key, getattr(curves, key)) for key in SERIES]


def _describe_curve(key: str, values: Sequence[float]) -> str:
    name = words_for(key).capitalize()
    known = [(epoch, value) for epoch, value in enumerate(values, 1) if math.isfinite(value)]
    if not known:
        return f"{name} is not a number in any epoch."
    choose = max if key.endswith("accuracy") else min
    write = functools.partial(metric_text, key)
    best = choose(known, key=lambda point: point[1])
    turns = [known[0]]
    for point in (best, known[-1]):  # a point that reads the same as the last one says nothing
        if write(point[1]) != write(turns[-1][1]):
            turns.append(point)
    words = _way(known, turns, write)
    gaps = "" if len(known) == len(values) else "; in some epochs it is not a number"
    return f"{name} {words}{gaps}."


def _way(known: Sequence[Point], turns: Sequence[Point], write: Callable[[float], str]) -> str:
    (start, first), (end, last) = turns[0], known[-1]
    if start == end:
        return f"is {write(first)} in epoch {start}"
    if len(turns) == 1:
        if any(write(value) != write(first) for _, value in known):
            return f"is {write(first)} in epoch {start} and again in epoch {end}"
        stays = "stays at" if all(value == first for _, value in known) else "stays near"
        return f"{stays} {write(first)} from epoch {start} to epoch {end}"
    words: list[str] = []
    before = first
    for epoch, value in turns[1:]:
        verb = "rises" if value > before else "falls"
        since = "" if words else f" from {write(first)} in epoch {start}"
        words.append(f"{verb}{since} to {write(value)} in epoch {epoch}")
        before = value
    nearly = "" if last == before else "nearly "
    same = "" if turns[-1][0] == end else f", {nearly}the same as in epoch {end}"
    return ", then ".join(words) + same
