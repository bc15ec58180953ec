"""In which order a person reads digits on a page: rows from the top, each from the left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from mnist_core.handwriting.segmentation import Frame

Points = npt.NDArray[np.float64]


def reading_order(frames: Sequence[Frame]) -> list[int]:
    """Return the positions of frames in reading order; rows may rise or fall, each as it likes.

    The slope that most rows share is taken off first. Then each row is followed from the left: it
    goes on with what lies where its last digits point to.

    Args:
        frames: of the digits, in any order.
    """
    if not frames:
        return []
    heights = np.array([frame.height for frame in frames], float)
    places = np.array(
        [((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2) for frame in frames]
    )
    places[:, 1] -= places[:, 0] * _common_slope(places, float(np.median(heights)))
    rows: list[list[int]] = []
    for index in np.argsort(places[:, 0], kind="stable").tolist():
        off = [_distance(places, heights, row, index) for row in rows]
        if off and min(off) < _SAME_ROW:
            rows[int(np.argmin(off))].append(index)
        else:
            rows.append([index])
    rows.sort(key=lambda row: float(places[row, 1].mean()))
    return [index for row in rows for index in row]


_STEEPEST: Final = 0.27  # as a share: rows that rise or fall by 15 degrees
_SAME_ROW: Final = 0.9  # of a digit's height: so far a digit lies from the line of its row


def _common_slope(places: Points, height: float) -> float:
    """Return the slope along which most digits lie side by side, downwards to the right."""
    right, down = (places[:, np.newaxis] - places)[..., 0], (places[:, np.newaxis] - places)[..., 1]
    slopes = np.linspace(-_STEEPEST, _STEEPEST, 109)
    together = [
        float(np.exp(-(((down - slope * right) / (0.3 * height)) ** 2)).sum()) for slope in slopes
    ]
    # Of slopes that are as good, the flattest.
    return float(slopes[int(np.argmax(np.array(together) - np.abs(slopes)))])


def _distance(places: Points, heights: Points, row: Sequence[int], index: int) -> float:
    """Return how far a digit lies above or below where a row goes on, as a share of its height."""
    last = list(row[-6:])
    x, y = places[last, 0], places[last, 1]
    height = max(float(np.median(heights[last])), float(heights[index]))
    across = x - x.mean()
    # Digits that are near each other say little about a slope.
    slope = float(across @ (y - y.mean()) / (across @ across + (8 * height) ** 2))
    expected = y.mean() + slope * (places[index, 0] - x.mean())
    return abs(float(places[index, 1] - expected)) / height
