"""Weights and likelihoods as bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest

from mnist_core.data.arrays import (
    pack_predictions,
    pack_weights,
    unpack_predictions,
    unpack_weights,
)


def test_weights_come_back_in_their_order_to_three_digits() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(n, 3)).astype(np.float32) for n in range(1, 13)]

    back = unpack_weights(pack_weights(weights))

    assert [array.shape for array in back] == [array.shape for array in weights]
    for before, after in zip(weights, back, strict=True):
        assert after.dtype == np.float32
        np.testing.assert_allclose(after, before, rtol=1e-3)


def test_weights_take_two_bytes_each() -> None:
    assert len(pack_weights([np.zeros((784, 128), np.float32)])) < 2 * 784 * 128 + 1000


def test_weights_too_large_for_the_format_stay_finite() -> None:
    [back] = unpack_weights(pack_weights([np.float32([1e9, -1e9, 1.0])]))
    assert back.tolist() == [65504.0, -65504.0, 1.0]


def test_predictions_come_back_bit_for_bit() -> None:
    y_prob = np.random.default_rng(0).random((50, 10), np.float32)
    back = unpack_predictions(pack_predictions(y_prob))
    assert back.dtype == np.float32
    assert np.array_equal(back, y_prob)


def test_pickled_objects_are_refused() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        unpack_weights(_npz_with_an_object())


def _npz_with_an_object() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, arr_0=np.array([object()]))
    return buffer.getvalue()
