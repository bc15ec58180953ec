"""The activation figure: which nodes a digit excites, and over which connections.

Python chooses what is drawn, the browser lays it out: wide where there is room, upright on a
phone. A click on a node chooses it; so do the arrow keys and Enter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_core.formatting import percent
from mnist_core.inspection.trace import Held, Node, Trace, strongest, strongest_connections
from mnist_core.inspection.words import node_words
from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import chosen_in, register_component

MOST_DRAWN = 12
CONNECTIONS = 36
CONNECTIONS_OF_CHOSEN = 10

_component = register_component(Path(__file__).parent, "activation")


def render_activation_figure(
    traced: Trace,
    image: npt.NDArray[np.uint8],
    *,
    before: npt.NDArray[np.float32],
    true: int | None,
    held: Held,
    chosen: Node | None,
    on_choose: Callable[[Node], None],
    key: str = "chart-activations",
) -> None:
    """Draw a network with what it makes of a digit.

    Args:
        traced: the digit's way through the network; its numbers must not have overflowed.
        image: uint8 (28, 28), 0 background to 255 ink.
        before: float32 (10,), the likelihoods without what was changed by hand.
        true: the digit it is, 0 to 9; None where nobody has said it.
        held: nodes that were set by hand.
        chosen: the node that is chosen at the moment.
        on_choose: called with a node before the page runs again.
        key: the element's key; it must stay the same for the drawing to stay.
    """

    def choose() -> None:
        picked = chosen_in(key)
        node = _node(picked, traced)
        if node is not None:
            on_choose(node)

    always = {*held, chosen} if chosen else set(held)
    drawn = [_drawn(_own(traced, layer), layer, always) for layer in range(len(traced.sums))]
    _component(
        key=key,
        data={
            "digit": pack_images(image),
            "description": _description(traced),
            "layers": [_layer(traced, layer, numbers, held) for layer, numbers in enumerate(drawn)],
            "edges": [_edges(traced, layer, drawn, chosen) for layer in range(len(drawn))],
            "outputs": _outputs(traced.probabilities, before, true),
            "chosen": list(chosen) if chosen else None,
        },
        on_chosen_change=choose,
    )


def _node(picked: Any, traced: Trace) -> Node | None:
    """Take a node from the browser, if it is one of the network."""
    if not isinstance(picked, list) or not all(isinstance(each, int) for each in picked):
        return None
    layer, number = picked
    layers = traced.activations
    return Node(layer, number) if layer < len(layers) and number < len(layers[layer]) else None


def _own(traced: Trace, layer: int) -> npt.NDArray[np.float32]:
    """Compute what the nodes of a layer would report by themselves: one set by hand stays."""
    own: npt.NDArray[np.float32] = traced.network.activate(layer, traced.sums[layer][np.newaxis])[0]
    return own


def _drawn(
    values: npt.NDArray[np.float32], layer: int, always: Collection[Node]
) -> npt.NDArray[np.intp]:
    """Choose the nodes of a layer that are drawn: all, or the strongest, the strongest first."""
    if len(values) <= MOST_DRAWN:
        return np.arange(len(values))
    return strongest(values, MOST_DRAWN, [node.number for node in always if node.layer == layer])


def _layer(traced: Trace, layer: int, numbers: npt.NDArray[np.intp], held: Held) -> dict[str, Any]:
    values = traced.activations[layer]
    largest = float(np.abs(values).max()) or 1.0
    # Where the browser has no room for all, it leaves out those of the highest rank.
    order = strongest(_own(traced, layer), len(values))
    ranks = {number: rank for rank, number in enumerate(order)}
    is_output = layer == len(traced.sums) - 1
    return {
        "name": "Output" if is_output else f"Layer {layer + 1}",
        "count": len(values),
        "nodes": [
            {
                "number": int(number),
                "label": str(number if is_output else number + 1),
                "words": node_words(traced, Node(layer, int(number)), held),
                "strength": round(abs(float(values[number])) / largest, 3),
                "negative": bool(values[number] < 0),
                "state": _state(Node(layer, int(number)), held),
                "rank": -1 if Node(layer, int(number)) in held else ranks[number],
            }
            for number in numbers
        ],
    }


def _state(node: Node, held: Held) -> str:
    if node not in held:
        return ""
    return "off" if held[node] == 0 else "set"


def _edges(
    traced: Trace, layer: int, drawn: list[npt.NDArray[np.intp]], chosen: Node | None
) -> list[list[float]]:
    """Choose connections: of all nodes drawn, and more of the one that is chosen."""
    sources = drawn[layer - 1] if layer else np.arange(len(traced.values[0]))
    targets = drawn[layer]
    found = strongest_connections(traced, layer, sources, targets, CONNECTIONS)
    if chosen and chosen.layer in (layer - 1, layer):
        alone = np.array([chosen.number])
        start, end = (sources, alone) if chosen.layer == layer else (alone, targets)
        more = strongest_connections(traced, layer, start, end, CONNECTIONS_OF_CHOSEN)
        found += [each for each in more if each not in found]
    largest = max((abs(each.product) for each in found), default=1.0)
    return [
        [each.source, each.target, round(abs(each.product) / largest, 3), each.product < 0]
        for each in found
    ]


def _outputs(
    probabilities: npt.NDArray[np.float32], before: npt.NDArray[np.float32], true: int | None
) -> list[dict[str, Any]]:
    guess = int(probabilities.argmax())
    verdict = "" if true is None else "right" if guess == true else "wrong"
    return [
        {
            "share": float(share),
            "words": percent(float(share)),
            "before": float(before[digit]),
            "is_guess": digit == guess,
            "verdict": verdict if digit == guess else "",
            "is_true": digit == true,
        }
        for digit, share in enumerate(probabilities)
    ]


def _description(traced: Trace) -> str:
    guess = int(traced.probabilities.argmax())
    layers = len(traced.sums) - 1
    return (
        f"The network with what it makes of this digit: {layers} hidden "
        f"layer{'s' * (layers != 1)}, the strongest nodes and connections. The highest of the ten "
        f"likelihoods is that of {guess}, {percent(float(traced.probabilities[guess]))}. "
        "Arrow keys go from node to node, Enter chooses one."
    )
