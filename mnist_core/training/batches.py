"""Which digits an update of the weights sees, and how many updates run in one go. NumPy only.

Everything here follows from the settings, the number of digits and the place in the run.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mnist_core.config import TrainingConfig
from mnist_core.cost import seconds_per_step

LIVE_UPDATES = 10
LONGEST_CHUNK_SECONDS = 0.2
FIRST_POINT_SECONDS = 0.02
NOBODY = -1
"""Fills up the indices of a batch that is smaller than the others."""

Rows = npt.NDArray[np.int32]


def chunk_size(config: TrainingConfig, training_digits: int) -> int:
    """Return how many batches run in one go: a tenth of an epoch, or what takes 0.2 s at most."""
    steps = config.steps_per_epoch(training_digits)
    patient = max(1, int(LONGEST_CHUNK_SECONDS / seconds_per_step(config)))
    return min(max(1, steps // LIVE_UPDATES), patient)


def pieces(config: TrainingConfig, epoch: int, training_digits: int) -> list[int]:
    """Return with which batches the pieces begin that an epoch is run in.

    They are its chunks; but the very first chunk of a run is cut in two where it takes long, so
    that something can be shown at once.
    """
    chunk = chunk_size(config, training_digits)
    begins = [*range(0, config.steps_per_epoch(training_digits), chunk)]
    quick = max(1, int(FIRST_POINT_SECONDS / seconds_per_step(config)))
    if epoch == 0 and 2 * quick <= chunk:
        begins.insert(1, quick)
    return begins


def epoch_order(seed: int, epoch: int, training_digits: int) -> npt.NDArray[np.int64]:
    """Return in which order an epoch shows the training digits: int64 (n,), each index once."""
    return np.random.default_rng([seed, epoch]).permutation(training_digits)


def deal(config: TrainingConfig, epoch: int, training_digits: int) -> Rows:
    """Deal the digits of an epoch to its batches.

    Returns:
        int32 (steps, batch_size), indices into the training digits; the last batch is filled up
        with ``NOBODY``.
    """
    return lay_in_rows(epoch_order(config.seed, epoch, training_digits), config.batch_size)


def lay_in_rows(order: npt.NDArray[np.int64], width: int) -> Rows:
    """Lay indices in rows of ``width``, the last one filled up with ``NOBODY``."""
    missing = -len(order) % width
    padded = np.pad(order.astype(np.int32), (0, missing), constant_values=NOBODY)
    return padded.reshape(-1, width)


def cut(rows: Rows, first: int, count: int) -> tuple[Rows, int]:
    """Cut ``count`` rows out, from ``first`` on; what lies beyond the end is ``NOBODY``.

    Returns:
        int32 (count, width), and how many of its rows are real.
    """
    chosen = rows[first : first + count]
    missing = count - len(chosen)
    return np.pad(chosen, ((0, missing), (0, 0)), constant_values=NOBODY), len(chosen)
