"""What every peer has in common: it gets digits, trains under a stopwatch, and sits the test."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
import numpy.typing as npt

from benchmarks.stopwatch import Stopwatch
from benchmarks.task import VALIDATION_SPLIT, Task
from mnist_core.data import Dataset, Split

Pixels = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


class Digits:
    """The same digits and the same split for everybody, scaled for those who want it.

    Attributes:
        dataset: as ``load_mnist`` gives it.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @cached_property
    def train(self) -> tuple[Pixels, Labels]:
        """Training digits: float32 (n, 784) from 0 to 1, and int64 (n,)."""
        return _ready(self._split.x_train, self._split.y_train)

    @cached_property
    def val(self) -> tuple[Pixels, Labels]:
        """Validation digits, of the same kind."""
        return _ready(self._split.x_val, self._split.y_val)

    @cached_property
    def test(self) -> tuple[Pixels, Labels]:
        """Test digits, of the same kind."""
        return _ready(self.dataset.x_test, self.dataset.y_test)

    @cached_property
    def _split(self) -> Split:
        return self.dataset.split(VALIDATION_SPLIT)


def _ready(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> tuple[Pixels, Labels]:
    pixels = images.reshape(len(images), -1).astype(np.float32)
    pixels /= 255
    return pixels, labels.astype(np.int64)


class Peer(ABC):
    """One model, ready to be trained once.

    The constructor builds the model and brings the digits into the peer's own form: that is not
    timed.

    Args:
        task: what to train.
        digits: what to train it with.
    """

    def __init__(self, task: Task, digits: Digits) -> None:
        self.task, self.digits = task, digits

    @abstractmethod
    def fit(self, stopwatch: Stopwatch) -> None:
        """Train for all epochs, validate after each; the stopwatch runs already."""

    @abstractmethod
    def test_accuracy(self) -> float | None:
        """Return the share of the test digits that are read right; None where nothing is learnt."""


class Loop(Peer):
    """A peer whose loop over the epochs is written by hand, as its users do."""

    def fit(self, stopwatch: Stopwatch) -> None:
        """Train and validate in turn."""
        for epoch in range(self.task.epochs):
            self.train_epoch(epoch, stopwatch)
            stopwatch.point()  # at the latest
            stopwatch.trained()
            self.validate()
            stopwatch.validated()

    @abstractmethod
    def train_epoch(self, epoch: int, stopwatch: Stopwatch) -> tuple[float, float]:
        """Update the weights once for each batch, in a new order; give loss and accuracy.

        Where a number could be shown within the epoch, ``stopwatch.point`` is told.
        """

    @abstractmethod
    def validate(self) -> tuple[float, float]:
        """Return loss and accuracy of the validation digits."""
