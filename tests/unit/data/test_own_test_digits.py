"""Digits that people drew as the test set of a file that MNIST_PATH takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnist_core.data import load_mnist, pack_npz


def test_a_packed_set_is_what_mnist_path_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = load_mnist("sample")
    images, labels = sample.x_test[:7], np.array([3, 1, 4, 1, 5, 9, 2], np.uint8)
    drawn = sample.tested_on(images, labels, "class 7b")
    file = tmp_path / "class 7b.npz"
    file.write_bytes(pack_npz(drawn))
    monkeypatch.setenv("MNIST_PATH", str(file))
    loaded = load_mnist()
    np.testing.assert_array_equal(loaded.x_test, images)
    np.testing.assert_array_equal(loaded.y_test, labels)
    np.testing.assert_array_equal(loaded.x_train, sample.x_train)
    assert loaded.digest == drawn.digest != sample.digest
