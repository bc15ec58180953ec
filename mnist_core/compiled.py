"""The inside of the fast fit: many batches in one compiled function, one step to Keras.

``model.fit`` spends nine tenths of a small network's time between the batches. Here the digits lie
in memory as uint8, and one function, compiled by XLA, runs through a whole chunk of batches: it
gathers their digits by index, scales them, and updates the weights after each. Keras's ``fit`` is
given chunks of indices instead of batches of digits, and does the rest as ever: epochs,
callbacks, validation, History.

Private to ``training``. What people hold, save and download is the plain model; the wrapper
shares its variables and its optimizer, and is gone when the fit is over.
"""

from __future__ import annotations

import functools
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from mnist_core.config import TrainingConfig
from mnist_core.cost import seconds_per_step
from mnist_core.data import Split

LIVE_UPDATES = 10
LONGEST_CHUNK_SECONDS = 0.2
VALIDATION_BATCH = 1000
NOBODY = -1
"""Fills up the indices of a batch that is smaller than the others."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """How the batches of an epoch are cut into chunks.

    Attributes:
        steps: batches of a whole epoch.
        first: the batch that the epoch begins with; above 0 for the rest of an interrupted one.
        chunk: batches that run in one go.
    """

    steps: int
    first: int
    chunk: int

    @property
    def chunks(self) -> int:
        """Chunks from the first batch to the end of the epoch."""
        return math.ceil((self.steps - self.first) / self.chunk)

    def batches_done(self, chunk: int) -> int:
        """Count the epoch's batches that are done when chunk ``chunk`` (from 0) has ended."""
        return min(self.first + (chunk + 1) * self.chunk, self.steps)


def plan_epoch(config: TrainingConfig, training_digits: int, first: int = 0) -> Plan:
    """Cut an epoch into ten chunks or a few more, or as many as keep nobody waiting for Stop."""
    steps = config.steps_per_epoch(training_digits)
    patient = max(1, int(LONGEST_CHUNK_SECONDS / seconds_per_step(config)))
    return Plan(steps, first, min(max(1, steps // LIVE_UPDATES), patient))


class CompiledFit(keras.Model):  # type: ignore[misc]
    """Wraps a plain model so that one step of ``fit`` is a chunk of batches.

    Args:
        model: a compiled ``Sequential`` that gives likelihoods; its layers, variables and
            optimizer are shared, not copied.
        split: the digits to train on and to validate with.
        config: batch size and seed.
        jit: compile with XLA.
    """

    def __init__(
        self, model: keras.Sequential, split: Split, config: TrainingConfig, *, jit: bool
    ) -> None:
        super().__init__(name="compiled_fit")
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self._target, self._config = model, config
        self._train = _Digits(split.x_train, split.y_train)
        self._val = _Digits(split.x_val, split.y_val)
        self._loss_mean = keras.metrics.Mean("loss")
        self._accuracy_mean = keras.metrics.Mean("accuracy")
        # XLA has a quicker generator of random bits; outside XLA only Philox runs on a CPU.
        self._rng = "threefry" if jit else "philox"
        self._train_chunk = tf.function(self._run_chunk, jit_compile=jit)
        self._validate = tf.function(self._run_validation, jit_compile=jit)
        self.compile(optimizer=model.optimizer, loss=model.loss, jit_compile=False)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The epoch's running means, which Keras resets at its start."""
        return [self._loss_mean, self._accuracy_mean]

    @property
    def stop_training(self) -> bool:
        """Callbacks know the plain model only, so its wish to stop counts."""
        return bool(self._target.stop_training)

    @stop_training.setter
    def stop_training(self, value: bool) -> None:
        self._target.stop_training = value

    @property
    def history(self) -> keras.callbacks.History:
        """What ``fit`` gives back: Keras hangs it on the model that the callbacks know."""
        return self._target.history

    def train_step(self, chunk: Any) -> dict[str, tf.Tensor]:
        """Run one chunk; Keras calls this for each element of ``read_chunks``."""
        return self._report(*self._train_chunk(*chunk))

    def test_step(self, blocks: Any) -> dict[str, tf.Tensor]:
        """Validate on all validation digits at once."""
        return self._report(*self._validate(blocks))

    def _report(self, loss: tf.Tensor, right: tf.Tensor, digits: tf.Tensor) -> dict[str, tf.Tensor]:
        self._loss_mean.update_state(loss / digits, sample_weight=digits)
        self._accuracy_mean.update_state(right / digits, sample_weight=digits)
        return {metric.name: metric.result() for metric in self.metrics}

    def _run_chunk(
        self, indices: tf.Tensor, batches: tf.Tensor, step: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Update the weights after each of the first ``batches`` rows of indices.

        Args:
            indices: int32 (chunk, batch_size) into the training digits.
            batches: int32, how many rows count.
            step: int64, the number of the first update in the whole run: it decides dropout.

        Returns:
            sum of the losses, number of digits guessed right, number of digits: float32 each.
        """
        loss_sum, right_sum, digits_sum = tf.constant(0.0), tf.constant(0.0), tf.constant(0.0)
        for row in tf.range(batches):
            x, y, weight = self._train.gather(indices[row])
            digits = tf.reduce_sum(weight)
            with tf.GradientTape() as tape:
                y_prob = self._forward(x, step + tf.cast(row, tf.int64))
                loss = tf.reduce_sum(self._loss_each(y, y_prob) * weight) / digits + self._penalty()
            variables = self._target.trainable_variables
            gradients = tape.gradient(loss, [variable.value for variable in variables])
            self._target.optimizer.apply(gradients, variables)
            loss_sum += loss * digits
            right_sum += _count_right(y, y_prob, weight)
            digits_sum += digits
        return loss_sum, right_sum, digits_sum

    def _run_validation(self, indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Add up losses and right guesses over rows of indices, int32 (rows, width)."""
        loss_sum, right_sum, digits_sum = tf.constant(0.0), tf.constant(0.0), tf.constant(0.0)
        for row in tf.range(tf.shape(indices)[0]):
            x, y, weight = self._val.gather(indices[row])
            y_prob = self._forward(x, None)
            loss_sum += tf.reduce_sum(self._loss_each(y, y_prob) * weight)
            right_sum += _count_right(y, y_prob, weight)
            digits_sum += tf.reduce_sum(weight)
        return loss_sum + self._penalty() * digits_sum, right_sum, digits_sum

    def _forward(self, x: tf.Tensor, step: tf.Tensor | None) -> tf.Tensor:
        """Run the plain model's layers; with a step, as in training, dropout included."""
        for position, layer in enumerate(self._target.layers):
            if not isinstance(layer, keras.layers.Dropout):
                x = layer(x, training=step is not None)
            elif step is not None:
                place = tf.constant(self._config.seed * 1000 + position, tf.int64)
                seed = tf.stack([place, step])
                x = tf.nn.experimental.stateless_dropout(x, layer.rate, seed, rng_alg=self._rng)
        return x

    @staticmethod
    def _loss_each(y: tf.Tensor, y_prob: tf.Tensor) -> tf.Tensor:
        return keras.losses.sparse_categorical_crossentropy(y, y_prob)

    def _penalty(self) -> tf.Tensor:
        """Add up what the layers' regularizers ask for, L2 for instance."""
        weights = [each for each in self._target.trainable_variables if each.regularizer]
        return tf.add_n([tf.constant(0.0), *(each.regularizer(each) for each in weights)])


class _Digits:
    """Digits that stay in memory as uint8, gathered by index inside the compiled function."""

    def __init__(self, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> None:
        self._images, self._labels = tf.constant(images), tf.constant(labels)

    def gather(self, indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Give images float32 (n, 28, 28) from 0 to 1, labels int32 (n,), weights 1.0 or 0.0."""
        places = tf.maximum(indices, 0)
        images = tf.cast(tf.gather(self._images, places), tf.float32) / 255.0
        labels = tf.cast(tf.gather(self._labels, places), tf.int32)
        return images, labels, tf.cast(indices != NOBODY, tf.float32)


def read_chunks(
    config: TrainingConfig, plan: Plan, training_digits: int, begin: int, end: int
) -> tf.data.Dataset:
    """Deal the digits of the epochs ``begin`` to before ``end``, chunk by chunk.

    Returns:
        elements ``(indices, batches, step)`` as ``CompiledFit`` takes them, ``plan.chunks`` an
        epoch; the next one is dealt while the last one runs.
    """
    dealt = functools.partial(_deal, config, plan, training_digits, begin, end)
    signature = (
        tf.TensorSpec((plan.chunk, config.batch_size), tf.int32),
        tf.TensorSpec((), tf.int32),
        tf.TensorSpec((), tf.int64),
    )
    dataset = tf.data.Dataset.from_generator(dealt, output_signature=signature)
    return dataset.prefetch(1)


def _deal(
    config: TrainingConfig, plan: Plan, training_digits: int, begin: int, end: int
) -> Iterator[tuple[npt.NDArray[np.int32], int, int]]:
    for epoch in range(begin, end):
        order = epoch_order(config.seed, epoch, training_digits).astype(np.int32)
        rows = fill_up(order, config.batch_size)
        for first in range(plan.first, plan.steps, plan.chunk):
            chosen = rows[first : first + plan.chunk]
            missing = plan.chunk - len(chosen)
            indices = np.pad(chosen, ((0, missing), (0, 0)), constant_values=NOBODY)
            yield indices, len(chosen), epoch * plan.steps + first


def validation_blocks(validation_digits: int) -> tf.data.Dataset:
    """Give all validation digits as one element: int32 (rows, at most ``VALIDATION_BATCH``)."""
    width = min(VALIDATION_BATCH, validation_digits)
    order = np.arange(validation_digits, dtype=np.int32)
    return tf.data.Dataset.from_tensors(fill_up(order, width))


def epoch_order(seed: int, epoch: int, training_digits: int) -> npt.NDArray[np.int64]:
    """Say in which order an epoch shows the training digits: int64 (n,), each index once."""
    return np.random.default_rng([seed, epoch]).permutation(training_digits)


def fill_up(order: npt.NDArray[np.int32], width: int) -> npt.NDArray[np.int32]:
    """Lay indices in rows of ``width``, the last one filled up with ``NOBODY``."""
    missing = -len(order) % width
    return np.pad(order, (0, missing), constant_values=NOBODY).reshape(-1, width)


@functools.cache
def xla_works() -> bool:
    """Try XLA once on a trifle: some platforms lack it."""
    try:
        tf.function(lambda x: x + 1, jit_compile=True)(tf.constant(1))
    except (tf.errors.OpError, ValueError) as error:
        reason = getattr(error, "message", error)
        _log.warning("XLA does not work here, so training is slower: %s", reason)
        return False
    return True


def _count_right(y: tf.Tensor, y_prob: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    guesses = tf.argmax(y_prob, axis=1, output_type=tf.int32)
    return tf.reduce_sum(tf.cast(guesses == y, tf.float32) * weight)
