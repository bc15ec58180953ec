"""Arrays as bytes for the store, and back: no pickled objects. Knows NumPy only."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

_LARGEST = np.finfo(np.float16).max


def pack_weights(weights: list[npt.NDArray[Any]]) -> bytes:
    """Pack weights as float16: enough to look at a network, too coarse to train it on."""
    buffer = io.BytesIO()
    # A network whose training runs away may hold weights that float16 can't: show the largest.
    np.savez(buffer, *[array.clip(-_LARGEST, _LARGEST).astype(np.float16) for array in weights])
    return buffer.getvalue()


def unpack_weights(data: bytes) -> list[npt.NDArray[np.float32]]:
    """Unpack what ``pack_weights`` packed: float32, in Keras's order (kernel, bias, kernel ...)."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return [archive[f"arr_{index}"].astype(np.float32) for index in range(len(archive.files))]


def pack_predictions(y_prob: npt.NDArray[np.float32]) -> bytes:
    """Pack the likelihoods of many digits, float32 (n, 10), bit for bit."""
    buffer = io.BytesIO()
    np.save(buffer, y_prob.astype(np.float32, copy=False), allow_pickle=False)
    return zlib.compress(buffer.getvalue(), 1)


def unpack_predictions(data: bytes) -> npt.NDArray[np.float32]:
    """Unpack what ``pack_predictions`` packed: float32 (n, 10)."""
    y_prob: npt.NDArray[np.float32] = np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False)
    return y_prob
