"""The life of one digit over the epochs of a run."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.config import NO_GUESS
from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.evaluation.learning_history import BEFORE_TRAINING, LearningHistory, trace_learning


def life(guesses: str, first: int = BEFORE_TRAINING, true: int = 4) -> LearningHistory:
    """A life with these guesses, from the epoch ``first`` on."""
    y_prob = np.full((len(guesses), 10), 0.04, np.float32)
    y_prob[np.arange(len(guesses)), [int(guess) for guess in guesses]] = 0.64
    return LearningHistory(true, tuple(range(first, first + len(guesses))), y_prob)


@pytest.mark.parametrize("guesses", ["444", "999", "49494"])
def test_the_guesses_are_the_most_likely_digits(guesses: str) -> None:
    assert "".join(map(str, life(guesses).guesses)) == guesses


@pytest.mark.parametrize(
    ("guesses", "sentence"),
    [
        ("444", "Right before any training and from then on."),
        ("998", "Never right; the last guess was 8."),
        ("9944", "Right after epoch 2 and from then on."),
        ("994449", "Right after epoch 2, wrong again after epoch 5."),
        (
            "99494",
            (
                "Right after epoch 2, wrong again after epoch 3, right again after epoch 4 and "
                "from then on."
            ),
        ),
        (
            "949494",
            (
                "Changed between right and wrong 5 times: right for the first time after epoch 1, "
                "right at the end."
            ),
        ),
    ],
)
def test_a_life_is_told_in_a_sentence(guesses: str, sentence: str) -> None:
    assert life(guesses).words() == sentence


def test_epochs_whose_weights_were_not_kept_are_left_out() -> None:
    y_prob = np.eye(10, dtype=np.float32)[[9, 4, 9]]
    told = LearningHistory(4, (BEFORE_TRAINING, 9, 19), y_prob)
    assert told.words() == "Right after epoch 10, wrong again after epoch 20."
    assert told.confidence.tolist() == [1, 1, 1]


def test_where_the_network_broke_the_digit_was_wrong() -> None:
    y_prob = np.eye(10, dtype=np.float32)[[4, 4]]
    y_prob[1] = np.nan
    told = LearningHistory(4, (0, 1), y_prob)
    assert told.guesses.tolist() == [4, NO_GUESS]
    assert told.words() == "Right after epoch 1, wrong again after epoch 2."
    assert LearningHistory(4, (1,), y_prob[1:]).words() == "Never right."


@pytest.mark.parametrize(
    ("true", "epochs", "message"),
    [
        (4, (), "stored no weights"),
        (4, (1, 0), "in order"),
        (4, (0, 0), "in order"),
        (10, (0, 1), "no digit"),
        (4, (0, 1, 2), "don't belong together"),
    ],
)
def test_what_makes_no_life_is_refused(true: int, epochs: tuple[int, ...], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        LearningHistory(true, epochs, np.full((2, 10), 0.1, np.float32))


def test_without_stored_weights_there_is_nothing_to_tell(tiny: Dataset) -> None:
    with pytest.raises(EvaluationError, match="stored no weights"):
        trace_learning(tiny.x_test[0], 3, [])
