"""The floor: nothing but the matrix products of forward and backward pass, in NumPy.

It learns nothing: no activation, no loss, no optimizer, no shuffling. Nobody who multiplies the
same matrices in float32 can be expected to be much quicker.
"""

from __future__ import annotations

import itertools

import numpy as np

from benchmarks.peers.base import Digits, Loop, Pixels
from benchmarks.stopwatch import Stopwatch
from benchmarks.task import BATCH_SIZE, Task


class NumpyFloor(Loop):
    """Multiplies each batch through the network and back; dropout changes nothing here."""

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        self._x_train, self._x_val = digits.train[0], digits.val[0]
        rng = np.random.default_rng(task.seed)
        shapes = list(itertools.pairwise(task.work.widths))
        self._weights = [
            rng.standard_normal(shape, np.float32) / np.float32(28) for shape in shapes
        ]
        self._gradients = [np.empty(shape, np.float32) for shape in shapes]

    def train_epoch(self, epoch: int, stopwatch: Stopwatch) -> tuple[float, float]:
        """Go through all batches in the order in which they lie in memory."""
        for first in range(0, len(self._x_train), BATCH_SIZE):
            self._backward(self._forward(self._x_train[first : first + BATCH_SIZE]))
        return float("nan"), float("nan")

    def validate(self) -> tuple[float, float]:
        """Multiply all validation digits at once."""
        self._forward(self._x_val)
        return float("nan"), float("nan")

    def test_accuracy(self) -> None:
        """Nothing is learnt."""

    def _forward(self, x: Pixels) -> list[Pixels]:
        values = [x]
        for weights in self._weights:
            values.append(values[-1] @ weights)
        return values

    def _backward(self, values: list[Pixels]) -> None:
        """Multiply back: a gradient for each layer's weights, and for its inputs but the first."""
        delta = values[-1]
        for position in reversed(range(len(self._weights))):
            np.matmul(values[position].T, delta, out=self._gradients[position])
            if position:
                delta = delta @ self._weights[position].T
