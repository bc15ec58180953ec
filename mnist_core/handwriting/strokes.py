"""From the strokes of a pen to ink.

Strokes are drawn here and not read from a browser's canvas: some browsers falsify what a canvas
gives back, to protect people from being recognised by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt

from mnist_core.handwriting.drawing import Floats


class Stroke(NamedTuple):
    """A line that was drawn without lifting the pen.

    Attributes:
        width: of the pen, as a share of the field's side.
        points: float (n, 2), right and down, 0 to 1 within the field; at least one.
    """

    width: float
    points: npt.NDArray[np.float64]


def draw_strokes(strokes: Sequence[Stroke], side: int) -> Floats:
    """Draw strokes with a round pen, smoothly: float32 (side, side), 0 paper to 1 ink.

    Args:
        strokes: in any order; what lies outside the field is cut off.
        side: of the field, in pixels.
    """
    fine = _FINER * side
    field = np.zeros((fine, fine), np.float32)
    for width in {stroke.width for stroke in strokes}:
        reach = width * fine / 2
        frame = int(reach) + 2  # a pen outside the field may reach into it
        sheet = Image.new("1", (fine + 2 * frame, fine + 2 * frame), 1)
        pencil = ImageDraw.Draw(sheet)
        for stroke in strokes:
            if stroke.width == width:
                curve = (_curve(stroke.points) * fine + frame).clip(-fine, 3 * fine)
                line = [(x, y) for x, y in curve.tolist()]
                pencil.line(line, fill=0)
                pencil.point(line, fill=0)
        away = distance_transform_edt(np.asarray(sheet))[frame:-frame, frame:-frame]
        field = np.maximum(field, (reach - away + 0.5).clip(0, 1).astype(np.float32))
    drawn: Floats = field.reshape(side, _FINER, side, _FINER).mean(axis=(1, 3))
    return drawn


_FINER: Final = 2  # times as many pixels while drawing
_PIECES: Final = 4  # of each curve between two middles


def _curve(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round the corners: a curve through the middles between points, as the browser draws it."""
    if len(points) < 3:
        return points
    middles = (points[1:-1] + points[2:]) / 2
    starts = np.vstack([points[:1], middles[:-1]])
    at = np.linspace(0, 1, _PIECES + 1)[1:, np.newaxis, np.newaxis]
    curve = (1 - at) ** 2 * starts + 2 * at * (1 - at) * points[1:-1] + at**2 * middles
    between = np.moveaxis(curve, 0, 1).reshape(-1, 2)
    return np.vstack([points[:1], between, points[-1:]])
