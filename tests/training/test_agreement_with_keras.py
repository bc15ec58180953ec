"""What is computed without Keras, in the pages, is what Keras computes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, scale
from mnist_core.data.arrays import pack_weights
from mnist_core.evaluation import predictions
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.inspection.backpropagation import Gradient, backward_pass, forward_pass, penalty
from mnist_core.inspection.network import Network
from mnist_core.inspection.optimizers import OPTIMIZERS, TrainingState
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


def gradient_of_keras(model: keras.Sequential, dataset: Dataset) -> tuple[float, list[tf.Tensor]]:
    """The loss for a batch of three training digits, and its gradient by weights and biases."""
    with tf.GradientTape() as tape:
        y_prob = model(scale(dataset.x_train[:3]))
        each = keras.losses.sparse_categorical_crossentropy(dataset.y_train[:3], y_prob)
        loss = tf.reduce_mean(each) + sum(model.losses)
    return float(loss), tape.gradient(loss, [each.value for each in model.trainable_variables])


def gradient_of_ours(network: Network, dataset: Dataset, l2: float) -> tuple[float, Gradient]:
    images, labels = dataset.x_train[:3], dataset.y_train[:3]
    passed = forward_pass(network, images, labels)
    return passed.loss + penalty(network, l2), backward_pass(network, passed, labels, l2)


def assert_as_in_keras(
    weights: tuple[np.ndarray, ...], biases: tuple[np.ndarray, ...], theirs: list[np.ndarray]
) -> None:
    ours = [array for both in zip(weights, biases, strict=True) for array in both]
    assert [array.dtype for array in ours] == [np.float32] * len(theirs)
    for mine, peer in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, peer, rtol=0, atol=1e-5)


@pytest.mark.parametrize("l2", [0, 0.01])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_the_gradient_and_three_updates_by_either_optimizer_are_those_of_keras(
    layers: tuple[int, ...], activation: str, l2: float, tiny: Dataset
) -> None:
    for name, rate in (("sgd", 0.01), ("adam", 0.001)):
        config = TrainingConfig(
            layers=layers, activation=activation, l2=l2, optimizer=name, learning_rate=rate
        )
        model, network = built(config)
        state = TrainingState(network)
        for _ in range(3):
            loss, theirs = gradient_of_keras(model, tiny)
            ours, gradient = gradient_of_ours(state.network, tiny, l2)
            assert ours == pytest.approx(loss, rel=1e-5)
            assert_as_in_keras(gradient.weights, gradient.biases, theirs)
            model.optimizer.apply(theirs, model.trainable_variables)
            state = OPTIMIZERS[name](state, gradient, rate)
            assert_as_in_keras(state.network.weights, state.network.biases, model.get_weights())


def test_the_loss_of_each_digit_is_that_of_keras() -> None:
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, 10, 300, dtype=np.uint8)
    scores = np.exp(rng.normal(size=(300, 10)))
    some = Evaluation(y_true, (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32))
    per_digit = keras.losses.sparse_categorical_crossentropy(some.y_true, some.y_prob)
    np.testing.assert_allclose(some.loss, np.asarray(per_digit), rtol=1e-5)


def test_the_smallest_likelihood_is_that_of_the_training() -> None:
    assert compiled.SMALLEST_PROBABILITY == predictions.SMALLEST_PROBABILITY
