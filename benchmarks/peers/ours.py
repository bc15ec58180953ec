"""This project, through its public functions."""

from __future__ import annotations

from benchmarks.peers.base import Digits, Peer
from benchmarks.peers.keras_clock import KerasClock
from benchmarks.stopwatch import Stopwatch
from benchmarks.task import BATCH_SIZE, LEARNING_RATE, VALIDATION_SPLIT, Task
from mnist_core.config import TrainingConfig
from mnist_core.training.fit import train
from mnist_core.training.model import build_model


class Ours(Peer):
    """``build_model`` and ``train``; splitting and scaling the digits is part of the fit here."""

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        self._config = TrainingConfig(
            layers=task.work.layers,
            dropout=task.work.dropout,
            batch_size=BATCH_SIZE,
            epochs=task.epochs,
            learning_rate=LEARNING_RATE,
            validation_split=VALIDATION_SPLIT,
            seed=task.seed,
        )
        self._model = build_model(self._config)

    def fit(self, stopwatch: Stopwatch) -> None:
        """Call ``train`` once."""
        train(self._model, self.digits.dataset, self._config, [KerasClock(stopwatch)])

    def test_accuracy(self) -> float:
        """Let Keras evaluate the plain model that was trained."""
        x_test, y_test = self.digits.test
        images = x_test.reshape(-1, 28, 28)
        return float(self._model.evaluate(images, y_test, verbose=0, return_dict=True)["accuracy"])
