"""Is it luck? Two settings compared over seeds, two networks compared over test digits, in words.

Two kinds of luck are told apart: which seed a network began with, and which digits happen to be in
the test. Standard library only.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from mnist_core.config import TrainingConfig
from mnist_core.formatting import counted, percent, points

FEW_SEEDS: Final = 5
"""So many seeds are enough for a hint: all the same way happens by luck once in 16."""

HINT: Final = 1 / 16
PROOF: Final = 1 / 100
"""Up to these probabilities a difference is called a hint, and hardly luck."""

_NAMED_UP_TO: Final = 0.25
_RAREST: Final = 1e-6
_COUNTS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def sign_test(first: int, second: int) -> float:
    """Return how probable so uneven a split is, or a more uneven one, where luck alone decides.

    Two-sided and exact: a coin is thrown for each case that is not a tie. Over seeds this is the
    sign test; over the digits that only one of two networks reads right it is McNemar's.

    Args:
        first: cases in which the first was better, 0 or more.
        second: cases in which the second was.

    Returns:
        0 to 1; 1.0 where there is no case.

    Source: W. J. Dixon and A. M. Mood, "The statistical sign test", Journal of the American
    Statistical Association 41 (1946), 557-566.
    """
    cases, fewer = first + second, min(first, second)
    ways = total = 1
    for number in range(fewer):
        ways = ways * (cases - number) // (number + 1)
        total += ways
    # Whole numbers up to the last step: of 10,000 digits, one way is less than a float can hold.
    return min(1.0, float(Fraction(2 * total, 2**cases)))


class SeedPair(NamedTuple):
    """What two settings came to with the same seed: test accuracies, 0 to 1."""

    seed: int
    first: float
    second: float


@dataclass(frozen=True)
class SeedComparison:
    """Two settings, trained with several seeds each.

    Attributes:
        first: test accuracy, 0 to 1, of each seed that the first setting was trained with.
        second: the same of the second setting.
    """

    first: Mapping[int, float]
    second: Mapping[int, float]

    @property
    def pairs(self) -> list[SeedPair]:
        """Those seeds that both were trained with, rising."""
        both = sorted(self.first.keys() & self.second.keys())
        return [SeedPair(seed, self.first[seed], self.second[seed]) for seed in both]

    @property
    def first_better(self) -> int:
        """With how many seeds the first setting was better."""
        return sum(pair.first > pair.second for pair in self.pairs)

    @property
    def second_better(self) -> int:
        """With how many seeds the second setting was better."""
        return sum(pair.second > pair.first for pair in self.pairs)

    @property
    def probability(self) -> float:
        """How probable so uneven a count is where luck alone decides, 0 to 1."""
        return sign_test(self.first_better, self.second_better)


@dataclass(frozen=True)
class DigitComparison:
    """Two networks that read the same test digits.

    Attributes:
        only_first: digits that the first alone read right.
        only_second: digits that the second alone read right.
        tested: digits shown.
    """

    only_first: int
    only_second: int
    tested: int

    @property
    def probability(self) -> float:
        """How probable so uneven a split is where both are equally good, 0 to 1.

        Source: Q. McNemar, "Note on the sampling error of the difference between correlated
        proportions or percentages", Psychometrika 12 (1947), 153-157, in its exact form. For
        comparing two trained networks it is what T. G. Dietterich advises, "Approximate
        statistical tests for comparing supervised classification learning algorithms", Neural
        Computation 10 (1998), 1895-1923.
        """
        return sign_test(self.only_first, self.only_second)


def how_often(probability: float) -> str:
    """Write 1/16 as "once in 16", 0.45 as "in 45 of 100 cases"."""
    if probability < _RAREST:
        return "less than once in a million"
    if probability <= _NAMED_UP_TO:
        return f"once in {float(f'{1 / probability:.3g}'):,.0f}"
    share = round(100 * probability)
    return "every time" if share == 100 else f"in {share} of 100 cases"


def choose_seeds(first: Collection[int], second: Collection[int], own: Sequence[int]) -> list[int]:
    """Choose five seeds to compare two settings with: those that need the fewest new trainings.

    Args:
        first: seeds that the first setting has been trained with.
        second: the same of the second setting.
        own: of the two runs that are looked at; they come first.
    """
    tried = sorted({*first, *second}, key=lambda seed: (-(seed in first) - (seed in second), seed))
    return list(dict.fromkeys([*own, *tried, *range(2 * FEW_SEEDS)]))[:FEW_SEEDS]


def describe_start(first: TrainingConfig, second: TrainingConfig) -> str:
    """Describe whether two trainings begin with the same weights and see digits in the same order.

    Start weights and order are the part of luck that the seed decides.
    """
    if first.seed != second.seed:
        return "Their seeds differ, so they begin with other start weights."
    alike = first.layers_starting_alike(second)
    same_order = (first.validation_split, first.fraction) == (
        second.validation_split,
        second.fraction,
    )
    order = " and see the digits in the same order" if same_order else ""
    if all(alike) and len(first.layers) == len(second.layers):
        return f"Both begin with the same start weights{order}."
    widths = "a layer of another width begins with others"
    if any(alike):
        return f"Layers of the same width begin with the same start weights{order}; {widths}."
    return f"Their layers have other widths, so they begin with other start weights{order}."


def describe_seeds(comparison: SeedComparison, first: str, second: str) -> list[str]:
    """Describe how often which of two settings was better, whether that is luck, mean and spread.

    Args:
        comparison: what they came to.
        first: what the first setting is called: "batch 100".
        second: what the second is called.

    Returns:
        Sentences; the first says how often, the second whether it is luck. One sentence where no
        seed has both.
    """
    pairs = comparison.pairs
    if not pairs:
        return ["No seed has been trained with both settings yet."]
    sentences = [_counts(comparison, first, second), _verdict_on_seeds(comparison, first, second)]
    if len(pairs) > 1:
        sentences.append(_spread(pairs, first, second))
    return sentences


def describe_digits(comparison: DigitComparison, first: str, second: str) -> list[str]:
    """Describe which test digits only one of two networks reads right, and whether that is luck.

    Args:
        comparison: what they read.
        first: what the first network is called.
        second: what the second is called.
    """
    only_first, only_second = comparison.only_first, comparison.only_second
    told = (
        f"Of {counted(comparison.tested, 'test digit')}, {only_first:,} "
        f"{_is(only_first)} read right by {first} only and {only_second:,} by {second} only."
    )
    if not only_first + only_second:
        return [told, "On these digits the two networks are equally good."]
    rest = "Of two networks that read equally well, so uneven a split or a more uneven one comes"
    often = how_often(comparison.probability)
    if comparison.probability > HINT:
        return [told, f"{rest} {often}: these digits do not tell which network is better."]
    if comparison.probability > PROOF:
        return [told, f"{rest} {often}: a hint, not a proof, that the networks differ."]
    return [
        told,
        (
            f"{rest} {often}: that is hardly the luck of which digits are in the test. These two "
            "networks differ; whether the settings do, other seeds tell."
        ),
    ]


def _counts(comparison: SeedComparison, first: str, second: str) -> str:
    seeds = counted(len(comparison.pairs), "seed")
    ties = len(comparison.pairs) - comparison.first_better - comparison.second_better
    equal = f"; {_times(ties)} they were equal" if ties else ""
    return (
        f"With {seeds}, {first} was better {_times(comparison.first_better)} and {second} "
        f"{_times(comparison.second_better)}{equal}."
    )


def _verdict_on_seeds(comparison: SeedComparison, first: str, second: str) -> str:
    one, other = comparison.first_better, comparison.second_better
    count = one + other
    if not count:
        return "That is no difference at all."
    if count == 1:
        return "One seed tells nothing: it is a coin thrown once."
    often = how_often(comparison.probability)
    if min(one, other) == 0:
        told = f"All {_spelled(count)} the same way happens by luck {often}"
    else:
        told = f"So uneven a count, or a more uneven one, happens by luck {often}"
    if comparison.probability > HINT:
        return f"{told}: there is no winner."
    better = first if one > other else second
    if comparison.probability > PROOF:
        return f"{told}: a hint, not a proof, that {better} is better."
    return f"{told}: {better} is better, and that is hardly luck."


def _spread(pairs: list[SeedPair], first: str, second: str) -> str:
    one, other = [pair.first for pair in pairs], [pair.second for pair in pairs]
    means = statistics.fmean(one), statistics.fmean(other)
    spreads = ((percent(statistics.stdev(each)).removesuffix(" %")) for each in (one, other))
    return (
        f"On average {first} reads {percent(means[0])} and {second} {percent(means[1])}, "
        f"{abs(points(*means))} points apart; from seed to seed the same setting varies by "
        f"{' and '.join(spreads)} points (standard deviation)."
    )


def _times(number: int) -> str:
    if number < 2:
        return ("never", "once")[number]
    return f"{_spelled(number)} times"


def _spelled(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else f"{number:,}"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
