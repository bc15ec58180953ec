"""One update of the weights: gradient descent, and Adam as Keras has it. The old network stays.

Knows networks and arrays only. A test holds both to Keras's optimizers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from mnist_core.inspection.backpropagation import Gradient
from mnist_core.inspection.network import Floats, Network
from mnist_core.inspection.trace import Node

# Keras's defaults.
_BETA_1: Final = 0.9
_BETA_2: Final = 0.999
_EPSILON: Final = 1e-7


@dataclass(frozen=True, eq=False)
class TrainingState:
    """A network between two updates, with what its optimizer remembers.

    Attributes:
        network: as it is now.
        step: how many updates there were.
        means: for all weights, then all biases, the running mean of the gradients; empty before the
            first update, and where the optimizer remembers nothing.
        squares: the same of the squared gradients.
    """

    network: Network
    step: int = 0
    means: tuple[Floats, ...] = ()
    squares: tuple[Floats, ...] = ()

    @property
    def bytes_used(self) -> int:
        """Of all its arrays in memory."""
        remembered = sum(array.nbytes for array in (*self.means, *self.squares))
        return self.network.bytes_used + remembered


@np.errstate(over="ignore", invalid="ignore")
def gradient_descent(
    state: TrainingState, gradient: Gradient, learning_rate: float
) -> TrainingState:
    """Move each weight against its gradient: learning rate times gradient is taken away.

    Args:
        state: is left as it is.
        gradient: of its network.
        learning_rate: above 0.
    """
    rate = np.float32(learning_rate)
    moves = (rate * each for each in (*gradient.weights, *gradient.biases))
    return TrainingState(_moved(state.network, moves), state.step + 1)


@np.errstate(over="ignore", invalid="ignore")
def adam(state: TrainingState, gradient: Gradient, learning_rate: float) -> TrainingState:
    """Move each weight by about the learning rate, in the direction of its gradients so far.

    The mean of the gradients is divided by the root of the mean of their squares, both corrected
    for having begun at 0. At the first update little more than the sign of a gradient is left.

    Args:
        state: is left as it is.
        gradient: of its network.
        learning_rate: above 0.

    Source: Kingma and Ba 2015, Adam, in the form of the end of its section 2, which Keras takes;
    there epsilon (1e-7) is added to the root that is not corrected.
    """
    step = state.step + 1
    gradients = (*gradient.weights, *gradient.biases)
    means = state.means or tuple(map(np.zeros_like, gradients))
    squares = state.squares or tuple(map(np.zeros_like, gradients))
    of_new, of_new_squares = np.float32(1 - _BETA_1), np.float32(1 - _BETA_2)
    means = tuple(m + (g - m) * of_new for m, g in zip(means, gradients, strict=True))
    squares = tuple(
        s + (g * g - s) * of_new_squares for s, g in zip(squares, gradients, strict=True)
    )
    corrected = np.float32(learning_rate * math.sqrt(1 - _BETA_2**step) / (1 - _BETA_1**step))
    roots = (np.sqrt(s) + np.float32(_EPSILON) for s in squares)
    moves = (corrected * np.divide(m, root) for m, root in zip(means, roots, strict=True))
    return TrainingState(_moved(state.network, moves), step, means, squares)


Optimizer = Callable[[TrainingState, Gradient, float], TrainingState]

OPTIMIZERS: Final[Mapping[str, Optimizer]] = {"sgd": gradient_descent, "adam": adam}
"""By their names in ``TrainingConfig``."""


class Move(NamedTuple):
    """How an update changed one weight.

    Attributes:
        source: number of the node or pixel that it weighs; None is the node's bias.
        before: the weight before the update.
        gradient: how much the loss would grow if the weight grew by 1.
        distance: by how much the update changed it.
    """

    source: int | None
    before: float
    gradient: float
    distance: float

    @property
    def after(self) -> float:
        """The weight after the update."""
        return self.before + self.distance

    def rounded(self, decimals: int) -> Move:
        """Round so that before and distance add up to after as they are written."""
        return self._replace(
            before=round(self.before, decimals),
            gradient=round(self.gradient, decimals),
            distance=round(self.distance, decimals),
        )


def largest_moves(
    before: Network, after: Network, gradient: Gradient, node: Node, count: int
) -> list[Move]:
    """Find the weights of a node that an update moved farthest, and its bias.

    Args:
        before: the network before the update.
        after: the same after it.
        gradient: what the update was made from.
        node: any node.
        count: how many weights to name at most.

    Returns:
        The weights that moved, the farthest first, and the bias at the end.
    """
    layer, number = node
    weights = before.weights[layer][:, number]
    distances = after.weights[layer][:, number] - weights
    order = np.argsort(-np.abs(distances), kind="stable")[:count]
    gradients = gradient.weights[layer][:, number]
    bias = before.biases[layer][number]
    moves = [
        Move(int(each), float(weights[each]), float(gradients[each]), float(distances[each]))
        for each in order[distances[order] != 0]
    ]
    slope, distance = gradient.biases[layer][number], after.biases[layer][number] - bias
    return [*moves, Move(None, float(bias), float(slope), float(distance))]


def _moved(network: Network, moves: Iterable[Floats]) -> Network:
    """Take moves, those of all weights and then of all biases, away from a network."""
    arrays = (*network.weights, *network.biases)
    moved = tuple(array - move for array, move in zip(arrays, moves, strict=True))
    layers = len(network.weights)
    return Network(moved[:layers], moved[layers:], network.activation)
