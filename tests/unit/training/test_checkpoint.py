"""Checkpoints survive as bytes."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.training.checkpoint import Checkpoint


def test_a_checkpoint_comes_back_from_bytes_bit_for_bit() -> None:
    rng = np.random.default_rng(0)
    checkpoint = Checkpoint(
        epoch=3,
        batch=7,
        # More than ten, so that an order by name could go wrong.
        model=[rng.normal(size=index + 1).astype(np.float32) for index in range(12)],
        optimizer=[np.array(17, np.int64), np.float32([np.nan, np.inf, -0.0, 1e-45])],
        sums=(0.1, 3.0, 1 / 3),
        history={"accuracy": [0.1, 1 / 3], "loss": [2.3, 0.30000000000000004]},
        epoch_seconds=0.1,
        seconds=12.34,
    )

    back = Checkpoint.from_bytes(checkpoint.to_bytes())

    for group in ("model", "optimizer"):
        before, after = getattr(checkpoint, group), getattr(back, group)
        assert [(a.dtype, a.shape, a.tobytes()) for a in after] == [
            (a.dtype, a.shape, a.tobytes()) for a in before
        ]
    for name in ("epoch", "batch", "sums", "history", "epoch_seconds", "seconds"):
        assert getattr(back, name) == getattr(checkpoint, name)


def test_a_checkpoint_with_a_pickled_object_is_refused() -> None:
    harmful = Checkpoint(epoch=0, batch=0, model=[np.array([object()])], optimizer=[])
    with pytest.raises(ValueError, match="allow_pickle"):
        Checkpoint.from_bytes(harmful.to_bytes())
