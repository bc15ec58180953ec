"""The inside of the fast fit: many batches in one compiled function, one step to Keras.

``model.fit`` spends nine tenths of a small network's time between the batches. Here the digits lie
in memory as uint8, and one function, compiled by XLA, runs through a whole chunk of batches: it
gathers their digits by index, scales them, and updates the weights after each.

Private to ``training``. What people hold, save and download is the plain model; what is here
shares its variables and its optimizer.
"""

from __future__ import annotations

import functools
import logging
import operator
from typing import Final, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from mnist_core.config import PIXELS, SMALLEST_PROBABILITY
from mnist_core.data import Split
from mnist_core.training.batches import NOBODY, Rows
from mnist_core.training.model_interface import read_interface

PREDICTED_AT_ONCE: Final = 1000

Logs = dict[str, float]

_log = logging.getLogger(__name__)


class PlacedDigits:
    """Training digits where the compiled function reads them: in TensorFlow's memory, as uint8.

    Attributes:
        split: the digits as NumPy has them.
        images: uint8 (n, 784), the training digits.
        labels: int32 (n,).
    """

    def __init__(self, split: Split) -> None:
        self.split = split
        self.images = tf.constant(split.x_train.reshape(len(split.x_train), -1))
        self.labels = tf.constant(split.y_train.astype(np.int32))


class Sums(NamedTuple):
    """Sums over some digits: of their losses, of the right guesses among them, and how many."""

    loss: float = 0.0
    right: float = 0.0
    digits: float = 0.0

    def plus(self, other: Sums) -> Sums:
        """Add the sums over other digits."""
        return Sums(*map(operator.add, self, other))

    def minus(self, part: Sums) -> Sums:
        """Take away the sums over some of these digits."""
        return Sums(*map(operator.sub, self, part))

    @property
    def logs(self) -> Logs:
        """The means, under Keras's names."""
        return {"accuracy": self.right / self.digits, "loss": self.loss / self.digits}


class CompiledSteps:
    """The compiled functions over one model and its digits.

    They are compiled at first use: a second training of the same model finds them ready.

    Args:
        model: compiled; its layers, variables and optimizer are shared, not copied.
        digits: what it is trained with.
        jit: compile with XLA.

    Raises:
        ModelError: the model can't be trained as it was built or compiled.
    """

    def __init__(self, model: keras.Model, digits: PlacedDigits, *, jit: bool) -> None:
        self._interface = read_interface(model)
        if not self._interface.in_turn or self._interface.mixes:
            jit = jit and bool(model.jit_compile) and not self._interface.mixes
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self._model, self._digits = model, digits
        # XLA has a quicker generator of random bits; outside XLA only Philox runs on a CPU.
        self._rng = "threefry" if jit else "philox"
        # AutoGraph would first rewrite all this Python, which takes longer than tracing it.
        self._run_chunk = tf.function(self._update, jit_compile=jit, autograph=False)
        self._run_block = tf.function(self._guess, jit_compile=jit, autograph=False)

    def update(self, rows: Rows, batches: int, step: int, seed: int) -> Sums:
        """Update the weights after each of the first ``batches`` rows.

        Args:
            rows: int32 (chunk, batch_size), indices into the training digits.
            batches: how many rows count.
            step: the number of the first update in the whole run.
            seed: decides dropout, together with the step.
        """
        arguments = np.int32(batches), np.int64(step), np.int64(seed)
        return Sums(*map(float, self._run_chunk(rows, *arguments).numpy()))

    def predict(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the probabilities of digits: uint8 (n, 28, 28) in, float32 (n, 10) out."""
        blocks = []
        for first in range(0, len(images), PREDICTED_AT_ONCE):
            block = images[first : first + PREDICTED_AT_ONCE].reshape(-1, PIXELS)
            missing = PREDICTED_AT_ONCE - len(block)
            filled = np.pad(block, ((0, missing), (0, 0))) if missing else block
            blocks.append(self._run_block(filled).numpy()[: len(block)])
        return np.concatenate(blocks)

    def penalty(self) -> float:
        """Add up what the layers' regularizers ask for at present, L2 for instance."""
        return sum(float(each.regularizer(each)) for each in self._regularized)

    def _update(
        self, rows: tf.Tensor, batches: tf.Tensor, step: tf.Tensor, seed: tf.Tensor
    ) -> tf.Tensor:
        """Do what ``update`` says, inside TensorFlow; the sums come as float32 (3,)."""
        variables = self._model.trainable_variables

        def update_once(row: tf.Tensor, sums: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            x, y, weight = self._gather(rows[row])
            digits = tf.reduce_sum(weight)
            with tf.GradientTape() as tape:
                y_prob = self._forward(x, (seed, step + tf.cast(row, tf.int64)))
                each = keras.losses.sparse_categorical_crossentropy(
                    y, y_prob, from_logits=self._interface.logits
                )
                loss = tf.reduce_sum(each * weight) / digits
                for variable in self._regularized:
                    loss += variable.regularizer(variable)
            gradients = tape.gradient(loss, [variable.value for variable in variables])
            self._model.optimizer.apply(gradients, variables)
            guesses = tf.argmax(y_prob, axis=1, output_type=tf.int32)
            right = tf.reduce_sum(tf.cast(guesses == y, tf.float32) * weight)
            return row + 1, sums + tf.stack([loss * digits, right, digits])

        # Up to a number that is an argument: XLA compiles once for all numbers of batches.
        start = tf.constant(0), tf.zeros(3)
        _, sums = tf.while_loop(lambda row, _: row < batches, update_once, start)
        return sums

    def _guess(self, images: tf.Tensor) -> tf.Tensor:
        return self._likelihoods(self._forward(self._digits_of(images), None))

    def _likelihoods(self, outputs: tf.Tensor) -> tf.Tensor:
        """Turn outputs into what the loss makes of them: numbers that add up to 1."""
        if self._interface.logits:
            return tf.nn.softmax(outputs)
        if self._interface.adds_up:
            return outputs
        positive = tf.clip_by_value(outputs, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        return positive / tf.reduce_sum(positive, axis=1, keepdims=True)

    def _digits_of(self, images: tf.Tensor) -> tf.Tensor:
        return tf.reshape(_scale(images), (-1, *self._interface.input_shape))

    def _gather(self, indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return images float32 (n, ...) from 0 to 1, labels int32 (n,), weights 1.0 or 0.0."""
        if self._interface.mixes:
            indices = tf.boolean_mask(indices, indices != NOBODY)
        places = tf.maximum(indices, 0)
        images = self._digits_of(tf.gather(self._digits.images, places))
        labels = tf.gather(self._digits.labels, places)
        return images, labels, tf.cast(indices != NOBODY, tf.float32)

    def _forward(self, x: tf.Tensor, dice: tuple[tf.Tensor, tf.Tensor] | None) -> tf.Tensor:
        """Run the model's layers; with seed and step, as in training, dropout included."""
        if not self._interface.in_turn:
            return self._model(x, training=dice is not None)
        for position, layer in enumerate(self._model.layers):
            if not isinstance(layer, keras.layers.Dropout):
                x = layer(x, training=dice is not None)
            elif dice is not None:
                seed, step = dice
                both = tf.stack([seed * 1000 + position, step])
                x = tf.nn.experimental.stateless_dropout(x, layer.rate, both, rng_alg=self._rng)
        return x

    @property
    def smallest_probability(self) -> float:
        """What the loss takes a likelihood of 0 for: from logits, it is computed without limits."""
        return float(np.finfo(np.float32).tiny) if self._interface.logits else SMALLEST_PROBABILITY

    @functools.cached_property
    def _regularized(self) -> list[keras.Variable]:
        return [each for each in self._model.trainable_variables if each.regularizer]


@functools.cache
def xla_works() -> bool:
    """Try XLA once on a trifle: some platforms lack it."""
    try:
        tf.function(lambda x: x + 1, jit_compile=True, autograph=False)(tf.constant(1))
    except (tf.errors.OpError, ValueError) as error:
        reason = getattr(error, "message", error)
        _log.warning("XLA does not work here, so training is slower: %s", reason)
        return False
    return True


def _scale(images: tf.Tensor) -> tf.Tensor:
    """Do what ``data.scale`` does, to the last bit but one: (n, 784) in, (n, 28, 28) out.

    Scaled beforehand by NumPy, digits would take four times the memory, and weights come out
    otherwise in their last bits.
    """
    return tf.reshape(tf.cast(images, tf.float32) / 255.0, (-1, 28, 28))
