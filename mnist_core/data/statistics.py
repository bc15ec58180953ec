"""What can be said of many digits at once: how many of each, how they look on average.

A digit that is missing is never an error: its count is 0, its average and its distances are NaN.
Knows nothing of pages and charts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES
from mnist_core.data.dataset import Pixels
from mnist_core.data.splitting import Labels

Counts = npt.NDArray[np.int64]
Means = npt.NDArray[np.float64]


class Pair(NamedTuple):
    """Two different digits and how far apart their averages are.

    Attributes:
        first: the smaller digit.
        second: the larger digit.
        distance: as ``average_distances`` measures it, 0 to 255.
    """

    first: int
    second: int
    distance: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How the ten digits look on average, and which of them look alike.

    Attributes:
        averages: float64 (10, 28, 28), 0 background to 255 ink; NaN for a missing digit.
        distances: float64 (10, 10), 0 to 255; NaN for a missing digit.
        pairs: every two digits that are there, the most alike first.
    """

    averages: Means
    distances: Means
    pairs: list[Pair]

    @classmethod
    def of(cls, images: Pixels, labels: Labels) -> Likeness:
        """Compare the averages of these digits; arguments as for ``average_digits``."""
        averages = average_digits(images, labels)
        distances = average_distances(averages)
        return cls(averages, distances, most_alike(distances))

    @property
    def present(self) -> list[int]:
        """The digits that occur at least once."""
        return np.flatnonzero(np.isfinite(self.distances.diagonal())).tolist()

    def pictures(self, digits: list[int]) -> Pixels:
        """Round the averages of some digits to whole grey levels.

        Args:
            digits: which ones; each must be there.

        Returns:
            uint8 (n, 28, 28), 0 background to 255 ink.
        """
        return np.rint(self.averages[digits]).astype(np.uint8)


def count_digits(labels: Labels) -> Counts:
    """Count how often each digit occurs.

    Args:
        labels: uint8 (n,), 0 to 9.

    Returns:
        int64 (10,), for the digits 0 to 9.
    """
    return np.bincount(labels, minlength=CLASSES).astype(np.int64)


def average_digits(images: Pixels, labels: Labels) -> Means:
    """Average all images of each digit, pixel by pixel.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink.
        labels: uint8 (n,), 0 to 9.

    Returns:
        float64 (10, 28, 28), 0 to 255; NaN for a digit that does not occur.
    """
    averages = np.full((CLASSES, *images.shape[1:]), np.nan)
    for digit in np.unique(labels):
        averages[digit] = images[labels == digit].mean(axis=0)
    return averages


def average_distances(averages: Means) -> Means:
    """Measure how far apart the averages of any two digits are.

    The distance is the mean absolute difference of their pixels (the L1 distance divided by the
    number of pixels): how many grey levels a pixel of the one differs from the same pixel of the
    other. So it is 0 from a digit to itself, the same both ways, and never longer than a way
    round over a third digit.

    Args:
        averages: float64 (10, 28, 28), 0 to 255; NaN for a missing digit.

    Returns:
        float64 (10, 10), 0 to 255; NaN in the row and the column of a missing digit.
    """
    flat = averages.reshape(len(averages), -1)
    distances: Means = np.abs(flat[:, np.newaxis] - flat).mean(axis=2)
    return distances


def most_alike(distances: Means) -> list[Pair]:
    """Rank every two digits by how alike their averages are.

    Args:
        distances: float64 (10, 10), symmetric; NaN for a missing digit.

    Returns:
        Each pair of digits that are there, once, the smallest distance first; of equal distances
        the smaller digits first.
    """
    pairs = [
        Pair(int(first), int(second), float(distances[first, second]))
        for first, second in zip(*np.triu_indices_from(distances, k=1), strict=True)
        if np.isfinite(distances[first, second])
    ]
    return sorted(pairs, key=lambda pair: pair.distance)
