"""Whether a difference is luck: of the seed, and of which digits are in the test."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import TrainingConfig
from mnist_core.evaluation.luck import (
    DigitComparison,
    SeedComparison,
    choose_seeds,
    describe_digits,
    describe_seeds,
    describe_start,
    how_often,
    sign_test,
)

FIRST = {0: 0.971, 1: 0.974, 2: 0.970, 3: 0.973, 4: 0.972}
counts = st.integers(0, 200)


def beside(*differences: float) -> SeedComparison:
    """Five seeds; the second setting differs by so much with each of them."""
    second = {seed: FIRST[seed] + difference for seed, difference in enumerate(differences)}
    return SeedComparison(FIRST, second)


@pytest.mark.parametrize(("first", "second"), [*itertools.product(range(6), repeat=2)])
def test_the_probability_is_that_of_throwing_coins(first: int, second: int) -> None:
    throws = list(itertools.product((0, 1), repeat=first + second))
    uneven = abs(first - second)
    as_uneven = [each for each in throws if abs(len(each) - 2 * sum(each)) >= uneven]

    assert sign_test(first, second) == pytest.approx(len(as_uneven) / len(throws), abs=1e-15)


@given(counts, counts)
def test_which_of_the_two_comes_first_does_not_matter(first: int, second: int) -> None:
    probability = sign_test(first, second)
    assert 0 < probability <= 1
    assert probability == sign_test(second, first)
    assert sign_test(first + 1, first + 1) == 1


def test_ten_thousand_digits_are_counted_exactly_too() -> None:
    assert sign_test(5000, 5000) == 1
    assert sign_test(0, 10_000) == 0.0
    assert sign_test(4900, 5100) == pytest.approx(0.0466, abs=5e-4)  # the normal law: 0.0465


def test_all_five_the_same_way_happens_by_luck_once_in_16() -> None:
    comparison = beside(-0.01, -0.01, -0.01, -0.01, -0.01)

    assert comparison.probability == 1 / 16
    assert describe_seeds(comparison, "batch 100", "batch 1,000") == [
        "With 5 seeds, batch 100 was better five times and batch 1,000 never.",
        (
            "All five the same way happens by luck once in 16: a hint, not a proof, that batch 100 "
            "is better."
        ),
        (
            "On average batch 100 reads 97.2 % and batch 1,000 96.2 %, 1.0 points apart; from seed "
            "to seed the same setting varies by 0.2 and 0.2 points (standard deviation)."
        ),
    ]


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ((0.01, 0.01, 0.01, 0.01, -0.01), "by luck in 38 of 100 cases: there is no winner."),
        ((0.01, -0.01, 0.01, -0.01, 0.01), "by luck every time: there is no winner."),
        ((0.01, 0.01, 0.01, 0.01), "happens by luck once in 8: there is no winner."),
        ((0.01,), "One seed tells nothing: it is a coin thrown once."),
        ((0.0, 0.0, 0.0), "That is no difference at all."),
    ],
)
def test_there_is_no_winner_where_luck_would_do(differences: tuple[float], verdict: str) -> None:
    said = describe_seeds(beside(*differences), "A", "B")[1]

    assert said.endswith(verdict)
    assert "is better" not in said


def test_many_seeds_the_same_way_are_hardly_luck() -> None:
    comparison = SeedComparison(dict.fromkeys(range(10), 0.9), dict.fromkeys(range(10), 0.95))

    assert describe_seeds(comparison, "A", "B")[1] == (
        "All ten the same way happens by luck once in 512: B is better, and that is hardly luck."
    )


def test_only_seeds_that_both_have_are_compared_and_ties_are_told() -> None:
    comparison = SeedComparison({0: 0.9, 1: 0.9, 2: 0.9}, {1: 0.9, 2: 0.8, 7: 0.5})

    assert [pair.seed for pair in comparison.pairs] == [1, 2]
    assert describe_seeds(comparison, "A", "B")[0] == (
        "With 2 seeds, A was better once and B never; once they were equal."
    )
    assert describe_seeds(SeedComparison({0: 0.9}, {1: 0.9}), "A", "B") == [
        "No seed has been trained with both settings yet."
    ]


@pytest.mark.parametrize(
    ("only_first", "only_second", "said"),
    [
        (23, 14, "comes once in 5: these digits do not tell which network is better."),
        (25, 10, "comes once in 60: a hint, not a proof, that the networks differ."),
        (60, 20, "whether the settings do, other seeds tell."),
        (0, 0, "On these digits the two networks are equally good."),
    ],
)
def test_digits_that_only_one_reads_are_weighed(
    only_first: int, only_second: int, said: str
) -> None:
    told, verdict = describe_digits(DigitComparison(only_first, only_second, 1000), "A", "B")

    assert told == (
        f"Of 1,000 test digits, {only_first} are read right by A only and {only_second} by B only."
    )
    assert verdict.endswith(said)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1 / 16, "once in 16"),
        (0.25, "once in 4"),
        (0.26, "in 26 of 100 cases"),
        (1.0, "every time"),
        (1 / 123_456, "once in 123,000"),
        (0.0, "less than once in a million"),
    ],
)
def test_a_probability_is_told_as_people_count(probability: float, words: str) -> None:
    assert how_often(probability) == words


@pytest.mark.parametrize(
    ("first", "second", "own", "chosen"),
    [
        ([], [], [0, 0], [0, 1, 2, 3, 4]),
        ([7, 8], [8], [3, 9], [3, 9, 8, 7, 0]),
        (range(9), [4, 6], [0, 0], [0, 4, 6, 1, 2]),
    ],
)
def test_the_seeds_are_those_that_need_the_fewest_new_trainings(
    first: list[int], second: list[int], own: list[int], chosen: list[int]
) -> None:
    assert choose_seeds(first, second, own) == chosen


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch_size": 10}, "Both begin with the same start weights and see the digits in the"),
        ({"fraction": 0.5}, "Both begin with the same start weights."),
        ({"seed": 1}, "Their seeds differ, so they begin with other start weights."),
        ({"layers": (64, 16)}, "Layers of the same width begin with the same start weights and"),
        ({"layers": (32,)}, "Their layers have other widths, so they begin with other start"),
    ],
)
def test_whether_two_trainings_begin_alike_is_told(changes: dict[str, object], said: str) -> None:
    config = TrainingConfig(layers=(64, 32))
    assert describe_start(config, config.replace(**changes)).startswith(said)
