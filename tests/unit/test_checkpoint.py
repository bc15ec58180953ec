"""Checkpoints survive as bytes; snapshots stay within their budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.checkpoint import SNAPSHOT_BUDGET, Checkpoint, keeps_snapshot


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


sizes = st.integers(7_850, 4_000_000)


@given(epochs=st.integers(1, 100), parameters=sizes)
def test_snapshots_include_the_first_and_the_last_and_fit_into_the_budget(
    epochs: int, parameters: int
) -> None:
    kept = [e for e in range(-1, epochs) if keeps_snapshot(e, epochs, parameters)]
    assert kept[0] == -1
    assert kept[-1] == epochs - 1
    assert len(kept) * 2 * parameters <= SNAPSHOT_BUDGET


@given(epochs=st.integers(2, 100), parameters=sizes)
def test_snapshots_lie_as_close_as_the_budget_allows(epochs: int, parameters: int) -> None:
    every = next(
        n for n in range(1, 101) if n == epochs or keeps_snapshot(n - 1, epochs, parameters)
    )
    closer = every - 1
    if closer:
        count = 2 + len(range(closer, epochs, closer))
        assert count * 2 * parameters > SNAPSHOT_BUDGET


def test_a_default_run_keeps_every_epoch() -> None:
    assert all(keeps_snapshot(epoch, 10, 101_770) for epoch in range(-1, 10))
