"""Holding and pruning change what they should, and never the network they were given."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.inspection.ablation import pruned, with_held
from mnist_core.inspection.network import Network
from mnist_core.inspection.trace import Node, trace
from tests.unit.network_helpers import ACTIVATIONS, DEPTHS, random_network


def sizes(network: Network) -> np.ndarray:
    return np.abs(np.concatenate([each.ravel() for each in network.weights]))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS[1:], ids=len)
def test_holding_nodes_at_their_own_activations_changes_nothing(
    layers: tuple[int, ...], activation: str, tiny: Dataset
) -> None:
    network = random_network(layers, activation)
    image = tiny.x_test[0]
    free = trace(network, image)
    own = {
        Node(layer, number): float(free.activations[layer][number])
        for layer in range(len(layers))
        for number in (0, 5, 10)
    }
    np.testing.assert_array_equal(trace(network, image, own).probabilities, free.probabilities)
    held = with_held(network, own).probabilities(image[np.newaxis])[0]
    np.testing.assert_allclose(held, free.probabilities, atol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_for_every_digit_a_network_with_held_nodes_says_what_its_trace_says(
    activation: str, tiny: Dataset
) -> None:
    network = random_network((20, 15), activation)
    held = {Node(0, 3): 2.0, Node(0, 4): 0.0, Node(1, 14): -1.5}
    y_prob = with_held(network, held).probabilities(tiny.x_test)
    expected = [trace(network, image, held).probabilities for image in tiny.x_test]
    np.testing.assert_allclose(y_prob, expected, atol=1e-5)


def test_a_node_that_is_off_is_one_whose_weights_are_gone(tiny: Dataset) -> None:
    network = random_network((20,))
    without = Network(
        (network.weights[0], network.weights[1].copy()), network.biases, network.activation
    )
    without.weights[1][7] = 0
    off = with_held(network, {Node(0, 7): 0.0})
    np.testing.assert_array_equal(
        off.probabilities(tiny.x_test), without.probabilities(tiny.x_test)
    )
    assert network.weights[1][7].any()


@pytest.mark.parametrize("layers", DEPTHS, ids=len)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.95, 1.0])
def test_pruning_takes_that_share_of_the_weights_the_weakest(
    layers: tuple[int, ...], share: float
) -> None:
    network = random_network(layers)
    before = sizes(network)
    after = sizes(pruned(network, share))
    gone = after == 0
    assert gone.sum() == round(share * len(before))
    np.testing.assert_array_equal(after[~gone], before[~gone])
    if 0 < share < 1:
        assert before[gone].max() <= before[~gone].min()
    np.testing.assert_array_equal(sizes(network), before)


def test_pruning_nothing_gives_the_network_itself() -> None:
    network = random_network((20,))
    assert pruned(network, 0) is network
    assert with_held(network, {}) is network


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(EvaluationError, match="from 0 to 1"):
        pruned(random_network(()), share)


def test_nothing_can_be_held_without_hidden_layers() -> None:
    with pytest.raises(EvaluationError, match="Only nodes of hidden layers"):
        with_held(random_network(()), {Node(0, 0): 0.0})
