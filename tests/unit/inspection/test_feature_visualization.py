"""What excites a node does excite it."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.data import Dataset
from mnist_core.inspection.feature_visualization import (
    INK,
    exciting_image,
    extremes,
    inked,
    rule,
    rule_scale,
)
from mnist_core.inspection.network import BLOCK
from mnist_core.inspection.trace import Node, trace
from tests.unit.network_helpers import ACTIVATIONS, DEPTHS, random_network


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_the_image_made_for_a_node_excites_it_more_than_any_digit_does(
    layers: tuple[int, ...], activation: str, tiny: Dataset
) -> None:
    network = random_network(layers, activation)
    last = len(layers)
    node = Node(last, 4)
    image = exciting_image(network, node)
    assert image.shape == (28, 28)
    assert np.linalg.norm(image / 255) <= INK * 1.01
    of_digits = extremes(network, tiny.x_test, last, 1).most_sums[0, 4]
    assert trace(network, image).sums[last][4] > of_digits


def test_a_node_without_weights_gets_a_blank_image() -> None:
    network = random_network((20,))
    network.weights[1][:, 4] = 0
    assert exciting_image(network, Node(1, 4)).max() == 0


def test_the_image_has_ink_only_where_digits_have_it(tiny: Dataset) -> None:
    where = inked(tiny.x_test)
    assert not where[0].any()
    assert where[10:18, 12:16].all()
    image = exciting_image(random_network((20, 15)), Node(1, 4), where)
    assert image.max() > 0
    assert not image[~where].any()


def test_weights_near_the_end_of_all_numbers_do_no_harm(tiny: Dataset) -> None:
    network = random_network((20, 15))
    for weights in network.weights:
        weights *= np.float32(1e30)
    assert exciting_image(network, Node(2, 4)).shape == (28, 28)
    assert extremes(network, tiny.x_test, 2, 3).most.shape == (3, 10)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_digits_are_ranked_by_what_each_node_adds_up_for_them(layer: int, tiny: Dataset) -> None:
    network = random_network((20, 15))
    images = np.concatenate([tiny.x_train, np.resize(tiny.x_test, (BLOCK, 28, 28))])
    found = extremes(network, images, layer, 6)
    sums = np.array([trace(network, image).sums[layer] for image in images])
    ordered = np.sort(sums, axis=0)
    np.testing.assert_allclose(found.most_sums, ordered[::-1][:6], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found.least_sums, ordered[:6], rtol=1e-4, atol=1e-4)
    for positions, expected in ((found.most, found.most_sums), (found.least, found.least_sums)):
        there = np.take_along_axis(sums, positions, axis=0)
        np.testing.assert_allclose(there, expected, rtol=1e-4, atol=1e-4)


def test_fewer_digits_than_asked_for_are_all_ranked(tiny: Dataset) -> None:
    found = extremes(random_network((20,)), tiny.x_test[:3], 1, 8)
    assert found.most.shape == (3, 10)
    np.testing.assert_array_equal(found.most, found.least[::-1])


def test_all_rules_of_the_first_layer_share_one_scale() -> None:
    network = random_network((20,))
    scale = rule_scale(network)
    sizes = np.abs([rule(network, number) for number in range(20)])
    assert sizes.shape == (20, 28, 28)
    assert (sizes > scale).mean() == pytest.approx(0.01, abs=0.001)
    network.weights[0][:] = 0
    assert rule_scale(network) > 0
