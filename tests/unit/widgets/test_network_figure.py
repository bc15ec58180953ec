"""The drawing of a network in words: what each layer says, and how many of its nodes are drawn."""

import itertools
from typing import Any

import pytest

from mnist_core.config import TrainingConfig
from pages.widgets.network_figure.component import MOST_DRAWN
from pages.widgets.network_figure.settings import network_in_words


def layers_of(config: TrainingConfig) -> list[dict[str, Any]]:
    return network_in_words(config)["layers"]


def test_every_layer_says_its_name_its_nodes_and_its_parameters():
    layers = layers_of(TrainingConfig(layers=(128, 1), activation="tanh"))
    assert [" ".join(itertools.chain(*layer["texts"]["wide"])) for layer in layers] == [
        "Input 784 pixels",
        "Layer 1 tanh 128 nodes 100,480 parameters",
        "Layer 2 tanh 1 node 129 parameters",
        "Output softmax 10 nodes 20 parameters",
    ]
    assert [layer["texts"]["upright"] for layer in layers] == [
        ["Input", "784 pixels"],
        ["Layer 1", "128 nodes, tanh", "100,480 parameters"],
        ["Layer 2", "1 node, tanh", "129 parameters"],
        ["Output", "10 nodes, softmax", "20 parameters"],
    ]
    assert [node["label"] for node in layers[-1]["nodes"]] == list("0123456789")


def test_the_arithmetic_says_where_the_parameters_come_from():
    network = network_in_words(TrainingConfig(layers=(128, 1)))
    assert [layer["words"] for layer in network["layers"]] == [
        "Input: 28 × 28 pixels = 784 numbers, nothing to learn",
        "Layer 1: 784 × 128 weights + 128 biases = 100,480",
        "Layer 2: 128 × 1 weights + 1 bias = 129",
        "Output: 1 × 10 weights + 10 biases = 20",
    ]
    assert network["caption"] == "100,480 + 129 + 20 = 100,629 parameters"
    assert network_in_words(TrainingConfig(layers=()))["caption"] == "7,850 parameters"


@pytest.mark.parametrize(("nodes", "drawn"), [(1, 1), (12, 12), (13, 12), (1024, 12)])
def test_dots_stand_for_the_nodes_of_a_large_layer(nodes: int, drawn: int):
    layer = layers_of(TrainingConfig(layers=(nodes,)))[1]
    assert len(layer["nodes"]) == drawn
    assert layer["has_dots"] == (nodes > MOST_DRAWN)


def test_those_who_do_not_see_the_drawing_read_all_of_it():
    description = network_in_words(TrainingConfig(layers=(20,)))["description"]
    assert "Layer 1: 784 × 20 weights + 20 biases = 15,700." in description
    assert "Every node is connected to every node of the next layer." in description
    assert "15,700 + 210 = 15,910 parameters" in description
