"""Through a network and back: how wrong it is about a few digits, and each weight's share in that.

For looking at one update, where no Keras is loaded. A test holds the numbers to TensorFlow's. Knows
networks and arrays only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES
from mnist_core.data.dataset import Pixels
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Floats, Network, input_values

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """What a network makes of some digits, and how wrong that is. What overflowed is no number.

    Attributes:
        values: what goes into the first layer, float32 (n, 784), 0 to 1, then the activations of
            each layer, float32 (n, nodes); the last are the probabilities, float32 (n, 10).
        losses: float32 (n,), the cross-entropy of each digit: minus the logarithm of the
            probability of its label.
    """

    values: tuple[Floats, ...]
    losses: Floats

    @property
    def y_prob(self) -> Floats:
        """The probabilities: float32 (n, 10)."""
        return self.values[-1]

    @property
    def loss(self) -> float:
        """The mean of the losses."""
        return float(self.losses.mean())


@dataclass(frozen=True, eq=False)
class Gradient:
    """How a loss grows with each weight: its derivatives. Against it, the loss falls fastest.

    Attributes:
        weights: float32 (inputs, nodes) for each layer.
        biases: float32 (nodes,) for each layer. What is added to a bias is added to the node's sum:
            so these are also the derivatives by the sums of the nodes. That of an output is its
            probability, minus 1 where it is the label; of several digits, the mean of these.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]


@np.errstate(over="ignore", invalid="ignore")
def forward_pass(network: Network, images: Pixels, labels: Labels) -> ForwardPass:
    """Let a network read digits whose labels are known.

    Args:
        network: as it is stored, or after updates.
        images: uint8 (n, 28, 28), 0 background to 255 ink; a handful, since all is kept.
        labels: uint8 (n,), 0 to 9.

    Raises:
        EvaluationError: there is no digit, or not one label from 0 to 9 for each.
    """
    if not len(images) or len(images) != len(labels) or max(labels) >= CLASSES:
        raise EvaluationError("Each digit needs a label from 0 to 9, and there must be a digit.")
    values = [input_values(images)]
    for layer, (weights, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        sums = values[-1] @ weights + biases
        values.append(network.activate(layer, sums))
    # From the logits, as in the training: the logarithm of a likelihood of 0 would be no number.
    above = sums - sums.max(axis=1, keepdims=True)
    of_the_labels = above[np.arange(len(labels)), labels]
    return ForwardPass(tuple(values), np.log(np.exp(above).sum(axis=1)) - of_the_labels)


@np.errstate(over="ignore", invalid="ignore")
def backward_pass(
    network: Network, passed: ForwardPass, labels: Labels, l2: float = 0.0
) -> Gradient:
    """Go back through the layers: the chain rule, from the loss to each weight.

    Args:
        network: what the digits went through.
        passed: their way through it.
        labels: uint8 (n,), 0 to 9.
        l2: as in ``TrainingConfig``.

    Returns:
        The gradient of the mean loss and ``penalty`` together.

    Source: Rumelhart, Hinton and Williams 1986, Learning representations by back-propagating
    errors.
    """
    back = passed.y_prob - np.eye(CLASSES, dtype=np.float32)[labels]
    at_nodes = [back]
    for weights, reported in zip(
        reversed(network.weights[1:]), reversed(passed.values[1:-1]), strict=True
    ):
        back = (back @ weights.T) * network.slope(reported)
        at_nodes.insert(0, back)
    share = np.float32(1 / len(labels))
    by_weights = tuple(
        (values.T @ back) * share for values, back in zip(passed.values, at_nodes, strict=False)
    )
    if l2:
        shrinking = [np.float32(2 * l2) * weights for weights in network.weights]
        by_weights = tuple(map(np.add, by_weights, shrinking))
    return Gradient(by_weights, tuple(back.mean(axis=0) for back in at_nodes))


def penalty(network: Network, l2: float) -> float:
    """Return what L2 adds to the loss: the sum of all squared weights, times ``l2``."""
    return l2 * sum(float(np.vdot(weights, weights)) for weights in network.weights)
