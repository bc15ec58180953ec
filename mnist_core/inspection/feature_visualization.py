"""What excites a node: the weights of its rule, an image made for it, and digits it answers to.

Knows networks and arrays only.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.config import PIXELS, SIDE
from mnist_core.data.dataset import Pixels
from mnist_core.inspection.network import BLOCK, Floats, Network
from mnist_core.inspection.trace import Node

INK: Final = 9.2
"""Length of an average MNIST digit as a vector of pixels from 0 to 1."""

_STEPS: Final = 30


class Extremes(NamedTuple):
    """Which digits excite the nodes of a layer most, and which least.

    Digits are ranked by the sum a node adds up, not by what it reports: a node that reports 0 for
    many digits still tells them apart by its sum.

    Attributes:
        most: intp (k, nodes), positions of digits, the most exciting first.
        most_sums: float32 (k, nodes), what the node adds up for them.
        least: intp (k, nodes), the least exciting first.
        least_sums: float32 (k, nodes).
    """

    most: npt.NDArray[np.intp]
    most_sums: Floats
    least: npt.NDArray[np.intp]
    least_sums: Floats


def rule(network: Network, number: int) -> Floats:
    """Return how a node of the first layer weighs each pixel: float32 (28, 28)."""
    return network.weights[0][:, number].reshape(SIDE, SIDE)


def rule_scale(network: Network) -> float:
    """Return one end of scale for the rules of all nodes of the first layer.

    One weight in a hundred lies beyond it, so that a single one does not make all others pale.
    """
    sizes = np.abs(network.weights[0])
    return float(np.quantile(sizes, 0.99)) or float(sizes.max()) or 1.0


def inked(images: Pixels) -> npt.NDArray[np.bool_]:
    """Find where digits have ink: bool (28, 28), true where a pixel is over 2 % ink on average.

    Elsewhere, a network has learned next to nothing: its weights there are those of the start.
    """
    where: npt.NDArray[np.bool_] = images.mean(axis=0) > 0.02 * 255
    return where


@np.errstate(over="ignore", invalid="ignore")
def exciting_image(
    network: Network, node: Node, where: npt.NDArray[np.bool_] | None = None, ink: float = INK
) -> Pixels:
    """Make the image that excites a node most, by climbing.

    It begins at the weights of all layers multiplied with each other, and takes steps in the
    direction in which the node's sum grows fastest. It finds a top, not always the highest one.

    Args:
        network: any whose numbers have not overflowed.
        node: any node.
        where: bool (28, 28), the pixels that may have ink; None is all.
        ink: length that the image's vector of pixels, 0 to 1, may have: as much as a digit.

    Returns:
        uint8 (28, 28), 0 background to 255 ink.

    Source: Erhan et al. 2009, Visualizing Higher-Layer Features of a Deep Network.
    """
    allowed = np.ones(PIXELS, np.float32) if where is None else where.ravel().astype(np.float32)
    combined = network.weights[node.layer][:, node.number]
    for weights in reversed(network.weights[: node.layer]):
        combined = weights @ combined
    combined = combined * allowed
    pixels = _within(combined * (ink / (np.linalg.norm(combined) or 1.0)), ink)
    best, highest = pixels, -np.inf
    for step in range(_STEPS):
        total, slope = _sum_and_slope(network, node, pixels)
        if total > highest:
            best, highest = pixels, total
        slope = slope * allowed
        length = float(np.linalg.norm(slope))
        if not length:
            break
        pixels = _within(pixels + slope * (ink * (1 - step / _STEPS) / length), ink)
    return np.rint(best * 255).astype(np.uint8).reshape(SIDE, SIDE)


@np.errstate(over="ignore", invalid="ignore")
def extremes(network: Network, images: Pixels, layer: int, count: int) -> Extremes:
    """Find the digits that excite each node of a layer most and least.

    Args:
        network: any whose numbers have not overflowed.
        images: uint8 (n, 28, 28), at least one.
        layer: counted from 0.
        count: how many of each to find; fewer where there are fewer digits.
    """
    found: list[Extremes] = []
    for number, sums in enumerate(network.sums_blocks(images, layer)):
        first = number * BLOCK
        most, most_sums = _largest(sums, count)
        least, least_least = _largest(-sums, count)
        found.append(Extremes(most + first, most_sums, least + first, -least_least))
    together = Extremes(*map(np.concatenate, zip(*found, strict=True)))
    most, most_sums = _largest(together.most_sums, count)
    least, least_least = _largest(-together.least_sums, count)
    return Extremes(
        np.take_along_axis(together.most, most, axis=0),
        most_sums,
        np.take_along_axis(together.least, least, axis=0),
        -least_least,
    )


def _within(pixels: Floats, ink: float) -> Floats:
    """Bring pixels into the range that an image has, with no more ink than is allowed."""
    kept = np.nan_to_num(pixels, nan=0.0, posinf=1.0, neginf=0.0).clip(0, None)
    return (kept * min(1.0, ink / (float(np.linalg.norm(kept)) or 1.0))).clip(0, 1)


def _sum_and_slope(network: Network, node: Node, pixels: Floats) -> tuple[float, Floats]:
    values = [pixels]
    for layer in range(node.layer):
        sums = values[-1] @ network.weights[layer] + network.biases[layer]
        values.append(network.activate(layer, sums[np.newaxis])[0])
    back = network.weights[node.layer][:, node.number]
    total = float(values[-1] @ back + network.biases[node.layer][node.number])
    for layer in reversed(range(node.layer)):
        back = network.weights[layer] @ (back * network.slope(values[layer + 1]))
    return total, back


def _largest(values: Floats, count: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Find the largest numbers of each column, the largest first: their rows, and themselves."""
    count = min(count, len(values))
    rows = np.argpartition(-values, count - 1, axis=0)[:count]
    found = np.take_along_axis(values, rows, axis=0)
    order = np.argsort(-found, axis=0, kind="stable")
    return np.take_along_axis(rows, order, axis=0), np.take_along_axis(found, order, axis=0)
