"""How near a class came that guessed: by numbers of its own, or by raised hands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.evaluation.accuracy import describe_accuracy, score_expectation
from mnist_core.evaluation.guesses import Range, score_guesses, score_hands

LOW, MIDDLE, HIGH = RANGES = (Range(0.0, 0.5), Range(0.5, 0.975), Range(0.975, 1.0))
REACHED = describe_accuracy(9_780, 10_000)


def test_a_range_is_called_by_its_ends() -> None:
    assert [*map(str, RANGES)] == ["under 50 %", "50 to 97.5 %", "97.5 % and more"]


@given(st.floats(0, 1))
def test_every_accuracy_lies_in_one_range(accuracy: float) -> None:
    assert sum(each.holds(accuracy) for each in RANGES) == 1


def test_an_end_belongs_to_the_range_above_and_all_right_to_the_last() -> None:
    assert MIDDLE.holds(0.5)
    assert HIGH.holds(1.0)


def test_a_class_is_scored_as_each_of_it_would_be() -> None:
    score = score_guesses([0.3, 0.95, 0.976, 1.0], REACHED)
    assert (score.predictions, score.close) == (4, 3)
    assert score.median == pytest.approx(0.963)
    assert score.smallest_error == pytest.approx(0.2)
    assert score.sentence == (
        "3 of 4 predictions were close, within 3 points. The middle one was 96.3 %: 1.5 points off."
    )


def test_what_the_test_can_not_tell_from_the_result_is_close() -> None:
    wide = describe_accuracy(90, 100)
    assert score_expectation(0.84, wide).error > 3
    assert score_guesses([0.84, 0.2], wide).close == 1


@given(st.lists(st.floats(0, 1), min_size=1))
def test_nobody_is_nearer_than_the_nearest(expected: list[float]) -> None:
    score = score_guesses(expected, REACHED)
    errors = [score_expectation(each, REACHED).error for each in expected]
    assert score.smallest_error in errors
    assert all(score.smallest_error <= error for error in errors)
    assert min(expected) <= score.median <= max(expected)


@pytest.mark.parametrize(
    ("counts", "right", "median"),
    [((1, 2, 1), 1, MIDDLE), ((2, 0, 2), 2, LOW), ((0, 0, 1), 1, HIGH), ((1, 1, 1), 1, MIDDLE)],
)
def test_hands_are_right_in_the_range_of_the_result(
    counts: tuple[int, ...], right: int, median: Range
) -> None:
    score = score_hands(dict(zip(RANGES, counts, strict=True)), 0.978)
    assert (score.hands, score.right, score.range) == (sum(counts), right, HIGH)
    assert score.median == median


def test_the_score_of_hands_is_told_in_words() -> None:
    assert score_hands({LOW: 3, MIDDLE: 1, HIGH: 1}, 0.9).sentence == (
        "1 of 5 hands was right: 50 to 97.5 %. The middle hand said under 50 %."
    )


def test_where_nobody_guessed_there_is_nothing_to_score() -> None:
    with pytest.raises(ValueError, match="nobody"):
        score_guesses([], REACHED)
    with pytest.raises(ValueError, match="nobody"):
        score_hands(dict.fromkeys(RANGES, 0), 0.9)
