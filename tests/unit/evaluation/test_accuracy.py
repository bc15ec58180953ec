"""What an accuracy is worth, and curves in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import SERIES
from mnist_core.evaluation.accuracy import (
    accuracy_by_group,
    count_right,
    describe_accuracy,
    describe_curves,
    describe_expectations,
    score_expectation,
)

counts = st.integers(1, 100_000).flatmap(
    lambda tested: st.tuples(st.integers(0, tested), st.just(tested))
)


def test_an_accuracy_stands_beside_what_guessing_would_get() -> None:
    accuracy = describe_accuracy(9_780, 10_000)

    assert accuracy.sentence == "9,780 of 10,000 right; guessing would get about 1,000."
    assert accuracy.fraction == 0.978
    assert "between 97.5 % and 98.1 %" in accuracy.uncertainty


@pytest.mark.parametrize(
    ("right", "tested", "low", "high"),
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(right: int, tested: int, low: float, high: float) -> None:
    accuracy = describe_accuracy(right, tested)

    assert accuracy.low == pytest.approx(low, abs=5e-5)
    assert accuracy.high == pytest.approx(high, abs=5e-5)


@given(counts)
def test_the_interval_holds_what_was_seen_and_stays_within_0_and_1(
    numbers: tuple[int, int],
) -> None:
    accuracy = describe_accuracy(*numbers)

    assert 0 <= accuracy.low <= accuracy.fraction <= accuracy.high <= 1
    assert accuracy.low < accuracy.high


def test_the_best_of_several_has_the_interval_that_holds_for_all_of_them() -> None:
    def deviations(best_of: int) -> float:
        few = describe_accuracy(500_000, 1_000_000, best_of)
        return (few.high - 0.5) / 0.0005

    # Of ten independent ones, all lie within it in 95 of 100 cases: 0.9949 each, 2.80 deviations.
    assert [deviations(1), deviations(10)] == pytest.approx([1.96, 2.80], abs=0.005)
    assert describe_accuracy(5, 10, 10**6).high <= 1


@given(counts)
def test_right_and_wrong_change_places(numbers: tuple[int, int]) -> None:
    right, tested = numbers
    accuracy, mirrored = describe_accuracy(right, tested), describe_accuracy(tested - right, tested)

    assert accuracy.low == pytest.approx(1 - mirrored.high, abs=1e-12)


@given(counts)
def test_the_count_comes_back_from_the_accuracy(numbers: tuple[int, int]) -> None:
    right, tested = numbers

    assert count_right(right / tested, tested) == right


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc"))))
def test_groups_are_described_apart_and_together_are_all(digits: list[tuple[bool, str]]) -> None:
    found = accuracy_by_group([right for right, _ in digits], [group for _, group in digits])

    assert list(found) == list(dict.fromkeys(group for _, group in digits))
    for group, accuracy in found.items():
        theirs = [right for right, other in digits if other == group]
        assert accuracy == describe_accuracy(sum(theirs), len(theirs))


def test_a_digit_without_a_group_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        accuracy_by_group([True, False], ["a"])


@pytest.mark.parametrize(("right", "tested"), [(0, 0), (-1, 10), (11, 10)])
def test_counts_that_cannot_be_are_refused(right: int, tested: int) -> None:
    with pytest.raises(ValueError, match="can't be right"):
        describe_accuracy(right, tested)


@pytest.mark.parametrize(
    ("predicted", "words"),
    [
        (0.9, "You predicted 90.0 %: it is 2.5 points less. Close!"),
        (0.84, "You predicted 84.0 %: it is 3.5 points more. A surprise!"),
        (0.86, "You predicted 86.0 %: it is 1.5 points more. Spot on"),
        (0.875, "You predicted 87.5 %: it is exactly that. Spot on"),
        (0.8751, "You predicted 87.5 %: it is less than 0.1 points less. Spot on"),
        (0.905, "You predicted 90.5 %: it is 3.0 points less. Close!"),
    ],
)
def test_a_prediction_is_scored_in_points_and_words(predicted: float, words: str) -> None:
    score = score_expectation(predicted, describe_accuracy(875, 1_000))

    assert score.sentence(is_mine=True).startswith(words)


@pytest.mark.parametrize(("predicted", "points"), [(0.9, "6.3 points more"), (0.99, "2.7 points")])
def test_points_are_those_between_the_numbers_that_are_shown(predicted: float, points: str) -> None:
    score = score_expectation(predicted, describe_accuracy(385, 400))  # 96.25 %, shown as 96.3 %

    assert f"it is {points}" in score.sentence(is_mine=True)


def test_whoever_did_not_make_a_prediction_is_not_called_you() -> None:
    sentence = score_expectation(0.9, describe_accuracy(875, 1_000)).sentence(is_mine=False)

    assert sentence == "Whoever trained it predicted 90.0 %: it is 2.5 points less. Close!"


def test_a_prediction_is_spot_on_where_the_test_cannot_tell_it_from_the_result() -> None:
    small, large = describe_accuracy(90, 100), describe_accuracy(9_000, 10_000)

    assert score_expectation(0.88, small).spot_on
    assert not score_expectation(0.88, large).spot_on


def test_the_predictions_of_a_class_are_counted() -> None:
    reached = describe_accuracy(9_700, 10_000)
    scores = [score_expectation(each, reached) for each in (0.97, 0.95, 0.5, 0.9, 0.999, 1.0)]

    assert describe_expectations(scores) == (
        "Of 6 predictions, 4 were close. 2 runs came out better than predicted, 0 worse."
    )
    assert describe_expectations(scores[:1]) == (
        "Of 1 prediction, 1 was close. 0 runs came out better than predicted, 0 worse."
    )
    assert describe_expectations([]) == ""


def test_each_curve_is_told_from_its_first_to_its_last_epoch() -> None:
    history = {
        "accuracy": [0.61, 0.9, 0.98],
        "loss": [1.2, 0.4, 0.05],
        "val_accuracy": [0.7, 0.9, 0.88],
        "val_loss": [0.9, 0.3, 0.45],
    }

    assert describe_curves(history) == [
        "Training accuracy rises from 61.0 % in epoch 1 to 98.0 % in epoch 3.",
        "Training loss falls from 1.2000 in epoch 1 to 0.0500 in epoch 3.",
        (
            "Validation accuracy rises from 70.0 % in epoch 1 to 90.0 % in epoch 2, "
            "then falls to 88.0 % in epoch 3."
        ),
        (
            "Validation loss falls from 0.9000 in epoch 1 to 0.3000 in epoch 2, "
            "then rises to 0.4500 in epoch 3."
        ),
    ]


def curve(values: list[float]) -> str:
    return describe_curves(dict.fromkeys(SERIES, values))[0]


def test_a_single_epoch_has_a_place_and_no_direction() -> None:
    assert curve([0.61]) == "Training accuracy is 61.0 % in epoch 1."


def test_a_flat_curve_stays() -> None:
    assert curve([0.1, 0.1, 0.1]) == "Training accuracy stays at 10.0 % from epoch 1 to epoch 3."


def test_a_curve_that_moves_less_than_is_written_stays_near_its_beginning() -> None:
    assert curve([0.1, 0.1002]) == "Training accuracy stays near 10.0 % from epoch 1 to epoch 2."


def test_a_curve_that_comes_back_is_not_said_to_have_stayed() -> None:
    assert curve([0.9, 0.5, 0.9]) == "Training accuracy is 90.0 % in epoch 1 and again in epoch 3."


def test_a_curve_that_only_falls_is_told_so() -> None:
    assert (
        curve([0.5, 0.4]) == "Training accuracy falls from 50.0 % in epoch 1 to 40.0 % in epoch 2."
    )


def test_a_curve_that_comes_to_rest_is_told_to_its_end() -> None:
    assert curve([0.5, 0.9, 0.9]) == (
        "Training accuracy rises from 50.0 % in epoch 1 to 90.0 % in epoch 2, "
        "the same as in epoch 3."
    )


def test_an_end_that_lies_below_the_best_by_less_than_is_written_is_nearly_the_same() -> None:
    assert curve([0.5, 0.9003, 0.9001]).endswith(
        "90.0 % in epoch 2, nearly the same as in epoch 3."
    )


def test_a_gap_in_a_curve_is_told() -> None:
    assert curve([0.5, math.nan, 0.6]) == (
        "Training accuracy rises from 50.0 % in epoch 1 to 60.0 % in epoch 3; "
        "in some epochs it is not a number."
    )
    assert curve([math.nan]) == "Training accuracy is not a number in any epoch."


def test_no_epoch_needs_no_words() -> None:
    assert describe_curves({}) == []
