"""Models that people bring: trained as plain ``fit`` trains them, or refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, scale
from mnist_core.errors import ModelError
from mnist_core.training.batches import epoch_order
from mnist_core.training.fit import train
from tests.training.training_helpers import same

SETTINGS = TrainingConfig(batch_size=50, epochs=1)  # the last batch is a smaller one
PLAIN = "sparse_categorical_crossentropy"
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def compiled(model: keras.Model, loss: Any = PLAIN, **options: Any) -> keras.Model:
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"], **options)
    return model


def dense(nodes: int, activation: str | None = "softmax", **options: Any) -> layers.Dense:
    return layers.Dense(nodes, activation=activation, **options)


def sequential(*inner: Any, loss: Any = PLAIN, **options: Any) -> keras.Model:
    return compiled(keras.Sequential([*inner]), loss, **options)


def functional() -> keras.Model:
    pixels = keras.Input((28, 28))
    flat = layers.Flatten()(pixels)
    first = dense(10, "relu", kernel_regularizer="l2")(flat)
    both = layers.Concatenate()([first, dense(10, "relu")(first)])
    return compiled(keras.Model(pixels, dense(10)(both)))


class Subclassed(keras.Model):
    """A model that only its call knows."""

    def __init__(self) -> None:
        super().__init__()
        self.flat, self.out = layers.Flatten(), dense(10)

    def call(self, pixels: Any) -> Any:
        return self.out(self.flat(pixels))


MODELS: dict[str, tuple[Callable[[], keras.Model], tuple[int, ...]]] = {
    "logits": (
        lambda: sequential(keras.Input((28, 28)), layers.Flatten(), dense(10, None), loss=LOGITS),
        (28, 28),
    ),
    "loss as an object": (
        lambda: sequential(
            keras.Input((784,)),
            dense(10),
            loss=keras.losses.SparseCategoricalCrossentropy(),
        ),
        (784,),
    ),
    "softmax as a layer": (
        lambda: sequential(keras.Input((784,)), dense(10, None), layers.Softmax()),
        (784,),
    ),
    "an activation of its own": (
        lambda: sequential(keras.Input((784,)), dense(10, "softplus")),
        (784,),
    ),
    "without an input shape": (lambda: sequential(layers.Flatten(), dense(10)), (28, 28)),
    "without Flatten either": (lambda: sequential(dense(12, "relu"), dense(10)), (784,)),
    "convolution": (
        lambda: sequential(layers.Conv2D(2, 5, strides=4), layers.Flatten(), dense(10)),
        (28, 28, 1),
    ),
    "functional with a branch": (functional, (28, 28)),
    "nested": (
        lambda: sequential(keras.Input((28, 28)), keras.Sequential([layers.Flatten()]), dense(10)),
        (28, 28),
    ),
    "batch normalization": (
        lambda: sequential(keras.Input((784,)), layers.BatchNormalization(), dense(10)),
        (784,),
    ),
    "a class of its own": (lambda: compiled(Subclassed()), (28, 28)),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_ones_own_is_trained_as_by_plain_fit(tiny: Dataset, name: str) -> None:
    build, shape = MODELS[name]
    split = tiny.split(SETTINGS.validation_split)
    x_train, x_val = (scale(x).reshape(-1, *shape) for x in (split.x_train, split.x_val))
    order = epoch_order(SETTINGS.seed, 0, len(split.y_train))
    keras.utils.set_random_seed(3)
    plain = build()
    plain_history = plain.fit(
        x_train[order],
        split.y_train[order],
        batch_size=SETTINGS.batch_size,
        validation_data=(x_val, split.y_val),
        shuffle=False,
        verbose=0,
    ).history

    keras.utils.set_random_seed(3)
    model = build()
    history = train(model, tiny, SETTINGS).history

    for key in ("loss", "val_loss"):
        assert history[key] == pytest.approx(plain_history[key], rel=1e-4)
    for key in ("accuracy", "val_accuracy"):
        assert history[key] == pytest.approx(plain_history[key], abs=0.003)
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_dropout_of_a_functional_model_is_kept(tiny: Dataset) -> None:
    def loss(rate: float) -> float:
        keras.utils.set_random_seed(3)
        pixels = keras.Input((784,))
        model = keras.Model(pixels, dense(10)(layers.Dropout(rate)(dense(30, "relu")(pixels))))
        return float(train(compiled(model), tiny, SETTINGS).history["loss"][0])

    assert loss(0.8) > 1.05 * loss(0.0)


class OwnStep(keras.Sequential):
    """A model with a train_step of its own."""

    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


REFUSED: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "uncompiled": (lambda: keras.Sequential([keras.Input((784,)), dense(10)]), "not compiled"),
    "no loss": (lambda: sequential(keras.Input((784,)), dense(10), loss=None), "loss is None"),
    "one-hot": (
        lambda: sequential(keras.Input((784,)), dense(10), loss="categorical_crossentropy"),
        "loss is categorical_crossentropy",
    ),
    "a loss of its own": (
        lambda: sequential(keras.Input((784,)), dense(10), loss=lambda y, p: p[:, 0]),
        "loss is <lambda>",
    ),
    "sums": (
        lambda: sequential(
            keras.Input((784,)),
            dense(10),
            loss=keras.losses.SparseCategoricalCrossentropy(reduction="sum"),
        ),
        "over whole batches",
    ),
    "logits taken for probabilities": (
        lambda: sequential(keras.Input((784,)), dense(10, None)),
        "from_logits=True",
    ),
    "sigmoid": (
        lambda: sequential(keras.Input((784,)), dense(10, "sigmoid")),
        "ends in sigmoid",
    ),
    "probabilities taken for logits": (
        lambda: sequential(keras.Input((784,)), dense(10), loss=LOGITS),
        "leave out from_logits",
    ),
    "weighted": (
        lambda: sequential(keras.Input((784,)), dense(10), loss_weights=[2.0]),
        "without loss_weights",
    ),
    "another size": (lambda: sequential(keras.Input((32, 32)), dense(10)), r"\(None, 32, 32\)"),
    "colours": (lambda: sequential(keras.Input((28, 28, 3)), dense(10)), "28 × 28 pixels"),
    "a fixed batch": (
        lambda: sequential(keras.Input(batch_shape=(50, 784)), dense(10)),
        r"\(50, 784\)",
    ),
    "eleven": (lambda: sequential(keras.Input((784,)), dense(11)), r"gives the shape \(None, 11\)"),
    "never ten": (lambda: sequential(dense(11)), "does not give ten numbers"),
    "rescaling": (
        lambda: sequential(keras.Input((784,)), layers.Rescaling(1 / 255), dense(10)),
        "rescales the pixels",
    ),
    "activity": (
        lambda: sequential(keras.Input((784,)), dense(10, activity_regularizer="l2")),
        "activity_regularizer",
    ),
    "a step of its own": (
        lambda: compiled(OwnStep([keras.Input((784,)), dense(10)])),
        "train_step of its own",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_left_out_is_refused_and_the_model_unchanged(
    tiny: Dataset, name: str
) -> None:
    build, sentence = REFUSED[name]
    model = build()
    before = model.get_weights()

    with pytest.raises(ModelError, match=sentence):
        train(model, tiny, SETTINGS)

    assert same(model.get_weights(), before)
