"""What digits look like to anybody's model, and what it makes of them; or why it can't be trained.

The training runs a model's layers itself and computes one kind of loss. Whatever a model asks for
beyond that is refused: nothing that somebody compiled is left out without a word.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import keras
import numpy as np

from mnist_core.config import CLASSES, PIXELS
from mnist_core.errors import ModelError

INPUT_SHAPES: Final = ((28, 28), (PIXELS,), (28, 28, 1))
"""Shapes of one digit; a model that names no input shape gets the first that fits its layers."""

_LOSS: Final = "sparse_categorical_crossentropy"
_LOGITS: Final = "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
_COMPILE: Final = f'model.compile(optimizer="adam", loss="{_LOSS}", metrics=["accuracy"])'


class ModelInterface(NamedTuple):
    """How a model takes digits and what it gives.

    Attributes:
        input_shape: of one digit, 784 numbers.
        logits: its outputs are logits, and its loss knows it.
        adds_up: its outputs are probabilities as they are; else a loss divides them by their sum.
        in_turn: its layers can be called one after the other, and dropout be left to the caller.
        mixes: what it makes of a digit while training depends on the others of the batch.
    """

    input_shape: tuple[int, ...]
    logits: bool
    adds_up: bool
    in_turn: bool
    mixes: bool


def read_interface(model: keras.Model) -> ModelInterface:
    """Look how a model takes digits; it is built for them where it was not built yet.

    Raises:
        ModelError: it can't be trained as it was compiled; it is left as it is.
    """
    if not getattr(model, "compiled", False) or model.optimizer is None:
        raise ModelError(f"This model is not compiled. Call {_COMPILE} first.")
    logits = _reads_logits(model.loss)
    _check_nothing_is_left_out(model)
    softmax = _last_activation(model) is keras.activations.softmax
    _check_loss_suits(model, logits=logits, softmax=softmax)
    shape = _input_shape(model)
    if not model.built:
        model.build((None, *shape))
    return ModelInterface(
        shape,
        logits=logits,
        adds_up=softmax,
        in_turn=type(model) is keras.Sequential,
        mixes=any(isinstance(each, keras.layers.BatchNormalization) for each in _all_layers(model)),
    )


def _reads_logits(given: Any) -> bool:
    """Check that the loss is the one that is computed here, and return whether it takes logits."""
    try:
        loss = keras.losses.get(given)
    except ValueError:
        loss = given
    if loss is keras.losses.sparse_categorical_crossentropy:
        return False
    if type(loss) is keras.losses.SparseCategoricalCrossentropy:
        settings = loss.get_config()
        means = settings["reduction"] in ("sum_over_batch_size", "mean", "auto")
        if means and settings.get("ignore_class") is None:
            return bool(settings["from_logits"])
    raise ModelError(
        f"This model's loss is {_name(loss)}, and the training computes {_LOSS} only, over whole "
        f'batches and with labels from 0 to 9. Compile it with loss="{_LOSS}", or train it with '
        "model.fit."
    )


def _check_loss_suits(model: keras.Model, *, logits: bool, softmax: bool) -> None:
    if logits and softmax:
        raise ModelError(
            "This model ends in softmax, which gives probabilities, but its loss takes logits. "
            "Leave out the activation of the last layer, or leave out from_logits."
        )
    if not logits and _last_activation(model) is keras.activations.linear:
        raise ModelError(
            "This model's last layer has no activation, so it gives logits, which its loss takes "
            f'for probabilities. Add activation="softmax", or compile it with {_LOGITS}.'
        )
    if _last_activation(model) is keras.activations.sigmoid:
        raise ModelError(
            "This model ends in sigmoid, which Keras's loss reads as something else than "
            'probabilities of ten digits. End it with Dense(10, activation="softmax").'
        )


def _name(loss: Any) -> str:
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", None) or loss)


def _check_nothing_is_left_out(model: keras.Model) -> None:
    for name in ("train_step", "compute_loss"):
        if getattr(type(model), name) is not getattr(keras.Model, name):
            raise ModelError(
                f"This model has a {name} of its own, which would not be called. "
                "Train it with model.fit."
            )
    if (model.get_compile_config() or {}).get("loss_weights"):
        raise ModelError("This model weights its loss. Compile it without loss_weights.")
    for layer in _all_layers(model):
        if getattr(layer, "activity_regularizer", None) is not None:
            raise ModelError(
                f"The layer {layer.name} has an activity_regularizer, which would be left out. "
                "Use a kernel_regularizer, or train the model with model.fit."
            )
        if isinstance(layer, keras.layers.Rescaling):
            raise ModelError(
                f"The layer {layer.name} rescales the pixels, but they come as 0 to 1 already. "
                "Leave it out."
            )


def _all_layers(model: keras.Model) -> Iterator[keras.layers.Layer]:
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _all_layers(layer)


def _input_shape(model: keras.Model) -> tuple[int, ...]:
    """Find the shape of a digit with which the model gives ten numbers."""
    given = _given_input_shape(model)
    if given is None:
        for shape in INPUT_SHAPES:
            if _output_shape(model, shape) == (None, CLASSES):
                return shape
        raise ModelError(
            "This model does not give ten numbers for a digit of 28 × 28 pixels. Begin it with "
            'keras.Input((28, 28)) and Flatten, and end it with Dense(10, activation="softmax").'
        )
    sizes = tuple(size for size in given[1:] if size is not None)
    if given[0] is not None or len(sizes) < len(given) - 1 or math.prod(sizes) != PIXELS:
        raise ModelError(
            f"This model takes inputs of the shape {given}; a digit has 28 × 28 pixels. "
            "Begin it with keras.Input((28, 28)), keras.Input((784,)) or keras.Input((28, 28, 1))."
        )
    if (output := _output_shape(model, sizes)) != (None, CLASSES):
        raise ModelError(
            f"This model gives the shape {output}; for ten digits it is (None, 10). "
            'End it with Dense(10, activation="softmax").'
        )
    return sizes


def _given_input_shape(model: keras.Model) -> tuple[int | None, ...] | None:
    """Return the shape that a model was built with, the batch first; None where it has none."""
    try:
        shape = model.input_shape
    except (AttributeError, ValueError):
        return None
    if not isinstance(shape, tuple) or any(isinstance(size, (tuple, list)) for size in shape):
        raise ModelError("This model takes several inputs at once; a digit is one.")
    return shape


def _output_shape(model: keras.Model, shape: tuple[int, ...]) -> Any:
    """Return the shape that a model gives for digits of a shape; None where it takes none such."""
    try:
        if isinstance(model, keras.Sequential) or hasattr(model, "input_shape"):
            return model.compute_output_shape((None, *shape))
        # Only its call knows: it is built by that, if it was not yet.
        return (None, *model(np.zeros((1, *shape), np.float32)).shape[1:])
    except Exception:  # noqa: BLE001 - whatever somebody's layers raise for a shape that is not theirs
        return None


def _last_activation(model: keras.Model) -> Any:
    last = model.layers[-1] if model.layers else None
    if isinstance(last, keras.layers.Softmax):
        return keras.activations.softmax
    return getattr(last, "activation", None)
