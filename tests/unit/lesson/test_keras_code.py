"""A run as Keras code: what stands in both forms. That they run is tested with TensorFlow."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import LIMITS, SERIES, TrainingConfig
from mnist_core.data import Dataset, load_mnist
from mnist_core.lesson.keras_code import history_code, lesson_code, run_script

SMALL = TrainingConfig(layers=(12,), batch_size=50, epochs=3)


@given(st.dictionaries(st.sampled_from(SERIES), st.lists(st.floats(allow_nan=False), max_size=4)))
def test_the_dictionary_of_a_history_can_be_read_back(history: dict[str, list[float]]) -> None:
    written = history_code(history).replace("inf", "1e999")  # Python has no literal for it

    assert ast.literal_eval(written) == history


def test_a_script_imports_nothing_of_this_project(tiny: Dataset) -> None:
    imported = set()
    for node in ast.walk(ast.parse(run_script(SMALL, tiny))):
        if isinstance(node, ast.Import):
            imported |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert imported == {"hashlib", "os", "sys", "keras", "numpy"}


@pytest.mark.parametrize("name", ['"""', "it's", "a\nimport this", "x\\", "Ziffern-ä-😀", "\udc80"])
def test_a_file_of_any_name_stays_words_in_the_script(tiny: Dataset, name: str) -> None:
    script = run_script(SMALL, dataclasses.replace(tiny, name=name))
    [value] = [
        node.value
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NAME"
    ]
    assert ast.literal_eval(value) == name
    assert script.isascii()


numbers = st.builds(
    TrainingConfig,
    dropout=st.floats(*LIMITS["dropout"]),
    l2=st.floats(*LIMITS["l2"]),
    learning_rate=st.floats(*LIMITS["learning_rate"]),
    optimizer=st.just("momentum"),
)


@given(numbers)
def test_every_number_is_read_back_as_it_was_in_both_forms(config: TrainingConfig) -> None:
    sample = load_mnist("sample")
    for code in (lesson_code(config), run_script(config, sample)):
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
        first = {
            ast.unparse(call.func).rpartition(".")[2]: call.args[0] for call in calls if call.args
        }
        rates = [word.value for call in calls for word in call.keywords if "rate" in str(word.arg)]
        assert [ast.literal_eval(rate) for rate in rates] == [config.learning_rate]
        for name, value in (("Dropout", config.dropout), ("L2", config.l2)):
            assert (ast.literal_eval(first[name]) if name in first else 0.0) == value


def test_the_lesson_is_as_short_as_it_can_be() -> None:
    code = lesson_code(TrainingConfig())
    assert len(code.splitlines()) <= 26
    for word in ("seed", "fraction", "L2", "Dropout", "learning_rate"):
        assert word not in code
    for line in ('Dense(128, activation="relu"),', 'optimizer="adam",', "batch_size=100,"):
        assert line in code


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"layers": (64, 32)}, 'Dense(32, activation="relu"),'),
        ({"activation": "tanh"}, 'Dense(128, activation="tanh"),'),
        ({"optimizer": "rmsprop"}, 'optimizer="rmsprop",'),
        ({"optimizer": "sgd"}, "optimizer=SGD(learning_rate=0.001),"),
        ({"optimizer": "sgd", "learning_rate": 0.01}, 'optimizer="sgd",'),
        ({"optimizer": "momentum"}, "optimizer=SGD(learning_rate=0.001, momentum=0.9),"),
        ({"learning_rate": 0.00001}, "optimizer=Adam(learning_rate=0.00001),"),
        ({"dropout": 0.2}, "Dropout(0.2),"),
        ({"l2": 0.001}, 'Dense(10, activation="softmax", kernel_regularizer=L2(0.001)),'),
        ({"validation_split": 0.2}, "digits = load_mnist().split(validation_split=0.2)"),
        (
            {"fraction": 0.5},
            "digits = load_mnist().split(validation_split=0.1, fraction=0.5)",
        ),
        ({"seed": 7}, "set_random_seed(7)"),
        ({"batch_size": 50}, "batch_size=50,"),
        ({"epochs": 3}, "epochs=3,"),
    ],
)
def test_a_setting_that_is_changed_is_seen_in_the_lesson(
    changes: dict[str, Any], line: str
) -> None:
    lines = [each.strip() for each in lesson_code(TrainingConfig(**changes)).splitlines()]
    assert line in lines
    defaults = [each.strip() for each in lesson_code(TrainingConfig()).splitlines()]
    assert line not in defaults
