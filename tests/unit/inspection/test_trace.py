"""What a node adds up is what the network computes, and what is shown of it adds up, too."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.inspection.trace import (
    Arithmetic,
    Node,
    Product,
    arithmetic,
    passed_on,
    strongest,
    strongest_connections,
    supporters,
    trace,
)
from tests.unit.network_helpers import ACTIVATIONS, DEPTHS, random_network


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_a_trace_is_what_the_network_computes(
    layers: tuple[int, ...], activation: str, tiny: Dataset
) -> None:
    network = random_network(layers, activation)
    traced = trace(network, tiny.x_test[3])
    for mine, theirs in zip(traced.activations, network.activations(tiny.x_test[3:4]), strict=True):
        np.testing.assert_allclose(mine, theirs[0], rtol=1e-5, atol=1e-6)
    assert not traced.overflowed


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_the_products_the_rest_and_the_bias_of_every_node_are_its_sum(
    layers: tuple[int, ...], activation: str, tiny: Dataset
) -> None:
    traced = trace(random_network(layers, activation), tiny.x_test[0])
    for layer, sums in enumerate(traced.sums):
        for number, total in enumerate(sums):
            written = arithmetic(traced, Node(layer, number), 4)
            parts = [each.product for each in written.products]
            assert len(parts) == 4
            assert written.others == len(traced.values[layer]) - 4
            together = sum(parts) + written.others_total + written.bias
            assert together == pytest.approx(float(total), abs=1e-4)
            assert written.total == float(total)
            assert written.activation == float(traced.activations[layer][number])
            assert sorted(map(abs, parts), reverse=True) == list(map(abs, parts))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS[1:], ids=len)
def test_what_a_node_passes_on_and_the_rest_are_the_sum_of_the_next_node(
    layers: tuple[int, ...], activation: str, tiny: Dataset
) -> None:
    network = random_network(layers, activation)
    traced = trace(network, tiny.x_test[0])
    for layer in range(len(layers)):
        node = Node(layer, int(np.abs(traced.activations[layer]).argmax()))
        found = passed_on(traced, node, 4)
        sent = traced.activations[layer][node.number] * network.weights[layer + 1][node.number]
        assert [each.product for each in found] == pytest.approx(
            sent[np.argsort(-np.abs(sent))[:4]].tolist(), rel=1e-5
        )
        for each in found:
            assert each.total == float(traced.sums[layer + 1][each.target])
            assert each.product + each.rest == pytest.approx(each.total)
            shown = each.rounded()
            written = [Decimal(f"{number:.3f}") for number in (shown.product, shown.rest)]
            assert sum(written) == Decimal(f"{shown.total:.3f}")


def test_what_supports_a_digit_makes_with_all_else_the_lead_of_its_sum(tiny: Dataset) -> None:
    network = random_network((12,), "tanh")
    traced = trace(network, tiny.x_test[0])
    named = supporters(traced, 3, 8, 12)
    against = supporters(traced, 8, 3, 12)
    shares = [share for _, share in named]
    assert shares == sorted(shares, reverse=True)
    assert all(share > 0 for share in shares)
    biases = network.biases[-1][3] - network.biases[-1][8]
    lead = sum(shares) - sum(share for _, share in against) + biases
    assert lead == pytest.approx(traced.sums[-1][3] - traced.sums[-1][8], abs=1e-4)
    assert supporters(traced, 3, 8, 2) == named[:2]


def test_a_node_that_reports_0_passes_nothing_on(tiny: Dataset) -> None:
    traced = trace(random_network((20,)), tiny.x_test[0], {Node(0, 7): 0.0})
    assert passed_on(traced, Node(0, 7), 4) == []


numbers = st.floats(-1e4, 1e4)


@given(
    st.lists(numbers, min_size=1, max_size=6),
    st.integers(0, 3).map(lambda others: others * 260),
    numbers,
    numbers,
)
def test_rounded_numbers_add_up_as_they_are_written(
    products: list[float], others: int, others_total: float, bias: float
) -> None:
    rest = others_total if others else 0.0
    total = sum(products) + rest + bias
    shown = Arithmetic(
        tuple(Product(0, 1.0, each, each) for each in products), others, rest, bias, total, total
    ).rounded()
    written = [f"{each.product:.3f}" for each in shown.products]
    written += [f"{shown.others_total:.3f}", f"{shown.bias:.3f}"]
    assert sum(map(Decimal, written)) == Decimal(f"{shown.total:.3f}")
    assert shown.total == pytest.approx(total, abs=0.0005 * (len(products) + 3))
    assert shown.others_total == pytest.approx(rest, abs=0.0005 * (len(products) + 3))


def test_a_held_node_reports_what_it_is_told_and_the_next_layer_takes_it_in(tiny: Dataset) -> None:
    network = random_network((20, 15))
    traced = trace(network, tiny.x_test[0], {Node(0, 7): 3.5})
    assert traced.activations[0][7] == 3.5
    expected = traced.activations[0] @ network.weights[1] + network.biases[1]
    np.testing.assert_allclose(traced.sums[1], expected, rtol=1e-6)
    free = trace(network, tiny.x_test[0])
    np.testing.assert_array_equal(traced.sums[0], free.sums[0])  # it still adds up the same
    assert not np.allclose(traced.probabilities, free.probabilities)


@pytest.mark.parametrize(
    ("node", "value"),
    [(Node(1, 0), 1.0), (Node(0, 20), 1.0), (Node(-1, 0), 1.0), (Node(0, 0), float("nan"))],
)
def test_only_nodes_of_hidden_layers_can_be_held_and_only_at_numbers(
    node: Node, value: float, tiny: Dataset
) -> None:
    with pytest.raises(EvaluationError, match=r"hidden layers|must be a number"):
        trace(random_network((20,)), tiny.x_test[0], {node: value})


def test_a_network_that_overflowed_is_told_from_a_sound_one(tiny: Dataset) -> None:
    network = random_network((20,))
    network.weights[0][300, 5] = np.nan
    assert trace(network, tiny.x_test[0]).overflowed


@given(st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=40), st.integers(1, 12))
def test_the_strongest_come_first_and_those_that_must_be_there_are(
    values: list[float], count: int
) -> None:
    array = np.array(values, np.float32)
    chosen = strongest(array, count)
    assert len(set(chosen)) == min(count, len(values))
    sizes = np.abs(array)
    assert list(sizes[chosen]) == sorted(sizes, reverse=True)[:count]
    weakest = int(np.argmin(sizes))
    assert weakest in strongest(array, count, [weakest])
    assert len(strongest(array, count, [weakest])) == min(count, len(values))


def test_the_strongest_connections_are_the_largest_products(tiny: Dataset) -> None:
    traced = trace(random_network((20, 15)), tiny.x_test[0])
    sources, targets = np.array([3, 8, 11, 19]), np.array([2, 5])
    found = strongest_connections(traced, 1, sources, targets, 5)
    products = {
        (int(i), int(j)): float(traced.values[1][i] * traced.network.weights[1][i, j])
        for i in sources
        for j in targets
    }
    expected = sorted((p for p in products.values() if p), key=abs, reverse=True)[:5]
    assert [each.product for each in found] == pytest.approx(expected)
    assert all(products[each.source, each.target] == each.product for each in found)


def test_of_a_blank_image_no_connection_is_strong() -> None:
    traced = trace(random_network((20,)), np.zeros((28, 28), np.uint8))
    assert strongest_connections(traced, 0, np.arange(784), np.arange(20), 9) == []
