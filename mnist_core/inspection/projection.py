"""Digits as points in the plane: those that a layer makes alike lie near each other.

PCA, and what is common to all maps: which digits are on them, how they are turned and scaled, and
how well they part the ten digits. t-SNE has a process of its own, see ``tsne``. Knows NumPy only.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES
from mnist_core.data.dataset import Pixels
from mnist_core.data.splitting import Indices, Labels
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Floats, Network, input_values

DIGITS_ON_A_MAP: Final = 2000
"""Digits on a map: more of them hide each other."""

NEAREST: Final = 10
"""Neighbours that are looked at to say how well a map parts the digits."""

PIXEL_LAYER: Final = 0
"""The number of the pixels, where layers are numbered; the first layer has 1."""

_ALIKE: Final = 1e-6  # of the largest number: what float32 can't tell apart


@dataclass(frozen=True, eq=False)
class PrincipalMap:
    """A plane through the features of digits, and where they fall on it.

    Attributes:
        positions: float32 (n, 2), -1 to 1, as large as fits; the second column is 0 where the
            features have one dimension.
        share: of the whole variance, how much the plane keeps, 0 to 1.
        mean: float32 (d,), the mean of the features.
        axes: float32 (d, 2), from features without their mean to positions.
        origin: float32 (2,), where the mean lies.
    """

    positions: Floats
    share: float
    mean: Floats
    axes: Floats
    origin: Floats

    def place(self, features: Floats) -> Floats:
        """Place further digits on the same map: float32 (m, d) in, float32 (m, 2) out."""
        return _project(features, self.mean, self.axes) + self.origin

    def turned_like(self, positions: Floats) -> PrincipalMap:
        """Turn and mirror the map, never bend it, so that it resembles another of these digits.

        Args:
            positions: float32 (n, 2), of the same digits in the same order.
        """
        turn = turn_like(self.positions, positions)
        axes = self.axes @ turn
        return _fitted(_project(self.positions, self.origin, turn), self.share, self.mean, axes)


class Neighbourhood(NamedTuple):
    """What lies beside each other on a map.

    Attributes:
        same: of a digit's ten nearest neighbours, how many are the same digit, on average.
        mixed: the two digits that are each other's neighbours most often; None where no digit
            has a neighbour of another kind.
    """

    same: float
    mixed: tuple[int, int] | None


def choose_digits(labels: Labels, count: int = DIGITS_ON_A_MAP) -> Indices:
    """Choose the digits of a map: of each kind as large a share as there is, evenly spread.

    Args:
        labels: uint8 (n,), 0 to 9.
        count: how many to choose; with fewer digits, all of them.

    Returns:
        intp (count,), in rising order; the same for the same labels.
    """
    by_kind = np.argsort(labels, kind="stable")
    places = np.linspace(0, len(labels), min(count, len(labels)), endpoint=False)
    return np.sort(by_kind[places.astype(np.intp)])


def features_of(images: Pixels, network: Network, layer: int) -> Floats:
    """Return what a layer makes of digits.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink.
        network: whose layer it is.
        layer: from 1, the output layer last; ``PIXEL_LAYER`` gives the pixels, 0 to 1.

    Returns:
        float32 (n, nodes). Of the output layer the ten sums before softmax, the logits: the
        probabilities of a trained network lie in ten spots, one digit upon the other.

    Raises:
        EvaluationError: the network has no such layer.
    """
    if layer not in range(len(network.weights) + 1):
        raise EvaluationError(
            f"There is no layer {layer}. Choose 0 to {len(network.weights)}; 0 is the pixels."
        )
    if layer == PIXEL_LAYER:
        return input_values(images)
    if layer < len(network.weights):
        return network.activations(images)[layer - 1]
    return np.concatenate(list(network.sums_blocks(images, layer - 1)))


def draw_principal_map(features: Floats) -> PrincipalMap:
    """Find the plane in which the digits lie farthest apart, by principal component analysis.

    The same features give the same map: of each axis, the largest weight is positive.

    Args:
        features: float32 (n, d).

    Raises:
        EvaluationError: there is no map, because a number overflowed or all digits are alike.
    """
    mean, axes, share = _principal_axes(features, 2)
    return _fitted(_project(features, mean, axes), share, mean, axes)


def reduce_features(features: Floats, count: int) -> Floats:
    """Keep the principal components with the largest variance: float32 (n, at most count).

    Raises:
        EvaluationError: as for ``draw_principal_map``.
    """
    mean, axes, _ = _principal_axes(features, count)
    return _project(features, mean, axes)


def turn_like(positions: Floats, like: Floats) -> Floats:
    """Find the rotation, perhaps with a mirroring, that makes a map most like another.

    Args:
        positions: float32 (n, 2).
        like: float32 (n, 2), the same digits on the other map.

    Returns:
        float32 (2, 2); ``positions @ turn`` is the turned map.

    Source: Schönemann 1966, A generalized solution of the orthogonal Procrustes problem.
    """
    centred, target = positions - positions.mean(axis=0), like - like.mean(axis=0)
    left, _, right = np.linalg.svd(centred.T @ target)
    turn: Floats = (left @ right).astype(np.float32)
    return turn


def fit_in_square(positions: Floats) -> Floats:
    """Move and scale a map, the same in both directions, so that it fills -1 to 1."""
    middle, reach = _extent(positions)
    return (positions - middle) / reach


def look_around(positions: Floats, labels: Labels) -> Neighbourhood:
    """Describe how well a map parts the ten digits.

    Args:
        positions: float32 (n, 2), at least two.
        labels: uint8 (n,), 0 to 9.
    """
    count = min(NEAREST, len(labels) - 1)
    neighbours = labels[_nearest_on_map(positions, count)]
    cells = labels[:, np.newaxis] * np.intp(CLASSES) + neighbours
    pairs = np.bincount(cells.ravel(), minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    same = float((neighbours == labels[:, np.newaxis]).mean()) * NEAREST
    mixed = np.triu(pairs + pairs.T, k=1)
    first, second = divmod(int(mixed.argmax()), CLASSES)
    return Neighbourhood(same, (first, second) if mixed.any() else None)


def class_centres(positions: Floats, labels: Labels) -> Floats:
    """Find the middle of each digit's points: float32 (10, 2), NaN where a digit is missing."""
    centres = np.full((CLASSES, 2), np.nan, np.float32)
    for digit in np.unique(labels):
        centres[digit] = np.median(positions[labels == digit], axis=0)
    return centres


def pack_map(digits: Indices, positions: Floats) -> bytes:
    """Pack a map for the store: intp (n,) which digits, float32 (n, 2) where they lie."""
    buffer = io.BytesIO()
    np.savez(buffer, digits=digits.astype(np.int32), positions=positions.astype(np.float32))
    return buffer.getvalue()


def unpack_map(data: bytes, digits: Indices) -> Floats | None:
    """Unpack what ``pack_map`` packed, float32 (n, 2), if it is a map of these digits.

    Returns:
        None where it is a map of others, or none at all: it can be drawn anew.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            of_these = np.array_equal(archive["digits"], digits)
            positions: Floats = archive["positions"]
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile):
        return None
    return positions if of_these and positions.shape == (len(digits), 2) else None


def _principal_axes(features: Floats, count: int) -> tuple[Floats, Floats, float]:
    """Return mean (d,), principal axes (d, count), and the share of the variance they keep."""
    if len(features) < 2:
        raise EvaluationError("A map takes at least two digits.")
    if not np.isfinite(features).all():
        raise EvaluationError(
            "The numbers of this layer overflowed: there is nothing to draw a map of."
        )
    # Scaled, so that no square overflows.
    largest = np.abs(features).max() or np.float32(1)
    mean = (features / largest).mean(axis=0)
    centred = features / largest - mean
    if not np.abs(centred).max() > _ALIKE:
        raise EvaluationError(
            "This layer makes the same of every digit: there is nothing to draw a map of."
        )
    variances, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :count]
    # Of each axis, the largest weight is positive: the same features give the same map.
    axes = axes * np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0))
    axes = np.pad(axes, ((0, 0), (0, max(0, 2 - axes.shape[1]))))
    share = variances[::-1][:count].sum() / np.square(centred).sum()
    return mean * largest, (axes / largest).astype(np.float32), float(np.clip(share, 0, 1))


def _fitted(positions: Floats, share: float, mean: Floats, axes: Floats) -> PrincipalMap:
    middle, reach = _extent(positions)
    return PrincipalMap(fit_in_square(positions), share, mean, axes / reach, -middle / reach)


def _extent(positions: Floats) -> tuple[Floats, np.float32]:
    """Return the middle of a map, float32 (2,), and how far it reaches from there."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    middle: Floats = (low + high) / np.float32(2)
    return middle, np.float32((high - low).max() / 2)


def _project(features: Floats, mean: Floats, axes: Floats) -> Floats:
    projected: Floats = np.matmul(features - mean, axes, dtype=np.float32)
    return projected


def _nearest_on_map(positions: Floats, count: int) -> npt.NDArray[Any]:
    """Return the indices of each point's nearest others, in no order: (n, count)."""
    squares = np.square(positions).sum(axis=1)
    distances = squares[:, np.newaxis] + squares - 2 * positions @ positions.T
    np.fill_diagonal(distances, np.inf)
    nearest: npt.NDArray[Any] = np.argpartition(distances, count - 1, axis=1)[:, :count]
    return nearest
