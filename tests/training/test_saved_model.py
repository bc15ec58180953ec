"""The saved model: the same network, in a file that any Keras 3 opens, as the page shows it."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.lesson.keras_code import reading_code
from mnist_core.training.fit import train
from mnist_core.training.model import build_model
from mnist_core.training.saved_model import model_bytes
from tests.training.training_helpers import SMALL, same

# What each class of Keras 3.0.5 takes.
LAYER = {"name", "trainable", "dtype"}
KNOWN = {
    "Sequential": {*LAYER, "layers", "build_input_shape"},
    "InputLayer": {*LAYER, "batch_shape", "sparse"},
    "Flatten": {*LAYER, "data_format"},
    "Dropout": {*LAYER, "rate", "seed", "noise_shape"},
    "Dense": {
        *LAYER,
        "units",
        "activation",
        "use_bias",
        *(
            f"{part}_{kind}"
            for part in ("kernel", "bias")
            for kind in ("initializer", "regularizer")
        ),
        *(f"{part}_constraint" for part in ("kernel", "bias")),
        "activity_regularizer",
    },
    "GlorotUniform": {"seed"},
    "Zeros": set(),
    "L2": {"l2"},
}


def classes(config: Any) -> Iterator[tuple[str, set[str]]]:
    if isinstance(config, list):
        for value in config:
            yield from classes(value)
    elif isinstance(config, dict):
        if "class_name" in config and "optimizers" not in config["module"]:
            yield config["class_name"], set(config["config"])
        for value in config.values():
            yield from classes(value)


@pytest.mark.parametrize(
    "config",
    [SMALL.replace(dropout=0.2, l2=0.001), TrainingConfig(layers=(), optimizer="momentum")],
    ids=["all layers", "no hidden layer"],
)
def test_a_saved_model_says_nothing_that_the_first_keras_3_does_not_know(
    config: TrainingConfig,
) -> None:
    with zipfile.ZipFile(io.BytesIO(model_bytes(build_model(config)))) as archive:
        saved = json.loads(archive.read("config.json"))

    used = dict(classes(saved))
    assert used.keys() >= {"Sequential", "InputLayer", "Dense", "GlorotUniform"}
    assert {name: keys - KNOWN[name] for name, keys in used.items() if keys - KNOWN[name]} == {}


def test_a_saved_model_comes_back_with_its_optimizer_and_goes_on(
    tiny: Dataset, tmp_path: Path
) -> None:
    config = SMALL.replace(epochs=1, dropout=0.2, l2=0.001)
    model = build_model(config)
    train(model, tiny, config)
    (tmp_path / "model.keras").write_bytes(model_bytes(model))
    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert same(loaded.get_weights(), model.get_weights())
    for ours, theirs in zip(loaded.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert train(loaded, tiny, config).history == train(model, tiny, config).history


def test_the_lines_beside_the_download_read_a_digit(
    tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = build_model(SMALL)
    train(model, tiny, SMALL)
    monkeypatch.chdir(tmp_path)
    Path("digits.keras").write_bytes(model_bytes(model))
    Image.fromarray(tiny.x_test[0]).resize((280, 280)).convert("RGB").save("digit.png")

    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(reading_code("digits.keras"), {})

    assert int(output.getvalue()) == model.predict(tiny.x_test[:1] / 255, verbose=0).argmax()
