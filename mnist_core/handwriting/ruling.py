"""The lines of ruled and squared paper: found, however the sheet is turned, and taken out."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_closing, binary_dilation, binary_opening
from skimage.measure import label, regionprops
from skimage.transform import hough_line

from mnist_core.handwriting.drawing import Floats, Mask
from mnist_core.handwriting.ink import FAINTEST
from mnist_core.handwriting.pixels import turned


class Unruled(NamedTuple):
    """Ink without the lines that it was written on.

    Attributes:
        ink: float32 (h, w), 0 paper to 1 ink; turned so that the lines were level.
        angle: degrees by which they were turned clockwise before; 0 where there were none.
        lines: how many there were.
    """

    ink: Floats
    angle: float
    lines: int


def take_out_ruling(ink: Floats) -> Unruled:
    """Take out the lines of ruled or squared paper; what is written across them stays.

    Lines are thin and nearly straight, and there are several, from one side to the other. A long
    stroke of a digit is none of that.

    Args:
        ink: float32 (h, w), 0 paper to 1 ink.
    """
    mask = ink > FAINTEST
    angle = _most_lined(mask)
    level = turned(ink, angle) if angle else ink
    lined = level > FAINTEST
    across, upright = _lines(lined, _LEAST_LINES), _lines(lined.T, _LEAST_LINES)
    if across.number:
        upright = _lines(lined.T, 1)  # the margin of ruled paper
    elif upright.number:
        across = _lines(lined, 1)
    count = across.number + upright.number
    if not count:
        return Unruled(ink, 0.0, 0)
    kept = _without(level, across.mask) if across.number else level
    if upright.number:
        kept = _without(kept.T, upright.mask).T
    return Unruled(np.ascontiguousarray(kept), angle, count)


class _Lines(NamedTuple):
    mask: Mask
    number: int


_MOST_TURNED: Final = 8.0  # degrees
_MOST_POINTS: Final = 60_000  # of ink, among which lines are looked for
_LEAST_LINES: Final = 3
_WIDEST: Final = 0.008  # of the picture's longer side: a wider line is a stroke
_WIDEST_AT_LEAST: Final = 5  # pixels
_PIECE: Final = 0.03  # of the picture's width: the least that is seen of a line at a time
_GAP: Final = 0.1  # of the picture's width: what hides a line
_LENGTH: Final = 0.7  # of the picture's width
_DARKEST: Final = 90  # percentile of the pixels of lines: the middle of a line
_DARKER: Final = 1.3  # times as dark: something is written on it


def _most_lined(mask: Mask) -> float:
    """Return the angle in degrees at which most ink lies on few lines, level or upright ones."""
    points = np.argwhere(mask)
    if not len(points):
        return 0.0
    sparse = np.zeros_like(mask)
    chosen = points[:: -(-len(points) // _MOST_POINTS)]
    sparse[chosen[:, 0], chosen[:, 1]] = True
    best = 0.0
    for reach, step in ((_MOST_TURNED, 0.25), (0.25, 0.05)):
        angles = best + np.arange(-reach, reach + step / 2, step)
        best = float(angles[int(np.argmax(_crowding(sparse, angles)))])
    return best


def _crowding(mask: Mask, degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return for each angle how unevenly ink is spread over parallels: the sum of squares."""
    level = hough_line(mask, theta=np.deg2rad(degrees + 90))[0].astype(np.float64)
    upright = hough_line(mask, theta=np.deg2rad(degrees))[0].astype(np.float64)
    crowding: npt.NDArray[np.float64] = (level**2).sum(axis=0) + (upright**2).sum(axis=0)
    return crowding


def _lines(mask: Mask, least: int) -> _Lines:
    """Find thin lines along the rows, if there are so many."""
    width = mask.shape[1]
    widest = max(_WIDEST_AT_LEAST, round(_WIDEST * max(mask.shape)))
    thin = mask & ~binary_opening(mask, np.ones((widest + 1, 1), bool))
    joined = binary_closing(binary_dilation(thin, np.ones((3, 1), bool)), np.ones((1, 7), bool))
    pieces = binary_opening(joined, np.ones((1, max(12, round(_PIECE * width))), bool))
    gap = 2 * round(_GAP * width / 2) + 1
    bridged = binary_closing(np.pad(pieces, ((0, 0), (gap, gap))), np.ones((1, gap), bool))[
        :, gap:-gap
    ]
    labels = label(bridged, connectivity=2)
    whole = [
        piece
        for piece in regionprops(labels)
        if piece.bbox[3] - piece.bbox[1] >= _LENGTH * width
        and piece.bbox[2] - piece.bbox[0] <= 2 * widest + 0.02 * width
    ]
    if len(whole) < least:
        return _Lines(np.zeros_like(mask), 0)
    parts = [
        piece.label
        for piece in regionprops(labels)
        if piece.bbox[3] - piece.bbox[1] >= 4 * _PIECE * width
    ]
    found = np.isin(labels, parts)
    for piece in whole:  # to the edges, though a digit hides an end
        top, left, bottom, right = piece.bbox
        found[top:bottom, :left] |= piece.image[:, :1]
        found[top:bottom, right:] |= piece.image[:, -1:]
    return _Lines(found, len(whole))


def _without(ink: Floats, lines: Mask) -> Floats:
    """Take lines along the rows out of ink."""
    mask = ink > FAINTEST
    area = binary_dilation(lines, np.ones((3, 15), bool)) & mask
    if not area.any():  # what was there is gone with the lines the other way
        return ink
    taller = binary_opening(mask, np.ones((_thickness(area) + 3, 1), bool))
    alone = ink[area & ~taller]
    if not alone.size:
        return ink
    darkest = np.percentile(alone, _DARKEST)
    strokes = taller | (ink > _DARKER * darkest)
    return np.where(area & ~strokes, np.float32(0), ink)


def _thickness(lines: Mask) -> int:
    """Return how thick lines along the rows are, in pixels: the median over the columns."""
    edges = np.diff(np.pad(lines, ((1, 1), (0, 0))).astype(np.int8), axis=0)
    first, last = np.nonzero(edges.T == 1)[1], np.nonzero(edges.T == -1)[1]
    return int(np.median(last - first))
