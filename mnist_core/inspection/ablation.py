"""A network changed by hand: nodes held at a value, weak weights cut off. The stored one stays.

Knows networks and arrays only.
"""

from __future__ import annotations

import numpy as np

from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Network
from mnist_core.inspection.trace import Held, check_held


def with_held(network: Network, held: Held) -> Network:
    """Return the network that says what this one says while some nodes are held at a value.

    What a held node sends on is always the same: it goes into the biases of the next layer, and the
    weights that led there become 0.

    Args:
        network: is left as it is.
        held: nodes of hidden layers, and what they report.

    Raises:
        EvaluationError: a held node is not in a hidden layer, or its value is not a number.
    """
    check_held(network, held)
    if not held:
        return network
    weights = [each.copy() for each in network.weights]
    biases = [each.copy() for each in network.biases]
    for node, value in held.items():
        biases[node.layer + 1] += np.float32(value) * weights[node.layer + 1][node.number]
        weights[node.layer + 1][node.number] = 0
    return Network(tuple(weights), tuple(biases), network.activation)


def pruned(network: Network, share: float) -> Network:
    """Return the network without the weakest of its weights: those nearest to 0 become 0.

    Args:
        network: is left as it is.
        share: of all its weights together, 0 to 1; biases are kept.

    Raises:
        EvaluationError: the share is not from 0 to 1.

    Source: LeCun et al. 1990 and Han et al. 2015, who cut by this measure and trained again.
    """
    if not 0 <= share <= 1:
        raise EvaluationError(f"The share must be from 0 to 1; got {share!r}.")
    sizes = np.abs(np.concatenate([each.ravel() for each in network.weights]))
    count = round(share * len(sizes))
    if not count:
        return network
    keeps = np.ones(len(sizes), bool)
    keeps[np.argpartition(sizes, count - 1)[:count]] = False
    ends = np.cumsum([each.size for each in network.weights])[:-1]
    weights = tuple(
        np.where(kept.reshape(each.shape), each, np.float32(0))
        for each, kept in zip(network.weights, np.split(keeps, ends), strict=True)
    )
    return Network(weights, network.biases, network.activation)
