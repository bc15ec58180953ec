"""Keras as everybody writes it: ``compile``, ``fit``, all else by default."""

from __future__ import annotations

import keras

from benchmarks.peers.base import Digits, Peer
from benchmarks.peers.keras_clock import KerasClock
from benchmarks.stopwatch import Stopwatch
from benchmarks.task import BATCH_SIZE, CLASSES, LEARNING_RATE, PIXELS, Task, Work


class KerasPlain(Peer):
    """One ``model.fit`` on arrays in memory."""

    steps_per_execution = 1

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        keras.utils.set_random_seed(task.seed)
        self._train, self._val = digits.train, digits.val
        self._model = build_model(task.work)
        self._model.compile(
            optimizer=keras.optimizers.Adam(LEARNING_RATE),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
            steps_per_execution=self.steps_per_execution,
        )

    def fit(self, stopwatch: Stopwatch) -> None:
        """Call ``fit`` once."""
        self._model.fit(
            *self._train,
            batch_size=BATCH_SIZE,
            epochs=self.task.epochs,
            validation_data=self._val,
            callbacks=[KerasClock(stopwatch)],
            verbose=0,
        )

    def test_accuracy(self) -> float:
        """Call ``evaluate``."""
        return float(
            self._model.evaluate(*self.digits.test, verbose=0, return_dict=True)["accuracy"]
        )


class KerasSteps(KerasPlain):
    """The plain ``fit`` with the one setting that Keras offers against the time between batches."""

    steps_per_execution = 60


def build_model(work: Work) -> keras.Sequential:
    """Build the network from Keras's own layers."""
    layers = [keras.Input(shape=(PIXELS,))]
    for nodes in work.layers:
        layers.append(keras.layers.Dense(nodes, activation="relu"))
        if work.dropout:
            layers.append(keras.layers.Dropout(work.dropout))
    return keras.Sequential([*layers, keras.layers.Dense(CLASSES, activation="softmax")])
