"""The inside of the fast fit: many batches in one compiled function, one step to Keras.

``model.fit`` spends nine tenths of a small network's time between the batches. Here the digits lie
in memory as uint8, and one function, compiled by XLA, runs through a whole chunk of batches: it
gathers their digits by index, scales them, and updates the weights after each.

Private to ``training``. What people hold, save and download is the plain model; what is here
shares its variables and its optimizer.
"""

from __future__ import annotations

import functools
import json
import logging
import operator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from mnist_core.config import PIXELS, SMALLEST_PROBABILITY
from mnist_core.data import Dataset, Split
from mnist_core.data.splitting import split_sizes
from mnist_core.training.batches import NOBODY, Rows
from mnist_core.training.model_interface import read_interface
from mnist_core.training.program import Function, Program, Programs

READ_AT_ONCE: Final = 2000
"""Digits of a block; with many more, the last bits of a likelihood are other ones."""
SMALLEST_BLOCK: Final = 100

Logs = dict[str, float]

_log = logging.getLogger(__name__)
_PROGRAMS = Programs()
_BESIDE = ThreadPoolExecutor(2, "beside")  # for what needs no Python: TensorFlow, XLA, NumPy


class PlacedDigits:
    """Digits where the compiled functions read them: in TensorFlow's memory, as uint8.

    A thread splits them and lays them there, while the functions are traced; who asks for them
    before they lie there waits.

    Args:
        dataset: where they come from.
        validation_split: share of its training digits that is for validation.
        fraction: share of the others that is trained with.

    Attributes:
        training, validation: how many digits there are for each.
        specs: shape and dtype of ``training_arrays``.
        block: how many digits are read at once.

    Raises:
        ConfigError: a share lies outside its limits.
    """

    def __init__(self, dataset: Dataset, validation_split: float, fraction: float = 1.0) -> None:
        self.training, self.validation = split_sizes(
            len(dataset.y_train), validation_split, fraction
        )
        self.specs = (
            tf.TensorSpec((self.training, PIXELS), tf.uint8),
            tf.TensorSpec((self.training,), tf.int32),
        )
        self.block = min(READ_AT_ONCE, max(SMALLEST_BLOCK, self.validation))
        self._lay = functools.partial(_lay, dataset, validation_split, fraction, self.block)
        self._laying = _BESIDE.submit(self._lay)

    @functools.cached_property
    def _laid(self) -> _Laid:
        # A second time: the memory that was missing then may be there now.
        laid = self._lay() if self._laying.exception() else self._laying.result()
        del self._lay  # and with it the data set
        return laid

    @property
    def bytes(self) -> int:
        """How much memory they take, nearly: once for TensorFlow, once for NumPy."""
        return 2 * PIXELS * (self.training + self.validation)

    @property
    def split(self) -> Split:
        """The digits as NumPy has them."""
        return self._laid.split

    @property
    def training_arrays(self) -> tuple[tf.Tensor, tf.Tensor]:
        """The training digits: uint8 (n, 784), and their labels, int32 (n,)."""
        return self._laid.training_arrays

    @property
    def val_blocks(self) -> list[tuple[tf.Tensor, tf.Tensor]]:
        """The validation digits, the last block filled up: uint8 (block, 784), int32 (block,)."""
        return self._laid.val_blocks


class _Laid(NamedTuple):
    split: Split
    training_arrays: tuple[tf.Tensor, tf.Tensor]
    val_blocks: list[tuple[tf.Tensor, tf.Tensor]]


def _lay(dataset: Dataset, validation_split: float, fraction: float, block: int) -> _Laid:
    split = dataset.split(validation_split, fraction)
    images, labels = split.x_train.reshape(-1, PIXELS), split.y_train.astype(np.int32)
    val = split.x_val.reshape(-1, PIXELS), split.y_val.astype(np.int32)
    val_blocks = (map(tf.constant, _in_blocks(each, block)) for each in val)
    return _Laid(
        split, (tf.constant(images), tf.constant(labels)), [*zip(*val_blocks, strict=True)]
    )


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

    They are compiled at first use; a model of the same kind finds them ready.

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
        self._model, self._digits, self._jit = model, digits, jit
        # XLA has a quicker generator of random bits; outside XLA only Philox runs on a CPU.
        self._rng = "threefry" if jit else "philox"
        self._kind = _kind(model) if self._interface.in_turn else None
        self._own_programs = Programs()
        self._variables = [
            variable.value for variable in (*model.weights, *model.optimizer.variables)
        ]

    def prepare(self, chunk: int, batch_size: int) -> None:
        """Trace what a training needs; what reads digits is compiled beside what comes next.

        Args:
            chunk: how many batches ``update`` will be given.
            batch_size: the width of its rows.
        """
        numbers = np.int32(), np.int64(), np.int64(), np.zeros(3, np.float32)
        rows = tf.TensorSpec((chunk, batch_size), tf.int32)
        self._program(self._update, rows, *numbers, *self._digits.specs)
        block = self._digits.block
        digits = tf.TensorSpec((block, PIXELS), tf.uint8), tf.TensorSpec((block,), tf.int32)
        reading = self._program(self._read, *digits)
        if self._jit and self._kind is not None and reading.is_new:
            _BESIDE.submit(reading.compile, self._variables)

    def update(self, rows: Rows, batches: int, step: int, seed: int, begun: Sums) -> Sums:
        """Update the weights after each of the first ``batches`` rows.

        Args:
            rows: int32 (chunk, batch_size), indices into the training digits.
            batches: how many rows count.
            step: the number of the first update in the whole run.
            seed: decides dropout, together with the step.
            begun: what the sums begin with, numbers of float32.

        Returns:
            The sums over these batches and what they began with, added up in float32 one by one.
        """
        numbers = np.int32(batches), np.int64(step), np.int64(seed), np.array(begun, np.float32)
        (sums,) = self._run(self._update, rows, *numbers, *self._digits.training_arrays)
        return Sums(*map(float, sums.numpy()))

    def predict(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the probabilities of digits: uint8 (n, 28, 28) in, float32 (n, 10) out."""
        blocks = _in_blocks(images.reshape(-1, PIXELS), self._digits.block)
        nothing = np.zeros(self._digits.block, np.int32)
        y_prob = [self._run(self._read, block, nothing)[0].numpy() for block in blocks]
        return np.concatenate(y_prob)[: len(images)]

    def validate(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        """Let the network read the validation digits.

        Returns:
            The probability of each digit's true label, float32 (n,), and whether it is the
            largest, bool (n,). The other probabilities stay where they are.
        """
        read = [self._run(self._read, *block)[1:] for block in self._digits.val_blocks]
        of_the_true, right = (
            np.concatenate([each.numpy() for each in blocks])[: self._digits.validation]
            for blocks in zip(*read, strict=True)
        )
        return of_the_true, right

    def penalty(self) -> float:
        """Add up what the layers' regularizers ask for at present, L2 for instance."""
        return sum(float(each.regularizer(each)) for each in self._regularized)

    def _run(self, function: Function, *arguments: Any) -> list[tf.Tensor]:
        return self._program(function, *arguments)(arguments, self._variables)

    def _program(self, function: Function, *arguments: Any) -> Program:
        """Find a function's program for arguments of these shapes, arrays or specs."""
        specs = tuple(tf.TensorSpec(each.shape, each.dtype) for each in arguments)
        kind = function.__name__, self._kind, self._interface, self._jit, specs
        programs = self._own_programs if self._kind is None else _PROGRAMS

        def build() -> Program:
            return Program(function, specs, self._variables, jit=self._jit)

        return programs.find(kind, build)

    def _update(
        self,
        rows: tf.Tensor,
        batches: tf.Tensor,
        step: tf.Tensor,
        seed: tf.Tensor,
        begun: tf.Tensor,
        *placed: tf.Tensor,
    ) -> tf.Tensor:
        """Do what ``update`` says, inside TensorFlow; the sums come as float32 (3,)."""
        variables = self._model.trainable_variables

        def update_once(row: tf.Tensor, sums: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            x, y, weight = self._gather(rows[row], *placed)
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
        start = tf.constant(0), begun
        _, sums = tf.while_loop(lambda row, _: row < batches, update_once, start)
        return sums

    def _read(self, images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return all probabilities of a block, those of the labels, and which are the largest."""
        y_prob = self._likelihoods(self._forward(self._digits_of(images), None))
        right = tf.argmax(y_prob, axis=1, output_type=tf.int32) == labels
        return y_prob, tf.gather(y_prob, labels, batch_dims=1), right

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

    def _gather(
        self, indices: tf.Tensor, images: tf.Tensor, labels: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return images float32 (n, ...) from 0 to 1, labels int32 (n,), weights 1.0 or 0.0."""
        if self._interface.mixes:
            indices = tf.boolean_mask(indices, indices != NOBODY)
        places = tf.maximum(indices, 0)
        x, y = self._digits_of(tf.gather(images, places)), tf.gather(labels, places)
        return x, y, tf.cast(indices != NOBODY, tf.float32)

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


def _kind(model: keras.Sequential) -> str | None:
    """Describe all that a traced function takes from a model apart from its variables' values.

    Returns:
        None where a part is not Keras's own: its description does not say what it does.
    """
    parts = (*model.layers, model.optimizer)
    functions = [part.activation for part in parts if isinstance(part, keras.layers.Dense)]
    own = _OWN_PARTS.issuperset(map(type, parts)) and all(
        function is getattr(keras.activations, getattr(function, "__name__", ""), None)
        for function in functions
    )
    if not own:
        return None
    shapes = [(*variable.shape, variable.dtype) for variable in model.weights]
    text = json.dumps([shapes, *((type(part).__name__, _alike(part)) for part in parts)])
    return None if '"registered_name": "' in text else text


_OWN_PARTS: Final = {
    *(keras.layers.Flatten, keras.layers.Dense, keras.layers.Dropout),
    *(keras.optimizers.Adam, keras.optimizers.SGD, keras.optimizers.RMSprop),
}
_OF_ONE_MODEL: Final = {"name", "seed", "kernel_initializer", "bias_initializer"}


def _alike(part: Any) -> dict[str, Any]:
    """Return a part's settings without those that no traced function depends on."""
    return {
        key: value
        for key, value in part.get_config().items()
        # A rate is a variable, unless it is a schedule.
        if key not in _OF_ONE_MODEL and not (key == "learning_rate" and isinstance(value, float))
    }


def _in_blocks(digits: npt.NDArray[Any], width: int) -> npt.NDArray[Any]:
    """Cut (n, ...) into (blocks, width, ...), the last block filled up with zeros."""
    missing = -len(digits) % width
    padded = np.pad(digits, ((0, missing), *(((0, 0),) * (digits.ndim - 1)))) if missing else digits
    return padded.reshape(-1, width, *digits.shape[1:])


@functools.cache
def xla_works() -> bool:
    """Try XLA once on a trifle: some platforms lack it."""
    try:
        Program(lambda x: x + 1, [tf.TensorSpec((), tf.int32)], [], jit=True)([np.int32(1)], [])
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
