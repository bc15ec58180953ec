"""A stopwatch as a Keras callback, for everybody who trains by Keras's ``fit``."""

from __future__ import annotations

from typing import Any

import keras

from benchmarks.stopwatch import Stopwatch


class KerasClock(keras.callbacks.Callback):
    """Tells a stopwatch how far Keras's ``fit`` is."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__()
        self._stopwatch = stopwatch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the first report; Keras hands over the same numbers with or without this hook."""
        self._stopwatch.point()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Note the end of an epoch's training."""
        self._stopwatch.trained()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the end of an epoch."""
        self._stopwatch.validated()
