"""The sheet of paper in a picture, where a table is seen around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import (
    binary_erosion,
    binary_fill_holes,
    binary_opening,
    distance_transform_edt,
    gaussian_filter,
)
from skimage.filters import threshold_otsu
from skimage.measure import approximate_polygon, find_contours, label, regionprops

from mnist_core.handwriting.drawing import Floats, Mask, measure_line_width
from mnist_core.handwriting.pixels import brightness, resized, shrunk


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet that lies on something else.

    Attributes:
        covers: bool (h, w), where it is; a little less than that, for its edge is no ink.
        angle: degrees by which it is turned clockwise, -45 to 45.
    """

    covers: Mask
    angle: float


def find_sheet(colour: Floats) -> Sheet | None:
    """Find a sheet that is brighter than the table it lies on.

    A shadow parts a picture much as the edge of a sheet does. It only counts as a table where it is
    much darker than the sheet, of another colour, or has a grain.

    Args:
        colour: float32 (h, w, 3), 0 to 1.

    Returns:
        None where the picture shows nothing but paper.
    """
    small = shrunk(colour, _SIDE)
    light = brightness(small)
    bright = light > threshold_otsu(light)
    opened = binary_opening(bright, iterations=3)
    pieces = regionprops(label(opened))
    if not pieces:
        return None
    largest = max(pieces, key=lambda piece: piece.area)
    whole = np.zeros_like(opened)
    rows, columns = largest.slice
    whole[rows, columns] = binary_fill_holes(np.pad(largest.image, 1, mode="edge"))[1:-1, 1:-1]
    table = ~whole
    ink = ~bright & binary_erosion(whole, iterations=3, border_value=1)
    if not _LEAST_SHEET < whole.mean() < _MOST_SHEET or not _is_written_on(ink, whole, table):
        return None
    corners = _corners(whole)
    if corners is None or not _is_a_table(small, binary_erosion(whole, iterations=2), table):
        return None
    covers = resized(
        binary_erosion(whole, iterations=2, border_value=1).astype(np.float32), *colour.shape[:2]
    )
    return Sheet(covers > 0.5, _angle(corners, whole.shape))


_SIDE: Final = 300  # pixels of the longer side that are enough to find a sheet
_LEAST_SHEET: Final = 0.12  # of the picture
_MOST_SHEET: Final = 0.985
_MOST_CORNERS: Final = 8  # of a sheet that sticks out of the picture; round shapes have more
_SOLID: Final = 0.93  # of the area inside a rubber band around a sheet
_MUCH_DARKER: Final = 0.38  # of the brightness of the sheet: no shadow is so dark
_ALL_AROUND: Final = 0.8  # of the picture's edge: a shadow leaves more of it free
_WRITTEN_ON: Final = 0.5  # of its brightness: ink in a shadow
_OTHER_COLOUR: Final = 0.12
_GRAIN: Final = 2.0  # times the unevenness of the sheet


def _is_written_on(ink: Mask, whole: Mask, table: Mask) -> bool:
    """Check that there is ink on it, in strokes that are narrower than the table.

    Otherwise it is a bright digit, or what looks like a table is a stroke along the edge.
    """
    if ink.sum() < 0.002 * whole.sum():
        return False
    return float(distance_transform_edt(table).max()) > 2 * measure_line_width(ink)


def _corners(whole: Mask) -> Floats | None:
    """Return the corners of a shape with straight edges, float (n, 2); None for another shape."""
    [piece] = regionprops(whole.astype(np.uint8))
    if piece.solidity < _SOLID:
        return None
    outline = max(find_contours(np.pad(piece.image_convex, 1).astype(float), 0.5), key=len)
    corners = approximate_polygon(outline, 0.02 * max(whole.shape))[:-1]
    if len(corners) > _MOST_CORNERS:
        return None
    moved: Floats = corners - 1 + np.array(piece.bbox[:2])
    return moved


def _angle(corners: Floats, shape: tuple[int, ...]) -> float:
    """Return the angle of the longest edge that is not an edge of the picture, in degrees."""
    best, longest = 0.0, 0.0
    for one, other in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        middle = (one + other) / 2
        inside = all(3 < place < side - 4 for place, side in zip(middle, shape, strict=True))
        length = float(np.hypot(*(one - other)))
        if inside and length > longest:
            longest = length
            down, right = one - other
            best = float((np.rad2deg(np.arctan2(down, right)) + 45) % 90 - 45)
    return best


def _is_a_table(colour: Floats, sheet: Mask, table: Mask) -> bool:
    light = brightness(colour)
    inner = binary_erosion(table, iterations=3, border_value=1)
    if inner.sum() < 0.005 * inner.size:
        return False
    paper, dark = float(np.median(light[sheet])), float(np.median(light[inner]))
    tint = [np.median(colour[part], axis=0) for part in (sheet, inner)]
    shades = [each / max(float(each.sum()), 1e-3) for each in tint]
    rim = np.concatenate([table[0], table[-1], table[:, 0], table[:, -1]])
    if rim.mean() > _ALL_AROUND:
        return True
    if (light[inner] < _WRITTEN_ON * dark).mean() > 0.002:
        return False
    if dark < _MUCH_DARKER * paper:
        return True
    if dark > 0.05 and float(np.abs(shades[0] - shades[1]).sum()) > _OTHER_COLOUR:
        return True
    return _grain(light, inner) / max(dark, 0.05) > _GRAIN * _grain(light, sheet) / paper + 0.01


def _grain(light: Floats, part: Mask) -> float:
    """Return how uneven a part is: the median distance from its surroundings."""
    return float(np.median(np.abs(light - gaussian_filter(light, 4))[part]))
