"""The network that the settings describe."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_core.config import CHOICES, LIMITS, TrainingConfig
from mnist_core.training.model import build_model
from tests.training.training_helpers import same

SOME_DIGITS = np.random.default_rng(0).random((5, 28, 28), np.float32)
SOME_LABELS = np.arange(5, dtype=np.uint8)


def test_the_model_is_a_plain_sequential_compiled_with_accuracy() -> None:
    model = build_model(TrainingConfig(layers=(8,)))
    assert type(model) is keras.Sequential
    assert set(model.evaluate(SOME_DIGITS, SOME_LABELS, verbose=0, return_dict=True)) == {
        "accuracy",
        "loss",
    }


def test_the_likelihoods_of_the_ten_digits_add_up_to_one() -> None:
    y_prob = build_model(TrainingConfig(layers=(8,))).predict(SOME_DIGITS, verbose=0)
    assert y_prob.shape == (5, 10)
    np.testing.assert_allclose(y_prob.sum(axis=1), 1, rtol=1e-5)


@given(layers=st.lists(st.integers(1, 40), max_size=4), dropout=st.sampled_from([0, 0.3]))
@settings(max_examples=15, deadline=None)
def test_the_model_has_as_many_parameters_as_the_settings_say(
    layers: list[int], dropout: float
) -> None:
    config = TrainingConfig(layers=layers, dropout=dropout)
    assert build_model(config).count_params() == config.parameters


def test_layers_have_the_chosen_nodes_in_the_chosen_order() -> None:
    model = build_model(TrainingConfig(layers=(30, 20, 10)))
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    assert [layer.units for layer in dense] == [30, 20, 10, 10]


@pytest.mark.parametrize("activation", CHOICES["activation"])
def test_every_activation_is_that_of_all_hidden_layers(activation: str) -> None:
    model = build_model(TrainingConfig(layers=(3, 3), activation=activation))
    used = [layer.activation.__name__ for layer in model.layers[1:]]
    assert used == [activation, activation, "softmax"]


@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [
        ("adam", keras.optimizers.Adam, {}),
        ("sgd", keras.optimizers.SGD, {"momentum": 0.0}),
        ("momentum", keras.optimizers.SGD, {"momentum": 0.9}),
        ("rmsprop", keras.optimizers.RMSprop, {}),
    ],
)
def test_every_optimizer_is_built_with_the_chosen_learning_rate(
    name: str, kind: type, options: dict[str, Any]
) -> None:
    optimizer = build_model(TrainingConfig(optimizer=name, learning_rate=0.25)).optimizer
    assert type(optimizer) is kind
    assert float(optimizer.learning_rate) == 0.25
    assert {key: getattr(optimizer, key) for key in options} == options


def test_no_optimizer_is_left_out() -> None:
    assert set(CHOICES["optimizer"]) == {"adam", "sgd", "momentum", "rmsprop"}


def test_dropout_follows_each_hidden_layer_and_only_those() -> None:
    model = build_model(TrainingConfig(layers=(5, 4), dropout=0.4))
    assert [type(layer).__name__ for layer in model.layers] == [
        "Flatten",
        "Dense",
        "Dropout",
        "Dense",
        "Dropout",
        "Dense",
    ]
    assert {layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)} == {
        0.4
    }


def test_l2_adds_the_squared_weights_to_the_loss() -> None:
    model = build_model(TrainingConfig(layers=(6,), l2=0.01))
    kernels = [layer.kernel for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    expected = sum(0.01 * float(np.square(kernel.numpy()).sum()) for kernel in kernels)
    assert sum(map(float, model.losses)) == pytest.approx(expected, rel=1e-5)


def test_the_same_seed_gives_the_same_start_weights() -> None:
    config = TrainingConfig(layers=(8, 8), seed=5)
    assert same(build_model(config).get_weights(), build_model(config).get_weights())


@pytest.mark.parametrize("other", [1, 2**28, LIMITS["seed"].maximum])
def test_another_seed_gives_other_start_weights_in_every_layer(other: int) -> None:
    first = build_model(TrainingConfig(layers=(8, 8))).get_weights()[::2]
    second = build_model(TrainingConfig(layers=(8, 8), seed=other)).get_weights()[::2]
    assert not any(map(np.array_equal, first, second))


def test_layers_of_one_shape_start_with_different_weights() -> None:
    kernels = build_model(TrainingConfig(layers=(10, 10, 10))).get_weights()[2::2]
    assert len({kernel.tobytes() for kernel in kernels}) == 3


def test_dropout_leaves_the_start_weights_as_they_are() -> None:
    without = build_model(TrainingConfig(layers=(8, 8))).get_weights()
    assert same(build_model(TrainingConfig(layers=(8, 8), dropout=0.5)).get_weights(), without)


def test_the_global_seed_of_keras_is_neither_used_nor_moved() -> None:
    config = TrainingConfig(layers=(4,), dropout=0.2)
    keras.utils.set_random_seed(1)
    expected = keras.random.normal((3,)).numpy()

    keras.utils.set_random_seed(1)
    under_one = build_model(config).get_weights()
    assert np.array_equal(keras.random.normal((3,)).numpy(), expected)

    keras.utils.set_random_seed(2)
    assert same(build_model(config).get_weights(), under_one)


@pytest.mark.parametrize(
    ("layers", "changes"),
    [
        ((12, 8), {"batch_size": 10, "dropout": 0.2, "activation": "tanh", "optimizer": "sgd"}),
        ((12, 8), {"layers": (12, 9)}),
        ((12, 8), {"layers": (12,)}),
        ((12,), {"layers": (12, 8)}),
        ((12, 8), {"layers": (12, 8, 8)}),
        ((12, 8), {"layers": (8, 8)}),
        ((), {"layers": (10,)}),
        ((12,), {"seed": 1}),
    ],
)
def test_it_is_known_which_layers_begin_with_the_same_weights(
    layers: tuple[int, ...], changes: dict[str, Any]
) -> None:
    config = TrainingConfig(layers=layers)
    other = config.replace(**changes)
    mine, others = (
        [layer for layer in build_model(each).layers if layer.name.startswith(("layer", "like"))]
        for each in (config, other)
    )
    kernels = {layer.name: layer.get_weights()[0] for layer in others}
    alike = [np.array_equal(layer.get_weights()[0], kernels.get(layer.name)) for layer in mine]
    assert config.layers_starting_alike(other) == alike
