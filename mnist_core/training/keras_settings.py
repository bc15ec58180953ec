"""What a training needs of Keras's global settings, whatever ``keras.json`` or a program says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from mnist_core.config import SMALLEST_PROBABILITY
from mnist_core.errors import TrainingError


@contextmanager
def needed_settings() -> Iterator[None]:
    """Compute in float32 within this block, and put back what was set before.

    Not thread-safe: Keras keeps one set of settings for the whole process.

    Raises:
        TrainingError: Keras runs on another backend than TensorFlow.
    """
    if keras.config.backend() != "tensorflow":
        raise TrainingError(
            f"Keras was imported with the backend {keras.config.backend()}, but the training is "
            "written for TensorFlow.",
            "Import mnist_core before Keras, or set KERAS_BACKEND=tensorflow.",
        )
    before = (
        keras.config.floatx(),
        keras.config.epsilon(),
        keras.config.image_data_format(),
        keras.config.dtype_policy(),
    )
    _set("float32", SMALLEST_PROBABILITY, "channels_last", "float32")
    try:
        yield
    finally:
        _set(*before)


def _set(
    floatx: str, epsilon: float, image_data_format: str, policy: str | keras.DTypePolicy
) -> None:
    keras.config.set_floatx(floatx)
    keras.config.set_epsilon(epsilon)
    keras.config.set_image_data_format(image_data_format)
    keras.config.set_dtype_policy(policy)
