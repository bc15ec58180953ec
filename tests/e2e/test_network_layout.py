"""Where the drawing of a network puts things: all is there, nothing outside or on something else.

The layout follows the room on the screen, so it is JavaScript. It runs in the browser by itself.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from mnist_core.config import HIDDEN_LAYERS, NODES, TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.inspection.trace import Node, trace
from pages.widgets.network_figure import traced
from pages.widgets.network_figure.settings import network_in_words
from pages.widgets.shared.bundle import bundle
from tests.unit.network_helpers import DEPTHS, random_network

LAYOUT = Path(traced.__file__).with_name("layout.js")
ABOVE = 285  # what stands above the drawing on Look inside, in its units

Laid = dict[str, Any]
LayOut = Callable[[dict[str, Any], int, int], Laid]

networks = st.lists(
    st.integers(int(NODES.minimum), int(NODES.maximum)), max_size=int(HIDDEN_LAYERS.maximum)
).map(lambda layers: network_in_words(TrainingConfig(layers=tuple(layers))))
depths = st.sampled_from([*DEPTHS, (8,), (1024, 1, 300)])
widths = st.integers(300, 1400)
heights = st.integers(400, 1400)
quickly = settings(deadline=None, max_examples=60)


@pytest.fixture(scope="module")
def lay_out(browser: Browser) -> Iterator[LayOut]:
    """The layout of a network, for so much width, in a window of so much height."""
    page = browser.new_page()
    page.add_script_tag(content=bundle(LAYOUT))
    yield lambda *given: page.evaluate("(given) => layOut(...given)", list(given))
    page.close()


@functools.cache
def with_digit(layers: tuple[int, ...], chosen: Node | None = None) -> dict[str, Any]:
    """What the drawing of a network of made-up weights with a digit in it is given."""
    image = load_mnist("sample").x_test[0]
    with mock.patch.object(traced, "network_component") as component:
        traced.render_trace_figure(
            trace(random_network(layers), image),
            image,
            before=np.zeros(10, np.float32),
            true=None,
            held={},
            chosen=chosen,
            on_choose=lambda node: None,
        )
    return component.call_args.kwargs["data"]


def check_nodes(laid: Laid) -> None:
    """Check that nodes lie inside the drawing and touch no other one."""
    size = laid["size"]
    nodes = [node for layer in laid["layers"] for node in layer["nodes"]]
    for place in itertools.chain(nodes, *(layer["dots"] for layer in laid["layers"])):
        assert size["radius"] <= place["x"] <= size["width"] - size["radius"]
        assert size["radius"] <= place["y"] <= size["height"] - size["radius"]
    for a, b in itertools.combinations(nodes, 2):
        assert (a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2 > (2 * size["radius"]) ** 2


def check_texts(laid: Laid) -> None:
    """Check that words lie inside the drawing."""
    size = laid["size"]
    for text in itertools.chain(*(layer["texts"] for layer in laid["layers"])):
        assert 0 <= text["x"] <= size["width"]
        assert 8 <= text["y"] <= size["height"] - 8


@given(networks, widths, heights)
@quickly
def test_everything_lies_inside_the_drawing_and_no_two_nodes_touch(lay_out, network, width, height):
    laid = lay_out(network, width, height)
    check_nodes(laid)
    check_texts(laid)
    assert laid["upright"] == (width < 560)


@given(networks, widths)
@quickly
def test_no_two_layers_overlap(lay_out, network, width):
    areas = [layer["area"] for layer in lay_out(network, width, 800)["layers"]]
    for a, b in itertools.pairwise(areas):
        assert b["x"] >= a["x"] + a["width"] or b["y"] >= a["y"] + a["height"]


@given(networks, widths)
@quickly
def test_every_drawn_node_is_connected_to_every_drawn_node_of_the_next_layer(
    lay_out, network, width
):
    def place(point: dict[str, float]) -> tuple[float, float]:
        return point["x"], point["y"]

    laid = lay_out(network, width, 800)
    neighbours = itertools.pairwise(laid["layers"])
    for (left, right), edge in zip(neighbours, laid["edges"], strict=True):
        ends = [place(point) for point in edge["points"]]
        assert sorted(zip(ends[::2], ends[1::2], strict=True)) == sorted(
            itertools.product(map(place, left["nodes"]), map(place, right["nodes"]))
        )


@given(depths, widths, heights)
@quickly
def test_with_a_digit_everything_lies_inside_and_no_two_nodes_touch(lay_out, layers, width, height):
    laid = lay_out(with_digit(layers), width, height)
    check_nodes(laid)
    check_texts(laid)
    assert laid["size"]["width"] == width
    for bar in laid["layers"][-1]["bars"]:
        for point in bar["bar"]:
            assert 0 <= point["x"] <= width
            assert 0 <= point["y"] <= laid["size"]["height"]


@given(depths, widths)
@quickly
def test_with_a_digit_connections_lead_from_its_pixels_and_nodes_to_nodes(lay_out, layers, width):
    network = with_digit(layers)
    laid = lay_out(network, width, 800)
    picture = laid["picture"]
    for edge in laid["edges"]:
        start, end = edge["points"]
        if edge["into"] == 0:
            assert picture["x"] < start["x"] < picture["x"] + picture["width"]
            assert picture["y"] < start["y"] < picture["y"] + picture["height"]
        else:
            before = laid["layers"][edge["into"] - 1]["nodes"]
            assert start in before
        assert end in laid["layers"][edge["into"]]["nodes"]
    if width >= 560:
        assert len(laid["edges"]) == sum(map(len, network["connections"]))


@given(depths, st.integers(560, 1400), st.integers(700, 1400))
@quickly
def test_with_a_digit_a_wide_drawing_fits_the_window(lay_out, layers, width, height):
    laid = lay_out(with_digit(layers), width, height)
    assert laid["size"]["height"] <= height - ABOVE


def test_upright_the_strongest_nodes_are_drawn_and_the_chosen_one(lay_out):
    number = with_digit((20,))["layers"][0]["nodes"][-1]["number"]
    for chosen in (None, Node(0, number)):
        network = with_digit((20,), chosen)
        wide, upright = (lay_out(network, width, 800) for width in (800, 400))
        numbers = [
            [node["number"] for node in laid["layers"][0]["nodes"]] for laid in (wide, upright)
        ]
        assert list(map(len, numbers)) == [12, 8]
        assert numbers[0][:7] == numbers[1][:7]
        assert (number in numbers[1]) == (chosen is not None)
    assert "8 strongest drawn" in upright["layers"][0]["texts"][0]["words"]


def test_layers_that_stand_close_say_less(lay_out):
    network = with_digit((20, 15, 12, 11))
    roomy, tight = (lay_out(network, width, 800)["layers"][0]["texts"] for width in (1100, 700))
    assert [text["words"] for text in roomy] == ["Layer 1", "20 nodes", "+ 8 more"]
    assert [text["words"] for text in tight] == ["Layer 1", "20", "+ 8"]
