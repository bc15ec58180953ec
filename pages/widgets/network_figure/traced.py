"""A network with a digit in it: what its nodes report, and over which connections the most flows.

A click on a node chooses it; so do the arrow keys and Enter.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mnist_core.formatting import counted, percent
from mnist_core.inspection.trace import (
    Connection,
    Held,
    Node,
    Trace,
    strongest,
    strongest_connections,
)
from mnist_core.inspection.words import node_words
from pages.widgets.network_figure.component import MOST_DRAWN, network_component
from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import chosen_in, is_place

MOST_DRAWN_UPRIGHT: Final = 8
CONNECTIONS: Final = 36
CONNECTIONS_OF_CHOSEN: Final = 10
VISIBLE_CHANGE: Final = 0.005
INVITATION: Final = "Point at a node to see what it reports. Click it to see why."
LEGEND: Final = (
    "raises the next node",
    "lowers it",
    "wider: more flows",
    "fuller: it reports more",
)
Numbers = npt.NDArray[np.intp]
ChooseConnections = Callable[[Numbers, Numbers, int], list[Connection]]

SIGNS: Final = {"right": " ✓", "wrong": " ✗", "unjudged": " ◂"}


def render_trace_figure(
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
        before: float32 (10,), the probabilities without what was changed by hand.
        true: the digit it is, 0 to 9; None where nobody has said it.
        held: nodes that were set by hand.
        chosen: the node that is chosen at the moment.
        on_choose: called with a node before the page runs again.
        key: the element's key; it must stay the same for the drawing to stay.
    """

    def choose() -> None:
        node = picked_node(chosen_in(key), [len(each) for each in traced.sums])
        if node is not None:
            on_choose(node)

    every = range(len(traced.sums))
    drawn = [_strongest(traced, layer, MOST_DRAWN, held, chosen) for layer in every]
    layers = [_layer(traced, layer, drawn[layer], held, chosen) for layer in every]
    for digit, node in enumerate(layers[-1]["nodes"]):
        node["bar"] = bar(traced.probabilities, float(before[digit]), true, digit)
    data = {
        "digit": pack_images(image),
        "description": _description(traced),
        "caption": node_words(traced, chosen, held) if chosen else INVITATION,
        "layers": layers,
        "connections": [_connections(traced, layer, drawn, chosen) for layer in every],
        "legend": LEGEND,
    }
    network_component(key=key, data=data, on_chosen_change=choose)


def picked_node(picked: Any, widths: Sequence[int]) -> Node | None:
    """Take a node from the browser, if it is one of a network with so many nodes in each layer."""
    if not isinstance(picked, list) or len(picked) != 2:
        return None
    layer, number = picked
    if not is_place(layer, len(widths)) or not is_place(number, widths[layer]):
        return None
    return Node(layer, number)


def _strongest(
    traced: Trace, layer: int, most: int, held: Held, chosen: Node | None
) -> npt.NDArray[np.intp]:
    """Choose the nodes of a layer that are drawn: all, or the strongest, the strongest first."""
    # As they would report by themselves: one set by hand stays where it is.
    [values] = traced.network.activate(layer, traced.sums[layer][np.newaxis])
    return nodes_drawn(values, layer, most, (*held, chosen))


def nodes_drawn(
    values: npt.NDArray[np.float32], layer: int, most: int, always: Iterable[Node | None]
) -> Numbers:
    """Choose nodes of a layer by what they have: all, or the largest and these, largest first."""
    if len(values) <= most:
        return np.arange(len(values))
    return strongest(values, most, [each.number for each in always if each and each.layer == layer])


def _layer(
    traced: Trace, layer: int, drawn: npt.NDArray[np.intp], held: Held, chosen: Node | None
) -> dict[str, Any]:
    is_output = layer == len(traced.sums) - 1
    most = len(drawn) if is_output else MOST_DRAWN_UPRIGHT
    upright = _strongest(traced, layer, most, held, chosen)
    name = "Output" if is_output else f"Layer {layer + 1}"
    return {
        "texts": layer_texts(name, len(traced.sums[layer]), len(drawn), len(upright)),
        "nodes": [
            _node(traced, Node(layer, number), held, chosen)
            | {
                "label": str(number if is_output else number + 1),
                "is_only_wide": number not in upright,
            }
            for number in drawn.tolist()
        ],
    }


def layer_texts(name: str, count: int, drawn: int, drawn_upright: int) -> dict[str, Any]:
    """Write what stands at a layer: its name, its nodes, and how many of them are left out."""
    nodes, left_out = counted(count, "node"), count - drawn
    some = f", {drawn_upright} strongest drawn" if count > drawn_upright else ""
    return {
        "wide": [[name, nodes], [f"+ {left_out:,} more"] if left_out else []],
        "tight": [[name, f"{count:,}"], [f"+ {left_out:,}"] if left_out else []],
        "upright": [f"{name}: {nodes}{some}"],
    }


def _node(traced: Trace, node: Node, held: Held, chosen: Node | None) -> dict[str, Any]:
    values = traced.activations[node.layer]
    value = float(values[node.number])
    strength = round(abs(value) / (float(np.abs(values).max()) or 1.0), 3)
    looks = {
        "is-negative": value < 0,
        "is-full": strength > 0.85,
        "is-set": node in held,
        "is-off": held.get(node) == 0,
    }
    return {
        "number": node.number,
        "words": node_words(traced, node, held),
        "strength": strength,
        "looks": " ".join(look for look, holds in looks.items() if holds),
        "is_chosen": node == chosen,
    }


def _connections(
    traced: Trace, layer: int, drawn: list[npt.NDArray[np.intp]], chosen: Node | None
) -> list[dict[str, Any]]:
    sources = drawn[layer - 1] if layer else np.arange(len(traced.values[0]))
    choose = functools.partial(strongest_connections, traced, layer)
    return connections_into(layer, sources, drawn[layer], chosen, choose)


def connections_into(
    layer: int, sources: Numbers, targets: Numbers, chosen: Node | None, choose: ChooseConnections
) -> list[dict[str, Any]]:
    """Choose connections: of all nodes drawn, and more of the one that is chosen; describe them.

    Args:
        layer: where they lead to, counted from 0.
        sources: intp (s,), the nodes or pixels drawn before it.
        targets: intp (t,), its nodes that are drawn.
        chosen: the node that is chosen, in any layer.
        choose: finds the largest of those between some nodes, at most so many.
    """
    found = choose(sources, targets, CONNECTIONS)
    if chosen and chosen.layer in (layer - 1, layer):
        one = np.array([chosen.number])
        sources, targets = (sources, one) if chosen.layer == layer else (one, targets)
        more = choose(sources, targets, CONNECTIONS_OF_CHOSEN)
        found += [each for each in more if each not in found]
    largest = max((abs(each.product) for each in found), default=1.0)
    return [
        {
            "source": each.source,
            "target": each.target,
            "strength": round(abs(each.product) / largest, 3),
            "is_negative": each.product < 0,
            "is_of_chosen": chosen in (Node(layer - 1, each.source), Node(layer, each.target)),
        }
        for each in found
    ]


def bar(
    probabilities: npt.NDArray[np.float32], before: float, true: int | None, digit: int
) -> dict[str, Any]:
    """Describe the bar of an output, with a stroke where it was before."""
    share, guess = float(probabilities[digit]), int(probabilities.argmax())
    verdict = "unjudged" if true is None else "right" if guess == true else "wrong"
    return {
        "share": share,
        "before": before if abs(before - share) > VISIBLE_CHANGE else None,
        "verdict": verdict if digit == guess else "",
        "wide": percent(share) + (SIGNS[verdict] if digit == guess else ""),
        "upright": f"{share:.0%}",
    }


def _description(traced: Trace) -> str:
    guess = int(traced.probabilities.argmax())
    hidden = counted(len(traced.sums) - 1, "hidden layer")
    return (
        f"The network with what it makes of this digit: {hidden}, the strongest nodes and "
        f"connections. The highest of the ten likelihoods is that of {guess}, "
        f"{percent(float(traced.probabilities[guess]))}. "
        "Arrow keys go from node to node, Enter chooses one."
    )
