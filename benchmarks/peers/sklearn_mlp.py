"""scikit-learn's ``MLPClassifier``, an epoch at a time by ``partial_fit``."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from benchmarks.peers.base import Digits, Labels, Loop, Pixels
from benchmarks.stopwatch import Stopwatch
from benchmarks.task import BATCH_SIZE, CLASSES, LEARNING_RATE, Task


class SklearnMlp(Loop):
    """No L2, as everybody else here; its training accuracy is not part of what it reports."""

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        self._train, self._val = digits.train, digits.val
        self._model = MLPClassifier(
            task.work.layers,
            alpha=0.0,
            batch_size=BATCH_SIZE,
            learning_rate_init=LEARNING_RATE,
            random_state=task.seed,
        )

    def train_epoch(self, epoch: int, stopwatch: Stopwatch) -> tuple[float, float]:
        """Run once through the digits, which ``partial_fit`` shuffles itself."""
        self._model.partial_fit(*self._train, classes=np.arange(CLASSES))
        return self._model.loss_, float("nan")

    def validate(self) -> tuple[float, float]:
        """Look at all validation digits at once."""
        return self._evaluate(*self._val)

    def test_accuracy(self) -> float:
        """Look at all test digits at once."""
        return self._evaluate(*self.digits.test)[1]

    def _evaluate(self, x: Pixels, y: Labels) -> tuple[float, float]:
        y_prob = self._model.predict_proba(x)
        loss = log_loss(y, y_prob, labels=np.arange(CLASSES))
        return float(loss), float((y_prob.argmax(1) == y).mean())
