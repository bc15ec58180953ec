"""The way back through a network: the gradient is what the loss does, and the loss is a number."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.inspection.backpropagation import backward_pass, forward_pass, penalty
from mnist_core.inspection.network import Network
from tests.unit.network_helpers import ACTIVATIONS, DEPTHS, random_network

L2 = 0.01


def moved(network: Network, direction: list[np.ndarray], distance: float) -> Network:
    """Move all weights and biases in a direction, in float64: differences of losses are small."""
    arrays = [*network.weights, *network.biases]
    there = tuple(array + distance * way for array, way in zip(arrays, direction, strict=True))
    layers = len(network.weights)
    return Network(there[:layers], there[layers:], network.activation)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_the_gradient_says_how_the_loss_changes_in_any_direction(
    layers: tuple[int, ...], activation: str, tiny: Dataset
) -> None:
    images, labels = tiny.x_train[:4], tiny.y_train[:4]
    network = random_network(layers, activation)
    gradient = backward_pass(network, forward_pass(network, images, labels), labels, L2)
    rng = np.random.default_rng(1)
    arrays = [*gradient.weights, *gradient.biases]
    direction = [rng.normal(size=array.shape) for array in arrays]

    def loss_at(distance: float) -> float:
        there = moved(network, direction, distance)
        return forward_pass(there, images, labels).loss + penalty(there, L2)

    slope = (loss_at(1e-6) - loss_at(-1e-6)) / 2e-6
    expected = sum(float(np.vdot(a, way)) for a, way in zip(arrays, direction, strict=True))
    assert [array.dtype for array in arrays] == [np.float32] * len(arrays)
    assert slope == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_the_loss_of_a_likelihood_of_0_is_a_number(tiny: Dataset) -> None:
    network = random_network(())
    network.biases[0][3] = 500
    passed = forward_pass(network, tiny.x_train[:1], np.array([7], np.uint8))
    assert passed.y_prob[0, 7] == 0
    assert 480 < passed.loss < 520


def test_the_likelihoods_are_those_of_the_network(tiny: Dataset) -> None:
    network = random_network((20, 15), "tanh")
    passed = forward_pass(network, tiny.x_train[:5], tiny.y_train[:5])
    np.testing.assert_allclose(passed.y_prob, network.probabilities(tiny.x_train[:5]), rtol=1e-5)
    expected = -np.log(passed.y_prob[np.arange(5), tiny.y_train[:5]])
    np.testing.assert_allclose(passed.losses, expected, rtol=1e-4)


def test_an_output_that_is_not_the_label_has_to_give_way_by_its_likelihood(tiny: Dataset) -> None:
    network = random_network((20,))
    passed = forward_pass(network, tiny.x_train[:1], tiny.y_train[:1])
    gradient = backward_pass(network, passed, tiny.y_train[:1])
    expected = passed.y_prob[0].copy()
    expected[tiny.y_train[0]] -= 1
    np.testing.assert_array_equal(gradient.biases[-1], expected)


@pytest.mark.parametrize(("digits", "labels"), [(0, []), (2, [1]), (1, [10])])
def test_digits_without_labels_of_their_own_are_refused(
    digits: int, labels: list[int], tiny: Dataset
) -> None:
    with pytest.raises(EvaluationError, match="label from 0 to 9"):
        forward_pass(random_network(()), tiny.x_train[:digits], np.array(labels, np.uint8))


def test_weights_that_overflow_give_no_number_and_no_warning(tiny: Dataset) -> None:
    network = random_network((20, 15))
    for weights in network.weights:
        weights *= np.float32(1e30)
    passed = forward_pass(network, tiny.x_train[:2], tiny.y_train[:2])
    gradient = backward_pass(network, passed, tiny.y_train[:2])
    assert not np.isfinite(passed.loss)
    assert not np.isfinite(gradient.weights[0]).all()
