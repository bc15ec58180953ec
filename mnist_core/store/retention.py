"""Which snapshots of a run are kept. Standard library only."""

from __future__ import annotations

SNAPSHOT_BUDGET = 24_000_000
"""Bytes that all snapshots of one run may take together; the first and the last are always kept."""


def keeps_snapshot(epoch: int, epochs: int, parameters: int) -> bool:
    """Check whether the weights after ``epoch`` are kept for going back in time.

    Kept are the start (epoch -1), the last epoch, and every n-th between, n being the smallest
    number for which all of them, at 2 bytes a parameter, fit into ``SNAPSHOT_BUDGET``.
    """
    if epoch in (-1, epochs - 1):
        return True
    room = max(0, SNAPSHOT_BUDGET // (2 * parameters) - 2)
    every = (epochs - 1) // (room + 1) + 1
    return (epoch + 1) % every == 0
