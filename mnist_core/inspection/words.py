"""Nodes and their numbers, as a person reads them."""

from __future__ import annotations

import math

from mnist_core.config import SIDE
from mnist_core.formatting import percent
from mnist_core.inspection.trace import DECIMALS, Held, Node, Trace

RULES = {
    "relu": "reports it, or 0 where it is below 0 (ReLU)",
    "sigmoid": "squeezes it between 0 and 1 (sigmoid)",
    "tanh": "squeezes it between −1 and 1 (tanh)",
    "elu": "reports it, squeezed between −1 and 0 where it is below 0 (ELU)",
}


def number_text(value: float, decimals: int = 2) -> str:
    """Write a number with a minus sign that can be seen, and no minus before zeros only."""
    written = f"{value:.{decimals}f}"
    return written.removeprefix("-") if not float(written) else written.replace("-", "−")


def decimals_for(size: float) -> int:
    """Count the decimals that show two digits of numbers of a size, 3 to 9 of them."""
    return min(9, max(DECIMALS, 1 - math.floor(math.log10(size)))) if size > 0 else DECIMALS


def is_output(traced: Trace, node: Node) -> bool:
    """Check whether a node stands for a digit."""
    return node.layer == len(traced.sums) - 1


def node_name(traced: Trace, node: Node) -> str:
    """Name a node: "layer 1, node 17", "output 7"."""
    if is_output(traced, node):
        return f"output {node.number}"
    return f"layer {node.layer + 1}, node {node.number + 1}"


def node_words(traced: Trace, node: Node, held: Held) -> str:
    """Name a node and say what it reports, and whether it was told to."""
    value = float(traced.activations[node.layer][node.number])
    if is_output(traced, node):
        return f"{node_name(traced, node)}, likelihood {percent(value)}"
    words = f"{node_name(traced, node)}, activation {number_text(value)}"
    if node not in held:
        return words
    return f"{words}, {'switched off' if held[node] == 0 else 'set by hand'}"


def source_name(layer: int, number: int) -> str:
    """Name what goes into a layer: a pixel or a node of the layer below."""
    if layer:
        return f"layer {layer}, node {number + 1}"
    return f"pixel in row {number // SIDE}, column {number % SIDE}"


def exact(value: float) -> str:
    """Write a number of the arithmetic, with as many decimals as it was rounded to."""
    return number_text(value, DECIMALS)
