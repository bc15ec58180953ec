"""What an archive of runs is made of: its members, their names and how large they may be.

An archive is a zip with a manifest, a table of its runs, and a folder a run::

    manifest.json              format, program, data sets, runs; size and SHA-256 of every member
    runs.csv                   a row a run: settings and results
    digits-<digest>.npz        the digits, where neither MNIST nor the sample of the program
    <run>/run.json             name, settings, state, results
    <run>/history.json         Keras's History, and the seconds of each epoch
    <run>/events.json          what the live curves are drawn from
    <run>/summary.txt          the model as Keras describes it
    <run>/weights.npz          float32, kernel and bias of each layer: arr_0, arr_1 ...
    <run>/optimizer.npz        the optimizer's state: arr_0, arr_1 ...
    <run>/predictions.npz      arr_0: y_prob, float32 (test digits, 10)
    <run>/snapshots/000.npz    float16 weights before the first batch; 001 after epoch 1 ...
    <run>/model.keras          for Keras; nobody reads it when a run is brought back
"""

from __future__ import annotations

import itertools
import re
from typing import Any, Final, NamedTuple

import numpy as np

from mnist_core.config import CLASSES, PIXELS, TrainingConfig

FORMAT: Final = "runs of mnist-dashboard"
VERSION: Final = 1

MANIFEST: Final = "manifest.json"
TABLE: Final = "runs.csv"
RUN: Final = "run.json"
HISTORY: Final = "history.json"
EVENTS: Final = "events.json"
SUMMARY: Final = "summary.txt"
WEIGHTS: Final = "weights.npz"
OPTIMIZER: Final = "optimizer.npz"
PREDICTIONS: Final = "predictions.npz"
MODEL: Final = "model.keras"

MOST_RUNS: Final = 200
MOST_BYTES: Final = 500_000_000
"""Of all members of an archive, unpacked."""

# Each is read whole: the largest network that there may be has four million parameters.
_MOST_BYTES_OF: Final = {
    MANIFEST: 5_000_000,
    TABLE: 2_000_000,
    RUN: 100_000,
    HISTORY: 100_000,
    EVENTS: 20_000_000,
    SUMMARY: 100_000,
    WEIGHTS: 20_000_000,
    OPTIMIZER: 40_000_000,
    PREDICTIONS: 10_000_000,
    MODEL: 60_000_000,
}
_MOST_BYTES_OF_DIGITS: Final = 160_000_000
_MOST_BYTES_OF_A_SNAPSHOT: Final = 10_000_000

_DIGITS: Final = re.compile(r"digits-[0-9a-f]{64}\.npz")
_OF_RUN: Final = re.compile(r"([0-9a-f]{12})/([a-z]+\.[a-z]+|snapshots/[0-9]{3}\.npz)")

# How many numbers an optimizer keeps for each weight.
_STATES: Final = {"adam": 2, "sgd": 0, "momentum": 1, "rmsprop": 1}

Shapes = dict[str, tuple[np.dtype[Any], tuple[int, ...]]]
"""Type and shape of each array of an .npz file by its name."""


class Digits(NamedTuple):
    """A data set as the manifest names it."""

    digest: str
    name: str
    carried: bool


def digits_member(digest: str) -> str:
    """Name the member that holds a data set."""
    return f"digits-{digest}.npz"


def snapshot_member(epoch: int) -> str:
    """Name the member of a run's folder that holds a snapshot, -1 before the first batch."""
    return f"snapshots/{epoch + 1:03d}.npz"


def most_bytes(name: str) -> int | None:
    """Return how large a member may be, unpacked; None where an archive has no such member."""
    if name in (MANIFEST, TABLE):
        return _MOST_BYTES_OF[name]
    if _DIGITS.fullmatch(name):
        return _MOST_BYTES_OF_DIGITS
    of_run = _OF_RUN.fullmatch(name)
    if of_run is None:
        return None
    member = of_run.group(2)
    if member.startswith("snapshots/"):
        return _MOST_BYTES_OF_A_SNAPSHOT
    return _MOST_BYTES_OF.get(member)


def weight_shapes(config: TrainingConfig) -> list[tuple[int, ...]]:
    """Return the shapes of a network's weights in Keras's order: kernel, bias, kernel ..."""
    widths = itertools.pairwise((PIXELS, *config.layers, CLASSES))
    return [shape for inputs, nodes in widths for shape in ((inputs, nodes), (nodes,))]


def weights(config: TrainingConfig, dtype: type[np.floating[Any]] = np.float32) -> Shapes:
    """Describe the arrays of a network's weights."""
    return _numbered([(np.dtype(dtype), shape) for shape in weight_shapes(config)])


def optimizer_state(config: TrainingConfig) -> Shapes:
    """Describe the arrays of an optimizer: updates made, learning rate, numbers a weight."""
    of_weights = [
        (np.dtype(np.float32), shape)
        for shape in weight_shapes(config)
        for _ in range(_STATES[config.optimizer])
    ]
    return _numbered([(np.dtype(np.int64), ()), (np.dtype(np.float32), ()), *of_weights])


def predictions(test_digits: int) -> Shapes:
    """Describe the array of a run's guesses."""
    return _numbered([(np.dtype(np.float32), (test_digits, CLASSES))])


def _numbered(arrays: list[tuple[np.dtype[Any], tuple[int, ...]]]) -> Shapes:
    return {f"arr_{index}": array for index, array in enumerate(arrays)}
