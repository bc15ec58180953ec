"""The rules on made-up curves, on both sides of their thresholds; real trainings are elsewhere."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_core.config import GUESSING, SERIES
from mnist_core.evaluation.diagnosis import (
    EPOCHS_AFTER_LOWEST,
    NOTHING_BELOW,
    RISING_PER_EPOCH,
    THROWN,
    Finding,
    Rule,
    describe_slope,
    diagnose,
    doubt_perfection,
    words_for,
)

LEVEL = {
    "accuracy": [0.90, 0.95, 0.96, 0.97, 0.97, 0.97, 0.97, 0.97],
    "loss": [0.50, 0.30, 0.20, 0.15, 0.14, 0.13, 0.12, 0.12],
    "val_accuracy": [0.90, 0.94, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95],
    "val_loss": [0.40, 0.30, 0.25, 0.22, 0.21, 0.21, 0.21, 0.21],
}


def rules(history: Any) -> list[Rule]:
    return [finding.rule for finding in diagnose(history)]


def only(history: Any) -> Finding:
    [finding] = diagnose(history)
    return finding


def first(epochs: int) -> dict[str, list[float]]:
    return {key: values[:epochs] for key, values in LEVEL.items()}


def test_a_curve_that_has_come_to_rest_is_level_and_shows_the_means_compared() -> None:
    finding = only(LEVEL)

    assert finding.rule is Rule.LEVEL
    assert finding.series == ("val_accuracy",)
    assert finding.epochs == (2, 3, 4, 5, 6, 7)
    assert finding.numbers["before"] == finding.numbers["now"] == pytest.approx(0.95)
    assert "95.0 % on average in the last three epochs" in finding.sentence
    assert finding.advice.endswith("more epochs would hardly help.")


def test_level_far_below_all_right_asks_for_another_network() -> None:
    poor = LEVEL | {"accuracy": [0.7] * 8, "val_accuracy": [0.7] * 8}

    assert "try more nodes" in only(poor).advice


def test_level_with_a_gap_to_the_training_digits_asks_for_more_of_them() -> None:
    assert "train on more digits" in only(LEVEL | {"accuracy": [1.0] * 8}).advice
    assert "train on more digits" not in only(LEVEL | {"accuracy": [0.99] * 8}).advice


@pytest.mark.parametrize(("share", "rule"), [(1.05, Rule.STILL_RISING), (0.95, Rule.LEVEL)])
def test_rising_begins_at_the_gain_an_epoch_that_is_named(share: float, rule: Rule) -> None:
    gain = RISING_PER_EPOCH * share
    rising = LEVEL | {"val_accuracy": [0.9 + gain * epoch for epoch in range(8)]}

    finding = only(rising)

    assert finding.rule is rule
    assert finding.numbers["gain"] == pytest.approx(gain)


def test_still_rising_says_that_more_epochs_may_help_and_names_its_epochs() -> None:
    finding = only(first(4))

    assert finding.rule is Rule.STILL_RISING
    assert finding.advice == "More epochs may help."
    assert "95.0 % on average in the last two epochs, 92.0 % in the two before" in finding.sentence
    assert finding.epochs == (0, 1, 2, 3)


@pytest.mark.parametrize(("last", "rule"), [(0.945, Rule.HARD_TO_TELL), (0.95, Rule.STILL_RISING)])
def test_still_rising_is_said_only_where_the_last_epoch_is_the_best(
    last: float, rule: Rule
) -> None:
    accuracies = [0.85, 0.87, 0.89, 0.90, 0.92, 0.94, 0.95, last]

    assert only(LEVEL | {"val_accuracy": accuracies}).rule is rule


def test_a_last_epoch_that_reads_like_the_best_one_is_said_to_lie_a_hair_below_it() -> None:
    accuracies = [0.85, 0.87, 0.89, 0.90, 0.92, 0.94, 0.9503, 0.9501]

    finding = only(LEVEL | {"val_accuracy": accuracies})

    assert finding.rule is Rule.HARD_TO_TELL
    assert "lies a hair below the best one, epoch 7: both are 95.0 %." in finding.sentence


def test_a_rise_that_does_not_end_at_its_best_is_hard_to_tell_and_names_the_best_epoch() -> None:
    finding = only(LEVEL | {"val_accuracy": [0.96, 0.87, 0.89, 0.90, 0.92, 0.94, 0.95, 0.945]})

    assert finding.rule is Rule.HARD_TO_TELL
    assert (
        "94.5 % on average in the last three epochs, 90.3 % in the three before" in finding.sentence
    )
    assert "the last epoch (94.5 %) lies below the best one, epoch 1 (96.0 %)" in finding.sentence
    assert finding.epochs == (0, 2, 3, 4, 5, 6, 7)
    assert finding.numbers["best_epoch"] == 1


@settings(deadline=None)
@given(st.lists(st.floats(0.2, 1), min_size=4, max_size=12))
def test_no_curve_is_called_rising_that_was_higher_before_its_end(accuracies: list[float]) -> None:
    history = {key: [LEVEL[key][0]] * len(accuracies) for key in SERIES}
    [rule] = rules(history | {"val_accuracy": accuracies})

    assert rule is not Rule.STILL_RISING or accuracies[-1] == max(accuracies)


@pytest.mark.parametrize(("last", "expected"), [(0.232, Rule.OVERFITTING), (0.230, Rule.LEVEL)])
def test_overfitting_begins_5_percent_above_the_lowest_validation_loss(
    last: float, expected: Rule
) -> None:
    rising = LEVEL | {"val_loss": [0.40, 0.30, 0.25, 0.22, 0.22, last, last, last]}

    assert rules(rising) == [expected]


@pytest.mark.parametrize(("last", "expected"), [(0.134, Rule.OVERFITTING), (0.136, Rule.LEVEL)])
def test_overfitting_needs_a_training_loss_that_falls_by_10_percent_meanwhile(
    last: float, expected: Rule
) -> None:
    rising = LEVEL | {
        "val_loss": [0.40, 0.30, 0.25, 0.22, 0.23, 0.25, 0.26, 0.27],
        "loss": [0.50, 0.30, 0.20, 0.15, 0.14, last, last, last],
    }

    assert rules(rising) == [expected]


def test_overfitting_names_the_epoch_from_which_on_and_what_was_compared() -> None:
    finding = only(LEVEL | {"val_loss": [0.40, 0.30, 0.25, 0.22, 0.24, 0.26, 0.28, 0.30]})

    assert finding.rule is Rule.OVERFITTING
    assert finding.sentence.startswith("From epoch 5 on")
    assert "lowest in epoch 4 (0.2200) and rises to 0.2800" in finding.sentence
    assert finding.advice.startswith("Stop after epoch 4")
    assert finding.series == ("val_loss", "loss")
    assert finding.epochs == (3, 5, 6, 7)
    assert finding.numbers["from_epoch"] == 5


@pytest.mark.parametrize("after", [EPOCHS_AFTER_LOWEST - 1, EPOCHS_AFTER_LOWEST])
def test_one_epoch_above_the_lowest_validation_loss_is_no_trend(after: int) -> None:
    fallen = [0.4 - 0.03 * epoch for epoch in range(8 - after)]
    history = LEVEL | {
        "val_loss": fallen + [0.9] * after,
        "loss": [0.5 - 0.05 * epoch for epoch in range(8)],
    }

    assert (Rule.OVERFITTING in rules(history)) == (after >= EPOCHS_AFTER_LOWEST)


@pytest.mark.parametrize(("jump", "expected"), [(1.11, [Rule.UNSTABLE]), (1.09, [Rule.LEVEL])])
def test_unstable_begins_with_two_jumps_of_10_percent(jump: float, expected: list[Rule]) -> None:
    jumping = [0.5, 0.4, 0.4 * jump, 0.4, 0.4 * jump, 0.4, 0.4, 0.4]

    assert rules(LEVEL | {"loss": jumping}) == expected


def test_one_jump_alone_is_no_habit() -> None:
    assert rules(LEVEL | {"loss": [0.5, 0.4, 0.9, 0.4, 0.4, 0.4, 0.4, 0.4]}) == [Rule.LEVEL]


def test_a_loss_near_0_may_double_without_being_unstable() -> None:
    tiny = [0.5, 0.1, 0.005, 0.01, 0.005, 0.01, 0.005, 0.01]

    assert rules(LEVEL | {"loss": tiny}) == [Rule.LEVEL]


def test_a_loss_that_climbs_slowly_and_stays_up_is_unstable_too() -> None:
    climbing = [0.40, 0.42, 0.45, 0.48, 0.51, 0.54, 0.57, 0.60]

    finding = only(LEVEL | {"loss": climbing})

    assert finding.rule is Rule.UNSTABLE
    assert finding.epochs == (2, 3, 4, 5, 6, 7)


def test_unstable_shows_the_epochs_that_jumped_and_asks_for_a_smaller_learning_rate() -> None:
    finding = only(LEVEL | {"loss": [2.0, 0.5, 0.9, 0.5, 0.8, 0.5, 0.5, 0.5]})

    assert finding.series == ("loss",)
    assert finding.epochs == (2, 4)
    assert finding.numbers["jumps"] == 2
    assert (finding.numbers["lowest"], finding.numbers["highest"]) == (0.5, 2.0)
    assert "down at 0.5000 and up at 0.9000 again in epoch 3" in finding.sentence
    assert "smaller learning rate" in finding.advice


@pytest.mark.parametrize(
    ("reached", "nothing"), [(NOTHING_BELOW - 0.001, True), (NOTHING_BELOW + 0.001, False)]
)
def test_learning_nothing_ends_half_as_much_again_above_guessing(
    reached: float, nothing: bool
) -> None:
    history = LEVEL | {"accuracy": [0.11] * 8, "val_accuracy": [reached] * 8}

    assert (Rule.LEARNING_NOTHING in rules(history)) == nothing
    assert pytest.approx(1.5 * GUESSING) == NOTHING_BELOW


def test_a_network_that_reads_either_kind_of_digits_has_learned_something() -> None:
    history = LEVEL | {"accuracy": [0.5] * 8, "val_accuracy": [0.11] * 8}

    assert Rule.LEARNING_NOTHING not in rules(history)


@pytest.mark.parametrize(("share", "expected"), [(1.01, Rule.UNSTABLE), (0.99, Rule.LEVEL)])
def test_a_loss_far_above_that_of_guessing_is_unstable_even_once(
    share: float, expected: Rule
) -> None:
    finding = only(LEVEL | {"loss": [THROWN * share, *LEVEL["loss"][1:]]})

    assert finding.rule is expected
    if expected is Rule.UNSTABLE:
        assert finding.epochs == (0,)
        assert "In epoch 1 the training loss was far too high" in finding.sentence
        assert "only guesses has 2.3026:" in finding.sentence
        assert "smaller learning rate" in finding.advice


def test_learning_nothing_with_a_wild_loss_asks_for_a_smaller_learning_rate() -> None:
    wild = {
        "accuracy": [0.1] * 5,
        "val_accuracy": [0.1] * 5,
        "loss": [9.0, 2.4, 2.9, 2.4, 2.8],
        "val_loss": [2.4] * 5,
    }
    nothing, unstable = diagnose(wild)

    assert (nothing.rule, unstable.rule) == (Rule.LEARNING_NOTHING, Rule.UNSTABLE)
    assert "smaller learning rate" in nothing.advice
    assert "smaller learning rate" in unstable.advice


def test_learning_nothing_yet_with_a_falling_loss_asks_for_a_larger_learning_rate() -> None:
    slow = {
        "accuracy": [0.10, 0.11, 0.11, 0.11],
        "val_accuracy": [0.10, 0.11, 0.12, 0.12],
        "loss": [2.42, 2.41, 2.40, 2.39],
        "val_loss": [2.41, 2.40, 2.39, 2.38],
    }
    finding = only(slow)

    assert finding.rule is Rule.LEARNING_NOTHING
    assert "larger learning rate" in finding.advice


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
@pytest.mark.parametrize("key", SERIES)
def test_a_value_that_is_not_a_number_is_all_there_is_to_say(key: str, value: Any) -> None:
    finding = only(LEVEL | {key: [*LEVEL[key][:4], value, *LEVEL[key][5:]]})

    assert finding.rule is Rule.NOT_A_NUMBER
    assert finding.series == (key,)
    assert finding.epochs == (4,)
    assert finding.sentence.startswith(f"In epoch 5 the {words_for(key)} is no longer a number")


def test_not_a_number_is_said_even_of_the_first_epoch() -> None:
    assert rules({key: [math.nan] for key in SERIES}) == [Rule.NOT_A_NUMBER]


@pytest.mark.parametrize("epochs", [0, 1, 2, 3])
def test_up_to_three_epochs_are_too_few_to_tell(epochs: int) -> None:
    finding = only(first(epochs))

    assert finding.rule is Rule.TOO_FEW_EPOCHS
    assert finding.numbers == {"epochs": epochs, "fewest": 4}
    assert "at least 4 epochs" in finding.advice


def test_four_epochs_are_enough() -> None:
    assert Rule.TOO_FEW_EPOCHS not in rules(first(4))


def test_a_history_without_its_keys_has_too_few_epochs() -> None:
    assert rules({}) == rules({"loss": [0.1, 0.2, 0.3]}) == [Rule.TOO_FEW_EPOCHS]


def test_series_of_different_lengths_are_compared_as_far_as_all_reach() -> None:
    assert rules(LEVEL | {"loss": LEVEL["loss"][:2]}) == [Rule.TOO_FEW_EPOCHS]


any_number = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 3)
likely_number = st.floats(0, 5, allow_nan=False)


def histories(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[dict[str, list[float]]]:
    rows = st.lists(st.tuples(*[numbers] * 4), max_size=15)
    return rows.map(
        lambda table: {key: [row[at] for row in table] for at, key in enumerate(SERIES)}
    )


# At most one of these is ever found, and then nothing else.
ALONE = {
    Rule.NOT_A_NUMBER,
    Rule.TOO_FEW_EPOCHS,
    Rule.STILL_RISING,
    Rule.HARD_TO_TELL,
    Rule.LEVEL,
}


@settings(deadline=None)
@given(histories(any_number) | histories(likely_number))
def test_every_history_gets_an_answer_that_does_not_contradict_itself(
    history: dict[str, list[float]],
) -> None:
    found = diagnose(history)

    named = [finding.rule for finding in found]
    assert named
    assert named == sorted(set(named), key=list(Rule).index)
    assert len(named) == 1 or not ALONE & set(named)
    assert not {Rule.LEARNING_NOTHING, Rule.OVERFITTING} <= set(named)


@settings(deadline=None)
@given(histories(any_number) | histories(likely_number))
def test_the_evidence_of_every_finding_is_in_the_history(history: dict[str, list[float]]) -> None:
    for finding in diagnose(history):
        assert set(finding.series) <= set(SERIES)
        assert list(finding.epochs) == sorted(set(finding.epochs))
        assert all(0 <= epoch < len(history["loss"]) for epoch in finding.epochs)
        assert finding.sentence.endswith(".")
        assert finding.advice.endswith(".")


@pytest.mark.parametrize(("best", "said"), [(1.0, "every"), (0.9996, "nearly every")])
def test_a_training_accuracy_of_all_digits_is_said_to_be_suspicious(best: float, said: str) -> None:
    history = LEVEL | {"accuracy": [*LEVEL["accuracy"][:6], best, 0.999]}
    words = doubt_perfection(history)

    assert f"epoch 7 the training accuracy reached 100.0 %: {said} training digit" in words
    assert "suspicious" in words
    assert "at the end its validation accuracy was 95.0 %." in words


@pytest.mark.parametrize("accuracies", [[0.9994], [math.nan], []])
def test_less_than_all_digits_is_not_suspicious(accuracies: list[float]) -> None:
    assert doubt_perfection(dict.fromkeys(SERIES, accuracies)) == ""


def test_a_curve_that_is_steep_at_first_is_said_to_be_so() -> None:
    words = describe_slope(LEVEL)
    assert "from guessing, 10.0 %, to 90.0 %; all epochs after it brought 7.0 points" in words


@pytest.mark.parametrize("accuracies", [[], [0.9], [0.2, 0.9], [0.9, 0.8], [math.nan, 0.9]])
def test_other_curves_are_not_called_steep_at_first(accuracies: list[float]) -> None:
    assert describe_slope(dict.fromkeys(SERIES, accuracies)) == ""
