"""What is computed without Keras, in the pages, is what Keras computes."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, scale
from mnist_core.data.arrays import pack_weights
from mnist_core.evaluation import predictions
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.inspection.network import Network
from mnist_core.training import compiled
from mnist_core.training.model import build_model
from tests.unit.network_helpers import ACTIVATIONS, DEPTHS


def built(config: TrainingConfig) -> tuple[keras.Sequential, Network]:
    """A model with biases that are not 0, and the same in NumPy."""
    model = build_model(config)
    rng = np.random.default_rng(len(config.layers))
    weights = [array + rng.normal(0, 0.1, array.shape) for array in model.get_weights()]
    weights = [array.astype(np.float16).astype(np.float32) for array in weights]
    model.set_weights(weights)
    return model, Network.from_snapshot(pack_weights(weights), config)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_every_layer_is_that_of_keras(
    layers: tuple[int, ...], activation: str, tiny: Dataset
) -> None:
    model, network = built(TrainingConfig(layers=layers, activation=activation, dropout=0.3))
    outputs = [layer.output for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    theirs = keras.Model(model.inputs, outputs).predict(scale(tiny.x_test), verbose=0)
    ours = network.activations(tiny.x_test)
    assert [array.dtype for array in ours] == [np.float32] * (len(layers) + 1)
    for mine, peer in zip(ours, theirs if layers else [theirs], strict=True):
        np.testing.assert_allclose(mine, np.squeeze(peer), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(network.probabilities(tiny.x_test), ours[-1])
    if layers:
        np.testing.assert_array_equal(network.last_hidden(tiny.x_test), ours[-2])


def test_the_loss_of_each_digit_is_that_of_keras() -> None:
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, 10, 300, dtype=np.uint8)
    scores = np.exp(rng.normal(size=(300, 10)))
    some = Evaluation(y_true, (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32))
    per_digit = keras.losses.sparse_categorical_crossentropy(some.y_true, some.y_prob)
    np.testing.assert_allclose(some.loss, np.asarray(per_digit), rtol=1e-5)


def test_the_smallest_likelihood_is_that_of_the_training() -> None:
    assert compiled.SMALLEST_PROBABILITY == predictions.SMALLEST_PROBABILITY
