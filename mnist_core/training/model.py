"""From settings to a network: a plain Keras model, built as the lesson builds it."""

from __future__ import annotations

import keras
import numpy as np

from mnist_core.config import CLASSES, TrainingConfig
from mnist_core.training.keras_settings import needed_settings


@needed_settings()
def build_model(config: TrainingConfig) -> keras.Sequential:
    """Build and compile the fully connected network that the settings describe.

    Input: float32 (batch, 28, 28), 0 background to 1 ink. Output: float32 (batch, 10), the
    likelihood of each digit; they add up to 1.

    The start weights follow from ``config.seed`` alone, and it computes in float32; Keras's own
    seed and settings are left as they were.

    Example:
        >>> model = build_model(TrainingConfig(layers=(128,)))
        >>> model.count_params(), model.output_shape
        (101770, (None, 10))
    """
    # Every layer draws from a seed of its own, and another config.seed changes them all.
    seeds = iter(np.random.SeedSequence(config.seed).generate_state(2 * len(config.layers) + 1))
    layers = [keras.Input(shape=(28, 28), name="pixels"), keras.layers.Flatten(name="flatten")]
    for position, nodes in enumerate(config.layers, start=1):
        name = f"layer_{position}"
        layers.append(_build_dense(config, nodes, config.activation, next(seeds), name))
        seed = int(next(seeds))
        if config.dropout:
            layers.append(
                keras.layers.Dropout(config.dropout, seed=seed, name=f"dropout_{position}")
            )
    layers.append(_build_dense(config, CLASSES, "softmax", next(seeds), "likelihoods"))
    model = keras.Sequential(layers, name="digit_reader")
    model.compile(
        optimizer=build_optimizer(config),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def build_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """Build the optimizer that the settings name, with Keras's defaults for all else."""
    rate, name = config.learning_rate, config.optimizer  # Keras itself numbers unnamed ones
    match config.optimizer:
        case "adam":
            return keras.optimizers.Adam(rate, name=name)
        case "sgd":
            return keras.optimizers.SGD(rate, name=name)
        case "momentum":
            return keras.optimizers.SGD(rate, momentum=0.9, name=name)
        case _:
            return keras.optimizers.RMSprop(rate, name=name)


def _build_dense(
    config: TrainingConfig, nodes: int, activation: str, seed: np.uint32, name: str
) -> keras.layers.Dense:
    return keras.layers.Dense(
        nodes,
        activation=activation,
        kernel_initializer=keras.initializers.GlorotUniform(seed=int(seed)),
        kernel_regularizer=keras.regularizers.L2(config.l2) if config.l2 else None,
        name=name,
    )
