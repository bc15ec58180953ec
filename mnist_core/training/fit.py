"""Fit a model to digits as Keras does, but fast, reproducible and able to go on where it ended.

Knows Keras and NumPy; knows neither the store nor workers. What should happen while a model
learns is the business of the callbacks that the caller passes in.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, Split
from mnist_core.training.batches import chunk_size, cut, deal, pieces
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.compiled import CompiledSteps, Logs, PlacedDigits, Sums, xla_works
from mnist_core.training.keras_settings import needed_settings


def train(
    model: keras.Model,
    dataset: Dataset,
    config: TrainingConfig,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    *,
    checkpoint: Checkpoint | None = None,
) -> keras.callbacks.History:
    """Fit ``model`` to the training digits and validate it after every epoch.

    Not thread-safe: one training at a time in a process.

    Args:
        model: compiled, as ``build_model`` gives it, or one of your own that gives ten numbers for
            a digit: probabilities, or logits if its loss says ``from_logits``. Digits come to it
            as float32 from 0 to 1. Changed in place.
        dataset: where the digits come from; its test digits are not touched.
        config: batch size, epochs, split and seed. The model's own layers are what they are.
        callbacks: Keras callbacks, called as by any ``fit``, with ``model`` as their model. Many
            batches run in one go, so ``on_train_batch_end`` comes about ten times an epoch;
            ``self.params["fit"]``, a ``RunningFit``, says how far the training is.
        checkpoint: where an interrupted run of the same settings and data goes on.

    Returns:
        Keras's History with ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, one value
        an epoch, the epochs before the checkpoint included.

    Raises:
        ConfigError: the batch size is larger than the number of training digits; the model is
            unchanged.
        ModelError: the model asks for something that this training would leave out, such as
            another loss; it is unchanged.

    Example:
        >>> from mnist_core import TrainingConfig, build_model, load_mnist
        >>> config = TrainingConfig(layers=(16,), epochs=2)
        >>> history = train(build_model(config), load_mnist("sample"), config)
        >>> accuracy = history.history["val_accuracy"]
        >>> len(accuracy), accuracy[-1] > 0.5
        (2, True)
    """
    config.check_fits(dataset.training_digits(config.validation_split, config.fraction))
    digits = place(dataset, config.validation_split, config.fraction)
    return Trainer(model, digits).train(config, callbacks, checkpoint=checkpoint)


@functools.lru_cache(maxsize=1)
def place(dataset: Dataset, validation_split: float, fraction: float) -> PlacedDigits:
    """Let the digits be split and laid where the compiled functions read them.

    The last ones stay there, about 100 MB of MNIST: the next training mostly wants the same.
    """
    return PlacedDigits(dataset, validation_split, fraction)


class Trainer:
    """A model and its digits, ready for one training after another.

    What is compiled for one training serves every later one in this process whose model has the
    same layers and optimizer and whose digits are as many, whatever the seed, epochs and learning
    rate; another batch size is compiled anew. Not thread-safe.

    Args:
        model: compiled, as ``build_model`` gives it.
        digits: what it is trained and validated with.

    Attributes:
        model: the same; each training changes it.
        digits: the same.
        steps: the compiled functions.
    """

    @needed_settings()
    def __init__(self, model: keras.Model, digits: PlacedDigits) -> None:
        self.model = model
        self.digits = digits
        self.steps = CompiledSteps(model, digits, jit=xla_works())

    @property
    def split(self) -> Split:
        """The digits as NumPy has them."""
        return self.digits.split

    @functools.cached_property
    def bytes(self) -> int:
        """What its variables take, those of the optimizer included."""
        variables = (*self.model.variables, *self.model.optimizer.variables)
        return sum(math.prod(each.shape) * each.value.dtype.size for each in variables)

    @property
    def training_digits(self) -> int:
        """Digits in an epoch."""
        return self.digits.training

    def start_from(self, model: keras.Sequential) -> None:
        """Take over the weights and the optimizer's state of a model of the same layers."""
        _copy_state(model, self.model)

    def hand_over(self, model: keras.Sequential) -> None:
        """Hand weights and optimizer's state to a model of the same layers."""
        _copy_state(self.model, model)

    @needed_settings()
    def compile(self, config: TrainingConfig) -> None:
        """Compile what a training of these settings needs; no weight changes."""
        chunk = chunk_size(config, self.training_digits)
        rows, _ = cut(deal(config, 0, self.training_digits), 0, chunk)
        self.steps.update(rows, 0, 0, config.seed, Sums())
        self.steps.predict(self.split.x_val[:1])

    @needed_settings()
    def train(
        self,
        config: TrainingConfig,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
    ) -> keras.callbacks.History:
        """Fit the model from the state it is in, or from the checkpoint; see ``train``."""
        history = keras.callbacks.History()
        running = RunningFit(self, config)
        if checkpoint is not None:
            running.restore(checkpoint)
            history.history = {name: list(values) for name, values in checkpoint.history.items()}
        if running.epoch < config.epochs:
            running.fit([history, *callbacks])
        history.epoch = list(range(len(history.history.get("loss", ()))))
        return history

    @needed_settings()
    def predict(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the likelihoods of digits: uint8 (n, 28, 28) in, float32 (n, 10) out."""
        return self.steps.predict(images)

    def validate(self) -> Logs:
        """Return accuracy and loss of the validation digits, as ``score`` does."""
        return self._logs(*self.steps.validate())

    def score(self, y_prob: npt.NDArray[np.float32], y_true: npt.NDArray[np.uint8]) -> Logs:
        """Return accuracy and loss of likelihoods, as Keras's ``evaluate`` does.

        Args:
            y_prob: float32 (n, 10).
            y_true: uint8 (n,).
        """
        of_the_true = y_prob[np.arange(len(y_true)), y_true]
        return self._logs(of_the_true, y_prob.argmax(axis=1) == y_true)

    def _logs(self, of_the_true: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> Logs:
        smallest = self.steps.smallest_probability
        likely = of_the_true.astype(np.float64).clip(smallest, 1 - smallest)
        return {
            "accuracy": float(right.mean()),
            "loss": float(-np.log(likely).mean()) + self.steps.penalty(),
        }


class RunningFit:
    """A training under way: how far it is, and its whole state on demand.

    Callbacks find it in ``self.params["fit"]``.

    Attributes:
        steps: updates of a whole epoch.
        epoch: the epoch that the next update belongs to, from 0.
        batch: updates of that epoch already made.
        sums: over the digits of that epoch seen so far.
    """

    def __init__(self, trainer: Trainer, config: TrainingConfig) -> None:
        self._trainer, self._config = trainer, config
        self._model = trainer.model
        self.steps = config.steps_per_epoch(trainer.training_digits)
        self.epoch = self.batch = 0
        self.sums = Sums()

    def fit(self, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        """Fit from here to the last epoch, with the calls to callbacks that Keras's ``fit`` makes.

        Keras's own leads through tf.data and costs more than the chunks themselves.
        """
        model, epochs = self._model, self._config.epochs
        chunk = chunk_size(self._config, self._trainer.training_digits)
        listed = keras.callbacks.CallbackList(
            [*callbacks],
            model=model,
            epochs=epochs,
            steps=math.ceil(self.steps / chunk),
            verbose=0,
            fit=self,
        )
        self._trainer.steps.prepare(chunk, self._config.batch_size)
        model.stop_training = False
        logs: Logs = {}
        listed.on_train_begin()
        for epoch in range(self.epoch, epochs):
            listed.on_epoch_begin(epoch)
            logs = self._fit_epoch(chunk, listed) | self._validate(listed)
            self.epoch, self.batch, self.sums = epoch + 1, 0, Sums()
            listed.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        model.optimizer.finalize_variable_values(model.trainable_weights)
        listed.on_train_end(logs)

    def _fit_epoch(self, chunk: int, callbacks: keras.callbacks.CallbackList) -> Logs:
        """Train with the digits of the epoch that are left, one piece after the other."""
        digits, seed = self._trainer.training_digits, self._config.seed
        dealt = deal(self._config, self.epoch, digits)
        begins = [each for each in pieces(self._config, self.epoch, digits) if each > self.batch]
        for index, (first, end) in enumerate(pairwise([self.batch, *begins, self.steps])):
            callbacks.on_train_batch_begin(index)
            rows, _ = cut(dealt, first, chunk)
            # In two pieces or in one, the first chunk is summed up in the same way, bit for bit.
            before, begun = (Sums(), self.sums) if first < chunk else (self.sums, Sums())
            step = self.epoch * self.steps + first
            sums = self._trainer.steps.update(rows, end - first, step, seed, begun)
            self.batch, self.sums = end, before.plus(sums)
            callbacks.on_train_batch_end(index, self.sums.logs)
            if self._model.stop_training:
                break
        return self.sums.logs

    def _validate(self, callbacks: keras.callbacks.CallbackList) -> Logs:
        """Validate, which to callbacks is a test of one batch."""
        callbacks.on_test_begin()
        callbacks.on_test_batch_begin(0)
        logs = self._trainer.validate()
        callbacks.on_test_batch_end(0, logs)
        callbacks.on_test_end(logs)
        return {f"val_{name}": value for name, value in logs.items()}

    def capture(
        self,
        history: dict[str, list[float]],
        *,
        epoch_seconds: float = 0.0,
        seconds: float = 0.0,
    ) -> Checkpoint:
        """Copy the state of the training between two updates, to go on from later.

        Args:
            history: the finished epochs.
            epoch_seconds: spent on the unfinished epoch.
            seconds: spent on the whole run.
        """
        return Checkpoint(
            epoch=self.epoch,
            batch=self.batch,
            model=_values(self._model.variables),
            optimizer=_values(self._model.optimizer.variables),
            sums=tuple(self.sums),
            history={name: list(values) for name, values in history.items()},
            epoch_seconds=epoch_seconds,
            seconds=seconds,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put the model of the same settings back into the state of a checkpoint."""
        _assign(self._model.variables, checkpoint.model)
        _assign(self._model.optimizer.variables, checkpoint.optimizer)
        self.epoch, self.batch = checkpoint.epoch, checkpoint.batch
        self.sums = Sums(*checkpoint.sums)


def _copy_state(source: keras.Sequential, target: keras.Sequential) -> None:
    for model in (source, target):
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
    _assign(target.variables, source.variables)
    _assign(target.optimizer.variables, source.optimizer.variables)


def _values(variables: list[Any]) -> list[npt.NDArray[Any]]:
    return [variable.numpy() for variable in variables]  # each a copy


def _assign(variables: Sequence[Any], values: Sequence[Any]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
