"""The drawing of a network: everything is there, nothing lies outside or on something else."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import HIDDEN_LAYERS, NODES, TrainingConfig
from pages.widgets.network_figure.layout import MOST_DRAWN, Diagram, Layer, layout_network

networks = st.builds(
    lambda layers, upright: layout_network(TrainingConfig(layers=tuple(layers)), upright=upright),
    st.lists(
        st.integers(int(NODES.minimum), int(NODES.maximum)), max_size=int(HIDDEN_LAYERS.maximum)
    ),
    st.booleans(),
)


def words(layer: Layer) -> str:
    return " ".join(text.words for text in layer.texts)


def test_every_layer_says_its_name_its_nodes_and_its_parameters():
    layers = layout_network(TrainingConfig(layers=(128, 1), activation="tanh")).layers
    assert [layer.name for layer in layers] == ["Input", "Layer 1", "Layer 2", "Output"]
    assert [layer.nodes for layer in layers] == [784, 128, 1, 10]
    assert [layer.parameters for layer in layers] == [0, 100_480, 129, 20]
    assert words(layers[0]) == "Input 784 pixels"
    assert words(layers[1]) == "Layer 1 tanh 128 nodes 100,480 parameters"
    assert words(layers[2]) == "Layer 2 tanh 1 node 129 parameters"
    assert words(layers[3]) == "Output softmax 10 nodes 20 parameters 0 1 2 3 4 5 6 7 8 9"


def test_the_arithmetic_says_where_the_parameters_come_from():
    diagram = layout_network(TrainingConfig(layers=(128, 1)))
    assert [layer.arithmetic for layer in diagram.layers] == [
        "28 × 28 pixels = 784 numbers, nothing to learn",
        "784 × 128 weights + 128 biases = 100,480",
        "128 × 1 weights + 1 bias = 129",
        "1 × 10 weights + 10 biases = 20",
    ]
    assert diagram.total == "100,480 + 129 + 20 = 100,629 parameters"
    assert layout_network(TrainingConfig(layers=())).total == "7,850 parameters"


@pytest.mark.parametrize(("nodes", "drawn"), [(1, 1), (12, 12), (13, 12), (1024, 12)])
def test_dots_stand_for_the_nodes_of_a_large_layer(nodes: int, drawn: int):
    layer = layout_network(TrainingConfig(layers=(nodes,))).layers[1]
    assert len(layer.drawn) == drawn
    assert bool(layer.dots) == (nodes > MOST_DRAWN)


@given(networks)
def test_every_drawn_node_is_connected_to_every_drawn_node_of_the_next_layer(diagram: Diagram):
    for (left, right), edges in zip(itertools.pairwise(diagram.layers), diagram.edges, strict=True):
        assert len(edges) == len(left.drawn) * len(right.drawn)
        assert set(edges) == set(itertools.product(left.drawn, right.drawn))


@given(networks)
def test_everything_lies_inside_the_drawing(diagram: Diagram):
    for layer in diagram.layers:
        for x, y in (*layer.drawn, *layer.dots):
            assert diagram.radius <= x <= diagram.width - diagram.radius
            assert diagram.radius <= y <= diagram.height - diagram.radius
        assert all(0 <= text.x <= diagram.width for text in layer.texts)
        assert all(8 <= text.y <= diagram.height - 8 for text in layer.texts)


@given(networks)
def test_no_two_nodes_touch_and_no_two_layers_overlap(diagram: Diagram):
    nodes = [node for layer in diagram.layers for node in layer.drawn]
    for a, b in itertools.combinations(nodes, 2):
        assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 > (2 * diagram.radius) ** 2
    for a, b in itertools.pairwise([layer.area for layer in diagram.layers]):
        assert b.x >= a.x + a.width or b.y >= a.y + a.height


def test_those_who_do_not_see_the_drawing_read_all_of_it():
    description = layout_network(TrainingConfig(layers=(20,))).description
    assert "Layer 1: 784 × 20 weights + 20 biases = 15,700." in description
    assert "Every node is connected to every node of the next layer." in description
    assert "15,700 + 210 = 15,910 parameters" in description
