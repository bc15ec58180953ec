"""What is traced for one model serves the next of its kind, and no other."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.training import compiled
from mnist_core.training.compiled import PlacedDigits, xla_works
from mnist_core.training.fit import Trainer, place, train
from mnist_core.training.model import build_model
from mnist_core.training.program import Program, Programs
from tests.training.training_helpers import SMALL, same

ONE_EPOCH = SMALL.replace(epochs=1, layers=(9,))


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the programs that are traced from here on, with none there at first."""
    xla_works()  # the one program that belongs to no model
    names = []

    class Seen(Program):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            names.append(self.name)

    monkeypatch.setattr(compiled, "Program", Seen)
    monkeypatch.setattr(compiled, "_PROGRAMS", Programs())
    return names


def test_a_second_model_of_a_kind_is_trained_without_tracing_anything(
    tiny: Dataset, traced: list[str]
) -> None:
    train(build_model(ONE_EPOCH), tiny, ONE_EPOCH)
    first = [*traced]
    for changes in ({}, {"seed": 5}, {"learning_rate": 0.1}):
        train(build_model(ONE_EPOCH.replace(**changes)), tiny, ONE_EPOCH.replace(**changes))
    assert len(first) == 2  # updating and reading
    assert traced == first


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": (9, 9)},
        {"activation": "tanh"},
        {"dropout": 0.3},
        {"l2": 0.05},
        {"optimizer": "sgd"},
        {"optimizer": "momentum"},
    ],
)
def test_another_kind_of_model_is_another_program(
    tiny: Dataset, traced: list[str], changes: dict[str, Any]
) -> None:
    other = ONE_EPOCH.replace(**changes)
    expected = build_model(other)
    train(expected, tiny, other)
    train(build_model(ONE_EPOCH), tiny, ONE_EPOCH)
    again = build_model(other)
    train(again, tiny, other)
    assert traced[0] not in traced[1:]
    assert same(expected.get_weights(), again.get_weights())


@pytest.mark.parametrize(
    "changes", [{"dropout": 0.3}, {"l2": 0.05, "optimizer": "momentum"}, {"optimizer": "rmsprop"}]
)
def test_a_program_has_the_same_name_whatever_the_process_has_done_before(
    tiny: Dataset,
    traced: list[str],
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
) -> None:
    """By it XLA finds on disk what another process has compiled."""
    config = ONE_EPOCH.replace(**changes)
    for _ in range(2):
        monkeypatch.setattr(compiled, "_PROGRAMS", Programs())
        trainer = Trainer(build_model(config), place(tiny, config.validation_split, 1.0))
        trainer.compile(config)
        tf.constant(1) + tf.constant(2)  # TensorFlow counts them, and names functions by the count
    assert len(set(traced)) == 2
    assert traced[:2] == traced[2:]


def test_models_with_functions_of_somebodys_own_share_nothing(tiny: Dataset) -> None:
    """Two functions may have one name."""

    def build(factor: float) -> keras.Sequential:
        def mine(x: tf.Tensor) -> tf.Tensor:
            return factor * tf.nn.relu(x)

        start = keras.initializers.GlorotUniform(seed=1)
        layers = [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(5, activation=mine, kernel_initializer=start),
            keras.layers.Dense(10, "softmax", kernel_initializer=start),
        ]
        model = keras.Sequential(layers)
        model.compile("adam", "sparse_categorical_crossentropy")
        train(model, tiny, ONE_EPOCH)
        return model

    assert not np.allclose(build(1.0).get_weights()[0], build(0.1).get_weights()[0])


def test_compiling_ahead_of_the_first_call_changes_no_variable() -> None:
    variable = tf.Variable([1.0, 2.0])
    program = Program(
        lambda x: variable.assign_add(x), [tf.TensorSpec(2)], [variable], jit=xla_works()
    )
    program.compile([variable])
    assert variable.numpy().tolist() == [1.0, 2.0]
    program([tf.constant([0.5, 0.5])], [variable])
    assert variable.numpy().tolist() == [1.5, 2.5]


def test_only_the_programs_used_last_are_kept() -> None:
    built: list[int] = []

    def build() -> Any:
        built.append(len(built))
        return built[-1]

    programs = Programs(size=2)
    assert [programs.find(kind, build) for kind in "abacab"] == [0, 1, 0, 2, 0, 3]


def test_the_digits_of_another_split_are_other_digits(tiny: Dataset) -> None:
    histories = []
    for split in (0.1, 0.5, 0.1):
        config = TrainingConfig(layers=(), epochs=1, batch_size=50, validation_split=split)
        histories.append(train(build_model(config), tiny, config).history)
    assert histories[0] == histories[2] != histories[1]


def test_digits_for_which_there_was_no_memory_are_laid_when_they_are_asked_for(
    tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay, tries = compiled._lay, []

    def lay_at_the_second_try(*arguments: Any) -> Any:
        tries.append(arguments)
        if len(tries) == 1:
            raise MemoryError
        return lay(*arguments)

    monkeypatch.setattr(compiled, "_lay", lay_at_the_second_try)
    digits = PlacedDigits(tiny, 0.1)
    images, labels = digits.training_arrays
    assert np.array_equal(labels, tiny.split(0.1).y_train)
    assert [tf.TensorSpec(each.shape, each.dtype) for each in (images, labels)] == [*digits.specs]
    assert len(tries) == 2
