"""Trainings are the same whatever Keras is set to, and leave its settings alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, load_mnist
from mnist_core.errors import TrainingError
from mnist_core.training.fit import train
from mnist_core.training.keras_settings import needed_settings
from mnist_core.training.model import build_model
from tests.training.training_helpers import SMALL, At, same, throw

FROM_A_FRESH_PROCESS = TrainingConfig(layers=(8,), dropout=0.2, epochs=1)
SCRIPT = """
import json
from mnist_core import TrainingConfig, build_model, load_mnist, train
config = TrainingConfig(layers=(8,), dropout=0.2, epochs=1)
model = build_model(config)
train(model, load_mnist("sample"), config)
print(json.dumps([array.tolist() for array in model.get_weights()]))
"""


def settings() -> tuple[Any, ...]:
    return (
        keras.config.floatx(),
        keras.config.epsilon(),
        keras.config.image_data_format(),
        keras.config.dtype_policy().name,
    )


@pytest.fixture
def other_settings() -> Iterator[tuple[Any, ...]]:
    """Settings that a person may like for other work; none of them suits this one."""
    keras.config.set_floatx("float64")
    keras.config.set_epsilon(0.01)
    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield settings()
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")


def test_a_training_is_the_same_under_other_settings_and_leaves_them_as_they_were(
    tiny: Dataset, request: pytest.FixtureRequest
) -> None:
    config = SMALL.replace(dropout=0.2)
    usual = build_model(config)
    history = train(usual, tiny, config).history
    others = request.getfixturevalue("other_settings")

    model = build_model(config)
    assert settings() == others
    assert train(model, tiny, config).history == history
    assert same(model.get_weights(), usual.get_weights())
    assert settings() == others


def test_a_training_that_breaks_off_leaves_the_settings_as_they_were(
    tiny: Dataset, other_settings: tuple[Any, ...]
) -> None:
    with pytest.raises(MemoryError):
        train(build_model(SMALL), tiny, SMALL, [At(1, throw(MemoryError()))])
    assert settings() == other_settings


def test_keras_on_another_backend_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(TrainingError, match="the backend jax") as caught, needed_settings():
        pass
    assert "KERAS_BACKEND=tensorflow" in caught.value.advice


@pytest.mark.parametrize(
    ("file", "variable"),
    [({"floatx": "float64", "backend": "jax"}, None), ({}, "jax")],
    ids=["keras.json", "KERAS_BACKEND"],
)
def test_a_fresh_process_trains_whatever_its_surroundings_say_of_keras(
    tmp_path: Path, file: dict[str, str], variable: str | None
) -> None:
    (tmp_path / "keras.json").write_text(json.dumps(file))
    environment = {**os.environ, "KERAS_HOME": str(tmp_path)}
    environment.pop("KERAS_BACKEND", None)
    if variable:
        environment["KERAS_BACKEND"] = variable
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=environment
    )
    model = build_model(FROM_A_FRESH_PROCESS)
    train(model, load_mnist("sample"), FROM_A_FRESH_PROCESS)
    assert json.loads(answer.stdout) == [array.tolist() for array in model.get_weights()]
