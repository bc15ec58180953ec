"""Fit a model to digits: Keras's ``fit``, reproducible and able to go on where it ended.

Knows Keras and NumPy; knows neither the store nor workers. What should happen while a model
learns is the business of the callbacks that the caller passes in.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from mnist_core.checkpoint import Checkpoint
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, Split

VALIDATION_BATCH = 1000


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
        callbacks: Keras callbacks, called as by any ``fit``.
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
    fit = functools.partial(_fit, model, split, config, [history, *callbacks])
    epoch = 0
    model.stop_training = False
    if checkpoint is not None:
        restore(model, checkpoint)
        history.history = {name: list(values) for name, values in checkpoint.history.items()}
        epoch = checkpoint.epoch
        if checkpoint.batch:
            fit(epoch, epoch + 1, rest_of=checkpoint)
            epoch += 1
    if epoch < config.epochs and not model.stop_training:
        fit(epoch, config.epochs)
    history.epoch = list(range(len(history.history.get("loss", ()))))
    return history


def _fit(
    model: keras.Sequential,
    split: Split,
    config: TrainingConfig,
    callbacks: Sequence[keras.callbacks.Callback],
    begin: int,
    end: int,
    *,
    rest_of: Checkpoint | None = None,
) -> None:
    """Fit the epochs from ``begin`` to before ``end``, or what is missing of an interrupted one."""
    validation = (scale(split.x_val), split.y_val)
    first_batch = 0
    if rest_of is not None:
        model.evaluate(validation[0][:1], validation[1][:1], verbose=0)  # builds the metrics
        first_batch = rest_of.batch
        callbacks = [_MetricsRestored(rest_of.metrics), *callbacks]
    model.fit(
        ShuffledBatches(split.x_train, split.y_train, config, begin, first_batch),
        initial_epoch=begin,
        epochs=end,
        validation_data=validation,
        validation_batch_size=VALIDATION_BATCH,
        callbacks=callbacks,
        shuffle=False,  # Keras would shuffle the batches once more, by its global seed
        verbose=0,
    )


def scale(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Turn grey levels uint8 0 to 255 into the float32 0 to 1 that the network takes."""
    return images.astype(np.float32) / np.float32(255)


def epoch_order(seed: int, epoch: int, training_digits: int) -> npt.NDArray[np.int64]:
    """Say in which order an epoch shows the training digits: int64 (n,), each index once."""
    return np.random.default_rng([seed, epoch]).permutation(training_digits)


def capture(
    model: keras.Sequential,
    *,
    epoch: int,
    batch: int,
    history: dict[str, list[float]],
    epoch_seconds: float = 0.0,
    seconds: float = 0.0,
) -> Checkpoint:
    """Copy the state of a model between two updates, to go on from later.

    Args:
        model: in the middle of ``train``.
        epoch: the epoch that the next update belongs to.
        batch: updates of that epoch already made.
        history: the finished epochs.
        epoch_seconds: spent on the unfinished epoch.
        seconds: spent on the whole run.
    """
    return Checkpoint(
        epoch=epoch,
        batch=batch,
        model=_values(model.variables),
        optimizer=_values(model.optimizer.variables),
        metrics=_values(_metric_variables(model)) if batch else [],
        history={name: list(values) for name, values in history.items()},
        epoch_seconds=epoch_seconds,
        seconds=seconds,
    )


def restore(model: keras.Sequential, checkpoint: Checkpoint) -> None:
    """Put a model of the same settings back into the state of a checkpoint."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    _assign(model.variables, checkpoint.model)
    _assign(model.optimizer.variables, checkpoint.optimizer)


class ShuffledBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The training digits as ``fit`` takes them: batch by batch, in the order of seed and epoch.

    Args:
        x_train: uint8 (n, 28, 28).
        y_train: uint8 (n,).
        config: batch size and seed.
        epoch: the epoch to begin with.
        first_batch: batches of each epoch to pass over, for one that was begun before.
    """

    def __init__(
        self,
        x_train: npt.NDArray[np.uint8],
        y_train: npt.NDArray[np.uint8],
        config: TrainingConfig,
        epoch: int = 0,
        first_batch: int = 0,
    ) -> None:
        super().__init__()
        self._x, self._y = x_train, y_train
        self._config = config
        self._next_epoch = epoch
        self._first_batch = first_batch
        self._deal(epoch)  # Keras looks at two batches before the first epoch begins

    def __len__(self) -> int:
        return self._config.steps_per_epoch(len(self._y)) - self._first_batch

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
        size = self._config.batch_size
        begin = (self._first_batch + index) * size
        chosen = self._order[begin : begin + size]
        return scale(self._x[chosen]), self._y[chosen]

    def on_epoch_begin(self) -> None:
        """Deal the digits anew."""
        # Not in on_epoch_end: fit calls that before the first epoch, too.
        self._deal(self._next_epoch)
        self._next_epoch += 1

    def _deal(self, epoch: int) -> None:
        self._order = epoch_order(self._config.seed, epoch, len(self._y))


class _MetricsRestored(keras.callbacks.Callback):  # type: ignore[misc]
    """Begins an epoch with the running sums of its part before the interruption."""

    def __init__(self, sums: list[npt.NDArray[Any]]) -> None:
        super().__init__()
        self._sums = sums

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        _assign(_metric_variables(self.model), self._sums)


def _metric_variables(model: keras.Sequential) -> list[Any]:
    return [variable for metric in model.metrics for variable in metric.variables]


def _values(variables: list[Any]) -> list[npt.NDArray[Any]]:
    return [variable.numpy() for variable in variables]  # each a copy


def _assign(variables: list[Any], values: list[npt.NDArray[Any]]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
