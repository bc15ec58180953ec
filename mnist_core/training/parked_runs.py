"""What a worker keeps of runs between their turns: a cache of their checkpoints.

Where it has one no more, or another worker had a turn in between, the run goes on from the store.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple

import keras

from mnist_core.store import Claim
from mnist_core.training.checkpoint import Checkpoint

BYTES_KEPT: Final = 300_000_000


class ParkedRun(NamedTuple):
    """A run between two turns.

    Attributes:
        model: built from its settings; its weights are any.
        checkpoint: where the run goes on.
    """

    model: keras.Sequential
    checkpoint: Checkpoint

    @property
    def bytes(self) -> int:
        """How much memory it takes, nearly: the model has the same variables once more."""
        arrays = (*self.checkpoint.model, *self.checkpoint.optimizer)
        return 2 * sum(array.nbytes for array in arrays)


class ParkedRuns:
    """Keeps the runs that gave way last. Not thread-safe.

    Args:
        size: how many bytes they may take together.
    """

    def __init__(self, size: int = BYTES_KEPT) -> None:
        self._size = size
        self._parked: OrderedDict[str, tuple[int, ParkedRun]] = OrderedDict()

    def park(self, claim: Claim, run: ParkedRun) -> None:
        """Keep what a run goes on with after this claim; those kept longest make room for it."""
        self._parked[claim.run_id] = claim.attempt, run
        while sum(kept.bytes for _, kept in self._parked.values()) > self._size:
            self._parked.popitem(last=False)

    def take(self, claim: Claim) -> ParkedRun | None:
        """Hand out what a run goes on with, if this is the very next claim on it."""
        attempt, run = self._parked.pop(claim.run_id, (0, None))
        return run if attempt + 1 == claim.attempt else None
