"""Labels that most runs dispute."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.errors import EvaluationError
from mnist_core.evaluation.label_errors import RULE, accuracy_without, find_label_errors
from mnist_core.evaluation.predictions import Evaluation

INDICES = np.array([50, 40, 30, 20, 10])


def run_saying(*guesses: tuple[int, float]) -> Evaluation:
    """A run on five digits, all labelled 0, with these guesses and confidences."""
    y_prob = np.array(
        [
            [sure if digit == guess else (1 - sure) / 9 for digit in range(10)]
            for guess, sure in guesses
        ],
        np.float32,
    )
    return Evaluation(np.zeros(len(guesses), np.uint8), y_prob, INDICES[: len(guesses)])


# Of the five: all dispute it; one is unsure; they disagree; all right; all, and surer.
COURT = [
    run_saying((6, 0.95), (6, 0.95), (6, 0.95), (0, 0.95), (8, 0.99)),
    run_saying((6, 0.91), (6, 0.95), (2, 0.95), (0, 0.95), (8, 0.99)),
    run_saying((6, 0.92), (6, 0.85), (6, 0.95), (0, 0.95), (8, 0.99)),
]


def test_disputed_is_what_all_of_three_runs_take_for_the_same_other_digit_and_are_sure() -> None:
    label_errors = find_label_errors(COURT)
    assert [(found.position, found.index, found.claim) for found in label_errors] == [
        (4, 10, 8),
        (0, 50, 6),
    ]
    assert [found.runs for found in label_errors] == [3, 3]
    assert label_errors[1].confidence == pytest.approx((0.95 + 0.91 + 0.92) / 3)
    assert {found.true for found in label_errors} == {0}


def test_more_than_half_of_the_runs_are_enough() -> None:
    content = run_saying(*[(0, 0.99)] * 5)
    assert len(find_label_errors([*COURT, content, content])) == 2
    assert find_label_errors([*COURT, content, content, content]) == []


def test_those_that_more_runs_dispute_come_first() -> None:
    fourth = run_saying((6, 0.9), (6, 0.99), (6, 0.99), (0, 0.9), (0, 0.9))
    label_errors = find_label_errors([*COURT, fourth])
    assert [(found.position, found.runs) for found in label_errors] == [
        (0, 4),
        (4, 3),
        (2, 3),
        (1, 3),
    ]


def test_of_disputes_alike_the_smaller_index_comes_first() -> None:
    same = run_saying(*[(3, 0.97)] * 5)
    assert [found.index for found in find_label_errors([same] * 3)] == [10, 20, 30, 40, 50]


def test_the_confidence_that_counts_can_be_set() -> None:
    assert len(find_label_errors(COURT, sure_from=0.8)) == 3
    assert find_label_errors(COURT, sure_from=0.999) == []
    with pytest.raises(EvaluationError, match="Choose 0 to 1"):
        find_label_errors(COURT, sure_from=1.1)


def test_a_run_that_broke_has_no_vote() -> None:
    broken = Evaluation(np.zeros(5, np.uint8), np.full((5, 10), np.nan, np.float32), INDICES)
    assert find_label_errors([broken] * 3, sure_from=0) == []


def test_the_rule_says_its_numbers() -> None:
    assert "at least 3" in RULE
    assert "90 %" in RULE


@pytest.mark.parametrize(("runs", "there_are"), [(0, "are 0"), (1, "is 1"), (2, "are 2")])
def test_fewer_than_three_runs_are_no_court(runs: int, there_are: str) -> None:
    with pytest.raises(EvaluationError, match=f"at least 3 runs .* there {there_are}"):
        find_label_errors(COURT[:runs])


def test_runs_on_other_digits_are_no_court() -> None:
    with pytest.raises(EvaluationError, match="different digits"):
        find_label_errors([*COURT, run_saying((0, 0.9))])


def test_accuracy_is_counted_anew_without_the_disputed_digits() -> None:
    first = COURT[0]
    assert first.accuracy == pytest.approx(1 / 5)
    assert accuracy_without(first, [4, 0]) == pytest.approx(1 / 3)
    assert accuracy_without(first, []) == first.accuracy
    assert accuracy_without(first, [0, 0]) == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("positions", "message"),
    [([5], "Positions are 0 to 4"), ([-1], "Positions are 0 to 4"), (range(5), "none is left")],
)
def test_what_cannot_be_left_out_is_refused(positions: list[int], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        accuracy_without(COURT[0], positions)
