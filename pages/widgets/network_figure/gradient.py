"""A network on the way back from a mistake: which nodes and weights have the largest share in it.

The same drawing as with a digit in it; what is drawn is the way down: minus the gradient.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mnist_core.formatting import percent
from mnist_core.inspection.backpropagation import Gradient
from mnist_core.inspection.trace import Connection, Node, largest_connections
from pages.widgets.network_figure.component import MOST_DRAWN, network_component
from pages.widgets.network_figure.traced import (
    MOST_DRAWN_UPRIGHT,
    Numbers,
    bar,
    connections_into,
    layer_texts,
    nodes_drawn,
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
    drawn = [
        nodes_drawn(shares, layer, MOST_DRAWN, [chosen])
        for layer, shares in enumerate(gradient.biases)
    ]
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


def _layer(
    gradient: Gradient, layer: int, drawn: Numbers, chosen: Node, now: Floats
) -> dict[str, Any]:
    shares = gradient.biases[layer]
    is_output = layer == len(gradient.biases) - 1
    most = len(drawn) if is_output else MOST_DRAWN_UPRIGHT
    upright = nodes_drawn(shares, layer, most, [chosen])
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
    gradient: Gradient, layer: int, drawn: list[Numbers], chosen: Node
) -> list[dict[str, Any]]:
    """Choose the weights with the largest share."""
    weights = gradient.weights[layer]

    def choose(sources: Numbers, targets: Numbers, count: int) -> list[Connection]:
        down = -weights[np.ix_(sources, targets)]
        return largest_connections(down, sources, targets, count)

    sources = drawn[layer - 1] if layer else np.arange(len(weights))
    return connections_into(layer, sources, drawn[layer], chosen, choose)
