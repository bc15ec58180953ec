"""Networks with made-up weights, for tests that look into them."""

from __future__ import annotations

import itertools

import numpy as np

from mnist_core.config import CHOICES
from mnist_core.inspection.network import Network

DEPTHS = [(), (20,), (20, 15), (20, 15, 12), (20, 15, 12, 11)]
ACTIVATIONS = CHOICES["activation"]


def random_network(layers: tuple[int, ...], activation: str = "relu", seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    widths = (784, *layers, 10)
    return Network(
        tuple(
            (2 * rng.normal(size=(inputs, nodes)) / np.sqrt(inputs)).astype(np.float32)
            for inputs, nodes in itertools.pairwise(widths)
        ),
        tuple(rng.normal(0, 0.1, nodes).astype(np.float32) for nodes in widths[1:]),
        activation,
    )
