"""The digits most like a digit: by their pixels, or as a network sees them. Knows NumPy only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.data.dataset import Pixels
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Network

_BLOCK: Final = 1000  # rows that are turned into float32 at a time: they stay in the cache


class Neighbours(NamedTuple):
    """The rows nearest to a query.

    Attributes:
        indices: intp (count,), which rows, the nearest first; of equally near ones the earlier.
        distances: float32 (count,), how far each is, in the unit of the features.
    """

    indices: npt.NDArray[np.intp]
    distances: npt.NDArray[np.float32]


def nearest(features: npt.NDArray[Any], query: npt.NDArray[Any], count: int = 6) -> Neighbours:
    """Find the rows with the smallest Euclidean distance to a query.

    No float copy of all features is made: they are looked at a block at a time.

    Args:
        features: uint8 or float32 (n, d).
        query: (d,).
        count: how many to find; with fewer rows, all of them.

    Raises:
        EvaluationError: the query does not fit the features, or the count is below 1.
    """
    blocks = (features[first : first + _BLOCK] for first in range(0, len(features), _BLOCK))
    return _nearest_of(blocks, query, count)


def nearest_by_pixels(images: Pixels, image: Pixels, count: int = 6) -> Neighbours:
    """Find the digits whose pixels are most like those of an image.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink.
        image: uint8 (28, 28).
        count: how many to find.

    Returns:
        Distances in grey levels: the root of the sum of the squared differences.

    Raises:
        EvaluationError: the count is below 1.
    """
    return nearest(images.reshape(len(images), -1), image.reshape(-1), count)


def nearest_by_network(
    network: Network, images: Pixels, image: Pixels, count: int = 6
) -> Neighbours:
    """Find the digits that a network sees most like an image: by its last hidden layer.

    Sends all digits through the network and keeps none of it. Who asks often about a small
    network keeps ``network.last_hidden(images)`` and calls ``nearest``.

    Args:
        network: without hidden layers it sees the pixels themselves, 0 to 1.
        images: uint8 (n, 28, 28), 0 background to 255 ink.
        image: uint8 (28, 28).
        count: how many to find.

    Returns:
        Distances in the unit of the layer.

    Raises:
        EvaluationError: the count is below 1.
    """
    query = network.last_hidden(image[np.newaxis])[0]
    return _nearest_of(network.last_hidden_blocks(images), query, count)


def _nearest_of(
    blocks: Iterable[npt.NDArray[Any]], query: npt.NDArray[Any], count: int
) -> Neighbours:
    if count < 1:
        raise EvaluationError(f"{count} neighbours are not allowed. Choose 1 or more.")
    parts = list(_squares(blocks, query.astype(np.float32)))
    squares = np.concatenate([np.empty(0, np.float32), *parts])
    chosen = np.argsort(squares, kind="stable")[:count]
    return Neighbours(chosen, np.sqrt(squares[chosen]))


def _squares(
    blocks: Iterable[npt.NDArray[Any]], query: npt.NDArray[np.float32]
) -> Iterator[npt.NDArray[np.float32]]:
    """Yield the squared distances. Of grey levels they are exact up to 2**24."""
    for block in blocks:
        if block.shape[1:] != query.shape:
            raise EvaluationError(
                f"A query of shape {query.shape} does not fit rows of shape {block.shape[1:]}."
            )
        difference = np.subtract(block, query, dtype=np.float32)
        yield np.einsum("ij,ij->i", difference, difference)
