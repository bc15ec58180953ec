"""Disputed labels: digits that most runs read otherwise than they are labelled, and are sure.

MNIST's labels were made by people, and some are wrong or open to doubt. Where networks that were
started, built or trained differently agree against a label, a person had better look at the digit.
Knows neither the store nor pages.

Source of the idea: Northcutt et al. 2021, Pervasive Label Errors in Test Sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES
from mnist_core.errors import EvaluationError
from mnist_core.evaluation.predictions import Evaluation, check_same_digits

FEWEST_RUNS: Final = 3
SURE_FROM: Final = 0.9
RULE: Final = (
    "A label is disputed where more than half of the runs, and at least "
    f"{FEWEST_RUNS}, take the digit for the same other one, each with a confidence of "
    f"{SURE_FROM * 100:.0f} % or more."
)
"""The rule in words, as ``find_label_errors`` applies it by default."""


@dataclass(frozen=True, slots=True)
class LabelError:
    """One digit whose label the runs dispute.

    Attributes:
        position: of the digit in the evaluations.
        index: of the digit in the data set.
        true: its label.
        claim: what the runs take it for.
        runs: how many of them do so and are sure.
        confidence: their mean confidence, 0 to 1.
    """

    position: int
    index: int
    true: int
    claim: int
    runs: int
    confidence: float


def find_label_errors(
    evaluations: Sequence[Evaluation], *, sure_from: float = SURE_FROM
) -> list[LabelError]:
    """Find the digits whose label most runs dispute; see ``RULE``.

    Args:
        evaluations: of at least three runs, on the same digits.
        sure_from: the lowest confidence that counts, 0 to 1.

    Returns:
        First those that most runs dispute, then by their mean confidence, then by the index.

    Raises:
        EvaluationError: there are fewer than three runs, they are of different digits, or the
            confidence is not allowed.
    """
    if len(evaluations) < FEWEST_RUNS:
        raise EvaluationError(
            f"A court needs at least {FEWEST_RUNS} runs on the same data; there "
            f"{'is' if len(evaluations) == 1 else 'are'} {len(evaluations)}. Train another one."
        )
    if not 0 <= sure_from <= 1:
        raise EvaluationError(f"A confidence of {sure_from:g} is not allowed. Choose 0 to 1.")
    check_same_digits(evaluations)
    first = evaluations[0]
    votes, confidence = _count_votes(evaluations, sure_from)
    claims = votes.argmax(axis=1)
    most = votes[np.arange(len(first)), claims]
    needed = max(FEWEST_RUNS, len(evaluations) // 2 + 1)
    label_errors = [
        LabelError(
            position=int(position),
            index=int(first.indices[position]),
            true=int(first.y_true[position]),
            claim=int(claims[position]),
            runs=int(most[position]),
            confidence=float(confidence[position, claims[position]] / most[position]),
        )
        for position in np.flatnonzero(most >= needed)
    ]
    return sorted(label_errors, key=lambda found: (-found.runs, -found.confidence, found.index))


def accuracy_without(
    evaluation: Evaluation, positions: Sequence[int] | npt.NDArray[np.intp]
) -> float:
    """Compute how accurate a run is on the digits that are left when some are taken out.

    Args:
        evaluation: of the run.
        positions: of the digits to leave out, such as those of disputes.

    Returns:
        The share of the others that are read right, 0 to 1.

    Raises:
        EvaluationError: a position is none, or no digit would be left.
    """
    left_out = np.asarray(positions, np.intp)
    if ((left_out < 0) | (left_out >= len(evaluation))).any():
        raise EvaluationError(f"Positions are 0 to {len(evaluation) - 1:,}.")
    kept = np.ones(len(evaluation), np.bool_)
    kept[left_out] = False
    if not kept.any():
        raise EvaluationError("Without these digits none is left.")
    return float(evaluation.right[kept].mean())


def _count_votes(
    evaluations: Sequence[Evaluation], sure_from: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Count the sure runs against each label, by what they take the digit for: (n, 10) each."""
    shape = (len(evaluations[0]), CLASSES)
    votes, confidence = np.zeros(shape, np.intp), np.zeros(shape)
    for evaluation in evaluations:
        sure = evaluation.confidence >= np.float32(sure_from)
        against = np.flatnonzero(~evaluation.right & evaluation.has_guess & sure)
        guesses = evaluation.y_pred[against]
        votes[against, guesses] += 1
        confidence[against, guesses] += evaluation.confidence[against]
    return votes, confidence
