"""What the test accuracy of a run is worth, and how good the prediction of it was."""

from mnist_core.evaluation.accuracy import (
    Accuracy,
    ExpectationScore,
    count_right,
    describe_accuracy,
    score_expectation,
)
from mnist_core.store import Run
from pages.services.datasets import run_dataset
from pages.session.browser import is_mine


def measured_accuracy(run: Run) -> Accuracy:
    """Count the test digits that a run has read right.

    Raises:
        ValueError: the run has no test yet.
    """
    if run.test_accuracy is None:
        raise ValueError(f"Run {run.id} has no test yet.")
    tested = len(run_dataset(run.dataset_digest).y_test)
    return describe_accuracy(count_right(run.test_accuracy, tested), tested)


def score_of(run: Run) -> ExpectationScore | None:
    """Score what was predicted of a run; None where nothing was.

    Raises:
        ValueError: the run has no test yet.
    """
    if run.expected_accuracy is None:
        return None
    return score_expectation(run.expected_accuracy, measured_accuracy(run))


def describe_result(run: Run) -> str:
    """Describe in a sentence what the test accuracy means, and how good the prediction was."""
    words = f"**{measured_accuracy(run).counted}** digits it had never seen were read right."
    score = score_of(run)
    return f"{words} {score.sentence(is_mine=is_mine(run))}" if score else words


def sample_note(run: Run) -> str:
    """Explain that more digits would help a run on the built-in sample; empty for other data."""
    if not run_dataset(run.dataset_digest).is_sample:
        return ""
    return (
        "It learned from the built-in sample of 5,000 digits. With all 70,000 digits the same "
        "network reads more of them right: the foot of this page says how to get them."
    )
