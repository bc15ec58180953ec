"""Digits unlike MNIST's: each kind is noticed, and what the sentence says puts them right."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_core.data import Arrays, Dataset, DataShelf, load_mnist
from mnist_core.data.peculiarities import peculiarity

SAMPLE = load_mnist("sample")
LINE = "x_train and x_test alike: "


def dataset(images: np.ndarray, labels: np.ndarray | None = None) -> Dataset:
    labels = SAMPLE.y_train[: len(images)] if labels is None else labels
    arrays = Arrays(np.ascontiguousarray(images), labels, SAMPLE.x_test[:1], SAMPLE.y_test[:1])
    return Dataset.from_arrays(arrays, name="mine.npz", source="from a test")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: x.transpose(0, 2, 1), "lie on their side and are mirrored:"),  # EMNIST
        (lambda x: np.rot90(x, 1, (1, 2)), "turned by a quarter to the left:"),
        (lambda x: np.rot90(x, -1, (1, 2)), "turned by a quarter to the right:"),
        (lambda x: np.rot90(x, 2, (1, 2)), "stand on their head:"),
        (lambda x: x[:, :, ::-1], "mirrored left to right:"),
        (lambda x: x[:, ::-1], "mirrored top to bottom:"),
        (lambda x: np.rot90(x, 2, (1, 2)).transpose(0, 2, 1), "lie on their side:"),
        (lambda x: 255 - x, "npz are dark on light:"),
        (lambda x: 255 - x.transpose(0, 2, 1), "mirrored and are dark on light:"),
        (lambda x: x // 255, "have no pixel above 1, of 255:"),
        (lambda x: x // 16, "have no pixel above 15, of 255:"),
    ],
)
@pytest.mark.parametrize("count", [100, 4000])
def test_what_looks_otherwise_is_said_and_mended(change: Any, words: str, count: int) -> None:
    changed = change(SAMPLE.x_train[:count])
    said = peculiarity(dataset(changed), SAMPLE)

    assert words in said
    names = {"x": changed, "np": np}
    exec(said.split(LINE)[1], names)
    assert names["x"].dtype == np.uint8
    np.testing.assert_allclose(
        names["x"], SAMPLE.x_train[:count], atol=255 if "pixel" in words else 0
    )
    assert peculiarity(dataset(names["x"]), SAMPLE) == ""


@pytest.mark.parametrize(
    "chosen",
    [slice(0, 100), slice(100, 140), slice(0, 4000), SAMPLE.y_train == 1, SAMPLE.y_train == 8],
)
def test_of_digits_that_look_right_nothing_is_said(chosen: Any) -> None:
    assert peculiarity(dataset(SAMPLE.x_train[chosen], SAMPLE.y_train[chosen]), SAMPLE) == ""


def test_of_pictures_of_something_else_nothing_is_said() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (500, 28, 28), np.uint8)

    assert peculiarity(dataset(noise), SAMPLE) == ""


def test_it_is_said_where_the_file_is_loaded_and_on_the_shelf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    arrays = {key: getattr(SAMPLE, key)[:500] for key in Arrays._fields}
    np.savez(tmp_path / "emnist.npz", **arrays | {"x_train": arrays["x_train"].transpose(0, 2, 1)})
    monkeypatch.setenv("MNIST_PATH", str(tmp_path / "emnist.npz"))
    shelf = DataShelf()

    with caplog.at_level(logging.WARNING):
        assert shelf.current.name == "emnist.npz"

    assert "lie on their side and are mirrored" in shelf.peculiarity
    assert shelf.peculiarity in caplog.text
    assert shelf.problem == ""
