"""Fit a model to digits: Keras's ``fit``, fast, reproducible and able to go on where it ended.

Knows Keras and NumPy; knows neither the store nor workers. What should happen while a model
learns is the business of the callbacks that the caller passes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.training.batches import cut, deal, plan_epoch
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.compiled import (
    ChunkedFit,
    CompiledSteps,
    Logs,
    PlacedDigits,
    Sums,
    xla_works,
)

SMALLEST_PROBABILITY = 1e-7
"""Keras's: where a network is quite sure and wrong, the loss stays a number."""


def train(
    model: keras.Sequential,
    dataset: Dataset,
    config: TrainingConfig,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    *,
    checkpoint: Checkpoint | None = None,
) -> keras.callbacks.History:
    """Fit ``model`` to the training digits and validate it after every epoch.

    Not thread-safe: one training at a time in a process.

    Args:
        model: compiled, as ``build_model`` gives it; changed in place.
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
    """
    split = dataset.split(config.validation_split, config.fraction)
    config.check_fits(len(split.y_train))
    return Trainer(model, PlacedDigits(split)).train(config, callbacks, checkpoint=checkpoint)


def scale(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Turn grey levels uint8 0 to 255 into the float32 0 to 1 that the network takes."""
    return images.astype(np.float32) / np.float32(255)


class Trainer:
    """A model and its digits, ready for one training after another.

    What is compiled for the first training serves the later ones, whatever their seed, epochs
    and learning rate; another batch size is compiled anew. Not thread-safe.

    Args:
        model: compiled, as ``build_model`` gives it.
        digits: what it is trained and validated with.

    Attributes:
        model: the same; each training changes it.
        split: the digits as NumPy has them.
        steps: the compiled functions.
    """

    def __init__(self, model: keras.Sequential, digits: PlacedDigits) -> None:
        self.model = model
        self.split = digits.split
        self.steps = CompiledSteps(model, digits, jit=xla_works())

    @property
    def training_digits(self) -> int:
        """Digits in an epoch."""
        return len(self.split.y_train)

    def start_from(self, model: keras.Sequential) -> None:
        """Take over the weights and the optimizer's state of a model of the same layers."""
        _copy_state(model, self.model)

    def hand_over(self, model: keras.Sequential) -> None:
        """Hand weights and optimizer's state to a model of the same layers."""
        _copy_state(self.model, model)

    def compile(self, config: TrainingConfig) -> None:
        """Compile what a training of these settings needs; no weight changes."""
        chunk = plan_epoch(config, self.training_digits).chunk
        rows, _ = cut(deal(config, 0, self.training_digits), 0, chunk)
        self.steps.update(rows, 0, 0, config.seed)
        self.steps.predict(self.split.x_val[:1])

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
        self.model.stop_training = False
        if checkpoint is not None:
            running.restore(checkpoint)
            history.history = {name: list(values) for name, values in checkpoint.history.items()}
            if running.batch:
                running.fit(running.epoch + 1, [history, *callbacks])
        if running.epoch < config.epochs and not self.model.stop_training:
            running.fit(config.epochs, [history, *callbacks])
        history.epoch = list(range(len(history.history.get("loss", ()))))
        return history

    def predict(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the likelihoods of digits: uint8 (n, 28, 28) in, float32 (n, 10) out."""
        return self.steps.predict(images)

    def validate(self) -> Logs:
        """Return accuracy and loss of the validation digits."""
        return self.score(self.predict(self.split.x_val), self.split.y_val)

    def score(self, y_prob: npt.NDArray[np.float32], y_true: npt.NDArray[np.uint8]) -> Logs:
        """Return accuracy and loss of likelihoods, as Keras's ``evaluate`` does.

        Args:
            y_prob: float32 (n, 10).
            y_true: uint8 (n,).
        """
        of_the_true = y_prob[np.arange(len(y_true)), y_true].astype(np.float64)
        loss = -np.log(of_the_true.clip(SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)).mean()
        return {
            "accuracy": float((y_prob.argmax(axis=1) == y_true).mean()),
            "loss": float(loss) + self.steps.penalty(),
        }


class RunningFit:
    """A training under way: how far it is, and its whole state on demand.

    Callbacks find it in ``self.params["fit"]``.

    Attributes:
        epoch: the epoch that the next update belongs to, from 0.
        batch: updates of that epoch already made.
    """

    def __init__(self, trainer: Trainer, config: TrainingConfig) -> None:
        self._trainer, self._config = trainer, config
        self._model = trainer.model
        self.epoch = self.batch = 0
        self._sums = Sums()

    def fit(self, end: int, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        """Fit from here to before epoch ``end``; the rest of an epoch only by itself."""
        self._plan = plan_epoch(self._config, self._trainer.training_digits, self.batch)
        fit = ChunkedFit(self._model, self._train_chunk, self._trainer.validate)
        listed = keras.callbacks.CallbackList(
            [_Place(self), *callbacks],
            add_history=True,
            model=self._model,
            epochs=end,
            steps=self._plan.chunks,
            verbose=0,
            fit=self,
        )
        fit.fit_chunks(self._plan, self.epoch, end, listed)

    def begin_epoch(self) -> None:
        """Deal the digits."""
        self._rows = deal(self._config, self.epoch, self._trainer.training_digits)

    def end_epoch(self) -> None:
        """Move on to the next epoch."""
        self.epoch, self.batch, self._sums = self.epoch + 1, 0, Sums()

    def _train_chunk(self, first: int) -> Logs:
        rows, batches = cut(self._rows, first, self._plan.chunk)
        step = self.epoch * self._plan.steps + first
        sums = self._trainer.steps.update(rows, batches, step, self._config.seed)
        self._sums = self._sums.plus(sums)
        self.batch = first + batches
        return self._sums.logs

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
            sums=tuple(self._sums),
            history={name: list(values) for name, values in history.items()},
            epoch_seconds=epoch_seconds,
            seconds=seconds,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put the model of the same settings back into the state of a checkpoint."""
        _assign(self._model.variables, checkpoint.model)
        _assign(self._model.optimizer.variables, checkpoint.optimizer)
        self.epoch, self.batch = checkpoint.epoch, checkpoint.batch
        self._sums = Sums(*checkpoint.sums)

    @property
    def means(self) -> Logs:
        """Accuracy and loss over the unfinished epoch so far."""
        return self._sums.logs


class _Place(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps count of the epochs, before all other callbacks."""

    def __init__(self, running: RunningFit) -> None:
        super().__init__()
        self._running = running

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._running.begin_epoch()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._running.end_epoch()


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
