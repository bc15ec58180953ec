"""What a network says while digits are disturbed more and more."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.data import load_mnist
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Network
from mnist_core.inspection.perturbations import Perturbation, perturb
from mnist_core.inspection.robustness import (
    Change,
    RobustnessCurve,
    accuracy_when_perturbed,
    first_changes,
)

SAMPLE = load_mnist("sample")
X, Y = SAMPLE.x_test, SAMPLE.y_test
OVERFLOWN = Network((np.full((784, 10), np.nan, np.float32),), (np.zeros(10, np.float32),), "relu")


@pytest.fixture(scope="module")
def network() -> Network:
    """One without hidden layers that takes the most similar average digit."""
    images = SAMPLE.x_train.reshape(-1, 784) / np.float32(255)
    means = np.stack([images[SAMPLE.y_train == digit].mean(axis=0) for digit in range(10)])
    return Network((10 * means.T,), (-5 * (means**2).sum(axis=1),), "relu")


@pytest.mark.parametrize("kind", Perturbation)
def test_undisturbed_the_accuracy_is_the_plain_one(network, kind):
    plain = (network.probabilities(X).argmax(axis=1) == Y).mean()
    assert accuracy_when_perturbed(network, X, Y, kind, 0) == plain > 0.7


@pytest.mark.parametrize("kind", Perturbation)
def test_at_its_strongest_every_disturbance_costs_accuracy(network, kind):
    plain = accuracy_when_perturbed(network, X, Y, kind, 0)
    for strength in {kind.limit.minimum, kind.limit.maximum} - {0}:
        assert accuracy_when_perturbed(network, X, Y, kind, strength) < plain - 0.03


def test_a_disturbed_digit_keeps_its_label(network):
    labels = Y.copy()
    perturbed = perturb(X, {Perturbation.SHIFT_RIGHT: 4})
    expected = (network.probabilities(perturbed).argmax(axis=1) == Y).mean()
    assert accuracy_when_perturbed(network, X, labels, Perturbation.SHIFT_RIGHT, 4) == expected
    np.testing.assert_array_equal(labels, Y)


def test_digits_beyond_the_first_block_count_too(network):
    twice = np.concatenate([X, X]), np.concatenate([Y, Y])
    once = accuracy_when_perturbed(network, X, Y, Perturbation.ROTATION, 30)
    assert accuracy_when_perturbed(network, *twice, Perturbation.ROTATION, 30) == pytest.approx(
        once
    )


def test_a_network_whose_numbers_overflowed_is_never_right():
    assert accuracy_when_perturbed(OVERFLOWN, X, Y, Perturbation.NOISE, 0) == 0
    assert first_changes(OVERFLOWN, X[0], Perturbation.NOISE, {}) == []


@pytest.mark.parametrize(("images", "labels"), [(X[:0], Y[:0]), (X, Y[:-1])])
def test_without_digits_or_their_labels_there_is_no_accuracy(network, images, labels):
    with pytest.raises(EvaluationError, match="no test"):
        accuracy_when_perturbed(network, images, labels, Perturbation.NOISE, 0)


@pytest.mark.parametrize("kind", Perturbation)
def test_the_first_change_is_the_first(network, kind):
    """On the way from 0 to the change every guess is the same, and at it another one."""
    others = (
        {Perturbation.NOISE: 10} if kind is not Perturbation.NOISE else {Perturbation.ROTATION: 10}
    )

    def guess(image: np.ndarray, strength: float) -> int:
        perturbed = perturb(image[np.newaxis], {**others, kind: strength})
        return int(network.probabilities(perturbed).argmax())

    found = 0
    for image in X[:20]:
        for change in first_changes(network, image, kind, others):
            found += 1
            between = [
                guess(image, strength)
                for strength in kind.slider_strengths
                if min(0, change.strength) < strength < max(0, change.strength)
            ]
            assert set(between) <= {guess(image, 0)}
            assert guess(image, change.strength) == change.guess != guess(image, 0)
    assert found


def test_a_digit_of_which_the_network_is_certain_never_changes():
    certain = Network(
        (np.zeros((784, 10), np.float32),), (np.eye(10, dtype=np.float32)[3],), "relu"
    )
    assert all(first_changes(certain, X[0], kind, {}) == [] for kind in Perturbation)


def test_a_shift_can_change_the_guess_in_both_directions():
    """A network that looks at one pixel of the left edge and one of the right."""
    weights = np.zeros((784, 10), np.float32)
    image = np.zeros((28, 28), np.uint8)
    image[14, 14] = 255
    weights[14 * 28 + 10, 1] = weights[14 * 28 + 16, 2] = 1
    sees = Network((weights,), (np.eye(10, dtype=np.float32)[0] / 2,), "relu")
    changes = first_changes(sees, image, Perturbation.SHIFT_RIGHT, {})
    assert changes == [Change(-4, 1), Change(2, 2)]


CURVE = RobustnessCurve(Perturbation.ROTATION, (-90.0, 0.0, 90.0), (0.1, 0.9, 0.2), 10_000)


def test_between_the_points_of_a_curve_its_straight_line_counts():
    assert CURVE.at(0) == 0.9
    assert CURVE.at(45) == pytest.approx(0.55)


def test_a_curve_is_told_in_words_and_written_as_a_table():
    assert CURVE.words() == (
        "Accuracy on 10,000 test digits: turned 90° to the left 10.0 %, left as it is 90.0 %, "
        "turned 90° to the right 20.0 %."
    )
    assert CURVE.csv() == b"rotation in degrees,accuracy\n-90,0.1000\n0,0.9000\n90,0.2000\n"
