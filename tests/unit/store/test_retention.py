"""Snapshots stay within their budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mnist_core.store.retention import SNAPSHOT_BUDGET, keeps_snapshot

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
