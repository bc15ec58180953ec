"""The split of training digits into training and validation, as positions only.

It follows from the labels and the settings alone, never from the seed of a run: "another seed"
changes luck and not the exam. Knows nothing of images.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from mnist_core.config import TrainingConfig

Labels = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]

_MIXING_SEED: Final = 28


def split_sizes(digits: int, validation_split: float, fraction: float) -> tuple[int, int]:
    """Count the digits that a split sets aside for training and for validation.

    Args:
        digits: how many there are before the split.
        validation_split: share of them kept aside for validation.
        fraction: share of the rest that is used for training.

    Returns:
        Training digits, validation digits. From two digits on, each is at least 1.

    Raises:
        ConfigError: a share lies outside its limits.
    """
    shares = TrainingConfig(validation_split=validation_split, fraction=fraction)
    validation = min(max(1, round(shares.validation_split * digits)), max(0, digits - 1))
    rest = digits - validation
    return min(max(1, round(shares.fraction * rest)), rest), validation


def split_indices(
    labels: Labels, validation_split: float, fraction: float
) -> tuple[Indices, Indices]:
    """Choose which digits to train on and which to validate with.

    Args:
        labels: uint8 (n,), 0 to 9.
        validation_split: share of the digits kept aside for validation.
        fraction: share of the rest that is used for training.

    Returns:
        Positions of the training digits and of the validation digits, each in a well mixed
        order with the classes in proportion. The training digits of a smaller fraction are the
        first ones of a larger fraction.

    Raises:
        ConfigError: a share lies outside its limits.
    """
    training, validation = split_sizes(len(labels), validation_split, fraction)
    order = stratified_order(labels)
    return order[validation : validation + training], order[:validation]


def stratified_order(labels: Labels) -> Indices:
    """Order digits so that each stretch of the order holds the classes in proportion.

    The digit of rank r in a class of size s is placed at (r + 1/2) / s of the way, which is
    Webster's rule for sharing out seats. Ranks and ties are mixed by a bit generator's raw
    stream, the one kind of random numbers that NumPy promises never to change (NEP 19).

    Args:
        labels: uint8 (n,), 0 to 9.

    Returns:
        A permutation of 0 to n - 1.
    """
    mixed = np.random.PCG64(_MIXING_SEED).random_raw(len(labels))
    sizes = np.bincount(labels)
    by_class = np.lexsort((mixed, labels))
    ranks = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = np.empty(len(labels))
    places[by_class] = (ranks + 0.5) / np.repeat(sizes, sizes)
    return np.lexsort((mixed, places))


def even_mix(labels: Labels, count: int) -> Indices:
    """Choose digits of all classes in turn: one of each, then a second of each, and so on.

    Args:
        labels: uint8 (n,), 0 to 9.
        count: how many to choose.

    Returns:
        At most ``count`` positions, in each round from class 0 to class 9.
    """
    sizes = np.bincount(labels)
    by_class = np.argsort(labels, kind="stable")
    ranks = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return by_class[np.argsort(ranks, kind="stable")[:count]]
