"""A network on the way back from a mistake: which nodes and weights have the largest share in it.

The same drawing as with a digit in it; what is drawn is the way down: minus the gradient.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mnist_core.formatting import percent
from mnist_core.inspection.backpropagation import Gradient
from mnist_core.inspection.trace import Node, largest_connections, strongest
from pages.widgets.network_figure.component import MOST_DRAWN, network_component
from pages.widgets.network_figure.traced import (
    CONNECTIONS,
    CONNECTIONS_OF_CHOSEN,
    MOST_DRAWN_UPRIGHT,
    as_drawn,
    bar,
    layer_texts,
    picked_node,
)
from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import chosen_in

LEGEND: Final = (
    "this weight has to grow",
    "it has to shrink",
    "wider: a larger share",
    "fuller: a larger share; dashed: it has to report less",
)
INVITATION: Final = "Point at a node to see its share. Click it to see its weights."

Floats = npt.NDArray[np.float32]


def render_gradient_figure(
    gradient: Gradient,
    image: npt.NDArray[np.uint8],
    *,
    now: Floats,
    after: Floats,
    true: int | None,
    chosen: Node,
    on_choose: Callable[[Node], None],
    key: str = "chart-gradient",
) -> None:
    """Draw a network with the share that its nodes and weights have in a mistake.

    Args:
        gradient: of the loss; its numbers must not have overflowed.
        image: uint8 (28, 28), 0 background to 255 ink.
        now: float32 (10,), the probabilities.
        after: float32 (10,), the probabilities after the update.
        true: the label, 0 to 9; None where there are several digits.
        chosen: the node that is chosen at the moment.
        on_choose: called with a node before the page runs again.
        key: the element's key; it must stay the same for the drawing to stay.
    """
    widths = [len(each) for each in gradient.biases]

    def choose() -> None:
        node = picked_node(chosen_in(key), widths)
        if node is not None:
            on_choose(node)

    every = range(len(widths))
    drawn = [_largest(gradient, layer, MOST_DRAWN, chosen) for layer in every]
    layers = [_layer(gradient, layer, drawn[layer], chosen, now) for layer in every]
    for digit, node in enumerate(layers[-1]["nodes"]):
        node["bar"] = bar(now, float(after[digit]), true, digit)
    data = {
        "digit": pack_images(image),
        "description": (
            "The network on the way back from its mistake: the nodes and weights with the largest "
            "share in it. Arrow keys go from node to node, Enter chooses one."
        ),
        "caption": INVITATION,
        "layers": layers,
        "connections": [_connections(gradient, layer, drawn, chosen) for layer in every],
        "legend": LEGEND,
    }
    network_component(key=key, data=data, on_chosen_change=choose)


def _largest(gradient: Gradient, layer: int, most: int, chosen: Node) -> npt.NDArray[np.intp]:
    """Choose the nodes of a layer that are drawn: all, or those with the largest share."""
    shares = gradient.biases[layer]
    if len(shares) <= most:
        return np.arange(len(shares))
    return strongest(shares, most, [chosen.number] if chosen.layer == layer else [])


def _layer(
    gradient: Gradient, layer: int, drawn: npt.NDArray[np.intp], chosen: Node, now: Floats
) -> dict[str, Any]:
    shares = gradient.biases[layer]
    is_output = layer == len(gradient.biases) - 1
    upright = drawn if is_output else _largest(gradient, layer, MOST_DRAWN_UPRIGHT, chosen)
    largest = float(np.abs(shares).max()) or 1.0
    nodes = []
    for number in drawn.tolist():
        share = float(shares[number])
        strength = round(abs(share) / largest, 3)
        looks = {"is-negative": share > 0, "is-full": strength > 0.85}
        name = f"layer {layer + 1}, node {number + 1}"
        if is_output:
            name = f"output {number}, likelihood {percent(float(now[number]))}"
        nodes.append(
            {
                "number": number,
                "label": str(number if is_output else number + 1),
                "words": f"{name}: {_share_words(share)}",
                "strength": strength,
                "looks": " ".join(look for look, holds in looks.items() if holds),
                "is_chosen": chosen == Node(layer, number),
                "is_only_wide": number not in upright,
            }
        )
    name = "Output" if is_output else f"Layer {layer + 1}"
    return {
        "texts": layer_texts(name, len(shares), len(drawn), len(upright)),
        "nodes": nodes,
    }


def _share_words(share: float) -> str:
    if not share:
        return "no share"
    return f"has to report {'less' if share > 0 else 'more'}, share {abs(share):.3g}"


def _connections(
    gradient: Gradient, layer: int, drawn: list[npt.NDArray[np.intp]], chosen: Node
) -> list[dict[str, Any]]:
    """Choose the weights with the largest share: of all nodes drawn, and more of the chosen one."""
    weights = gradient.weights[layer]
    sources = drawn[layer - 1] if layer else np.arange(len(weights))
    targets = drawn[layer]
    found = _of(weights, sources, targets, CONNECTIONS)
    if chosen.layer in (layer - 1, layer):
        one = np.array([chosen.number])
        sources, targets = (sources, one) if chosen.layer == layer else (one, targets)
        more = _of(weights, sources, targets, CONNECTIONS_OF_CHOSEN)
        found += [each for each in more if each not in found]
    return as_drawn(found, layer, chosen)


def _of(
    weights: Floats, sources: npt.NDArray[np.intp], targets: npt.NDArray[np.intp], count: int
) -> list[Any]:
    return largest_connections(-weights[np.ix_(sources, targets)], sources, targets, count)
