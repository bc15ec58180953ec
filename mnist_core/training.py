"""Fit a model to digits: Keras's ``fit``, fast, reproducible and able to go on where it ended.

Knows Keras and NumPy; knows neither the store nor workers. What should happen while a model
learns is the business of the callbacks that the caller passes in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mnist_core.checkpoint import Checkpoint
from mnist_core.compiled import CompiledFit, plan_epoch, read_chunks, validation_blocks, xla_works
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, Split


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
    history = keras.callbacks.History()
    running = RunningFit(model, split, config)
    model.stop_training = False
    if checkpoint is not None:
        running.restore(checkpoint)
        history.history = {name: list(values) for name, values in checkpoint.history.items()}
        if running.batch:
            begun = _SumsRestored(running, checkpoint)
            running.fit(running.epoch + 1, [begun, history, *callbacks])
    if running.epoch < config.epochs and not model.stop_training:
        running.fit(config.epochs, [history, *callbacks])
    history.epoch = list(range(len(history.history.get("loss", ()))))
    return history


def scale(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Turn grey levels uint8 0 to 255 into the float32 0 to 1 that the network takes."""
    return images.astype(np.float32) / np.float32(255)


class RunningFit:
    """A training under way: how far it is, and its whole state on demand.

    Callbacks find it in ``self.params["fit"]``.

    Attributes:
        epoch: the epoch that the next update belongs to, from 0.
        batch: updates of that epoch already made.
    """

    def __init__(self, model: keras.Sequential, split: Split, config: TrainingConfig) -> None:
        self._model, self._config = model, config
        self._digits, self._validation_digits = len(split.y_train), len(split.y_val)
        self._compiled = CompiledFit(model, split, config, jit=xla_works())
        self.epoch = self.batch = 0

    def fit(self, end: int, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        """Fit from here to before epoch ``end``; the rest of an epoch only by itself."""
        plan = plan_epoch(self._config, self._digits, self.batch)
        self._compiled.fit(
            read_chunks(self._config, plan, self._digits, self.epoch, end),
            steps_per_epoch=plan.chunks,
            initial_epoch=self.epoch,
            epochs=end,
            validation_data=validation_blocks(self._validation_digits),
            callbacks=keras.callbacks.CallbackList(
                [_Place(self, plan.batches_done), *callbacks],
                add_history=True,
                model=self._model,
                epochs=end,
                steps=plan.chunks,
                verbose=0,
                fit=self,
            ),
            shuffle=False,
            verbose=0,
        )

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
            metrics=_values(self._sums) if self.batch else [],
            history={name: list(values) for name, values in history.items()},
            epoch_seconds=epoch_seconds,
            seconds=seconds,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put the model of the same settings back into the state of a checkpoint."""
        _assign(self._model.variables, checkpoint.model)
        _assign(self._model.optimizer.variables, checkpoint.optimizer)
        self.epoch, self.batch = checkpoint.epoch, checkpoint.batch

    @property
    def means(self) -> dict[str, float]:
        """Accuracy and loss over the unfinished epoch so far."""
        return {metric.name: float(metric.result()) for metric in self._compiled.metrics}

    def restore_sums(self, checkpoint: Checkpoint) -> None:
        """Go on with the running sums of an epoch that was interrupted."""
        _assign(self._sums, checkpoint.metrics)

    @property
    def _sums(self) -> list[Any]:
        return [variable for metric in self._compiled.metrics for variable in metric.variables]


class _Place(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps count of where a fit is, before all other callbacks."""

    def __init__(self, running: RunningFit, batches_done: Callable[[int], int]) -> None:
        super().__init__()
        self._running, self._batches_done = running, batches_done

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._running.batch = self._batches_done(batch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._running.epoch, self._running.batch = epoch + 1, 0


class _SumsRestored(keras.callbacks.Callback):  # type: ignore[misc]
    """Begins an epoch with the running sums of its part before the interruption."""

    def __init__(self, running: RunningFit, checkpoint: Checkpoint) -> None:
        super().__init__()
        self._running, self._checkpoint = running, checkpoint

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._running.restore_sums(self._checkpoint)


def _values(variables: list[Any]) -> list[npt.NDArray[Any]]:
    return [variable.numpy() for variable in variables]  # each a copy


def _assign(variables: list[Any], values: list[npt.NDArray[Any]]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
