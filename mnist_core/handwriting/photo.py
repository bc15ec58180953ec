"""From a picture of paper to the digits on it: the sheet, its ink, its lines, digit by digit.

Each step has a file of its own; none of them knows what a digit means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from mnist_core.errors import DrawingError
from mnist_core.formatting import listed
from mnist_core.handwriting.drawing import Floats
from mnist_core.handwriting.ink import find_ink
from mnist_core.handwriting.picture import open_picture
from mnist_core.handwriting.pixels import turned, turned_back
from mnist_core.handwriting.reading_order import reading_order
from mnist_core.handwriting.ruling import take_out_ruling
from mnist_core.handwriting.segmentation import (
    MOST_IN_A_PHOTO,
    Frame,
    Reason,
    ink_of,
    segment,
)
from mnist_core.handwriting.sheet import Sheet, find_sheet

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class FoundDigit:
    """A digit in a picture.

    Attributes:
        left, top, width, height: the frame of its ink, in pixels of the picture.
        drawing: float32 (h, w), 0 paper to 1 ink, with some paper around it, as upright as the
            lines or the sheet it stands on; ink of its neighbours is left out.
    """

    left: int
    top: int
    width: int
    height: int
    drawing: Floats


@dataclass(frozen=True)
class LeftOut:
    """Something in a picture that is no digit.

    Attributes:
        left, top, width, height: its frame, in pixels of the picture.
        reason: why not.
    """

    left: int
    top: int
    width: int
    height: int
    reason: Reason


@dataclass(frozen=True, eq=False)
class Photo:
    """What a picture shows.

    Attributes:
        picture: uint8 (h, w, 3), upright; at most 1,200 pixels a side.
        digits: in reading order.
        left_out: what looked a little like a digit.
        lines: how many lines of ruled or squared paper were taken out.
        has_table: whether a table is seen around the sheet; what lies on it is not looked at.
        problem: why there are no digits, and what to do; empty where there are.
    """

    picture: Pixels
    digits: tuple[FoundDigit, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    lines: int = 0
    has_table: bool = False
    problem: str = ""


def read_photo(data: bytes) -> Photo:
    """Read a picture file and find its digits.

    Safe to call from many threads.

    Args:
        data: as ``open_picture`` takes it.

    Returns:
        What was found. A picture that shows no digits is no error: its ``problem`` says what to do.

    Raises:
        DrawingError: the file can't be read as a picture.
    """
    colour = open_picture(data)
    picture = np.rint(colour * 255).astype(np.uint8)
    sheet = find_sheet(colour)
    if sheet is not None:
        on_the_sheet = _look(picture, colour, sheet)
        if on_the_sheet.digits:
            return on_the_sheet
    return _look(picture, colour)  # what looked like a sheet may be a large bright digit


def _look(picture: Pixels, colour: Floats, sheet: Sheet | None = None) -> Photo:
    """Find the digits on a sheet, or everywhere."""
    covers, angle = (None, 0.0) if sheet is None else (sheet.covers, sheet.angle)
    try:
        found = _find(picture, find_ink(colour, covers), angle)
    except DrawingError as error:
        return Photo(picture, problem=str(error))
    return replace(found, has_table=sheet is not None)


def find_digits(ink: Floats) -> Photo:
    """Find digits in ink, in reading order.

    Args:
        ink: float32 (h, w), 0 paper to 1 ink, as ``find_ink`` gives it.

    Returns:
        What was found, the ink itself as its picture.

    Raises:
        DrawingError: paper can't be told from ink.
    """
    picture = np.repeat((255 - 255 * ink).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    return _find(picture, ink, 0.0)


def _find(picture: Pixels, ink: Floats, angle: float) -> Photo:
    """Find the digits of a picture in its ink.

    Args:
        picture: that the ink comes from.
        ink: float32 (h, w), 0 paper to 1 ink.
        angle: degrees by which the sheet is turned clockwise; its lines know better.
    """
    if abs(angle) > _LEVEL:
        ink = turned(ink, angle)
    else:
        angle = 0.0
    unruled = take_out_ruling(ink)
    segments = segment(unruled.ink)
    order = reading_order([part.frame for part in segments.parts])
    angle += unruled.angle

    def place(frame: Frame) -> tuple[int, int, int, int]:
        return _placed_back(frame, angle, ink.shape)

    digits = []
    for index in order:
        part = segments.parts[index]
        digits.append(FoundDigit(*place(part.frame), ink_of(segments, part)))
    left_out = tuple(LeftOut(*place(part.frame), reason) for part, reason in segments.left_out)
    problem = _problem(len(digits), left_out)
    return Photo(picture, tuple(digits), left_out, unruled.lines, problem=problem)


_LEVEL: Final = 1.5  # degrees: a sheet that is turned by less counts as straight


def _placed_back(frame: Frame, angle: float, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return left, top, width and height of a frame of a turned picture where it was before."""
    middle = np.array([[frame.left + frame.right, frame.top + frame.bottom]]) / 2
    [(x, y)] = turned_back(middle, angle, shape)
    return (round(x - frame.width / 2), round(y - frame.height / 2), frame.width, frame.height)


def _problem(digits: int, left_out: Sequence[LeftOut]) -> str:
    if digits > MOST_IN_A_PHOTO:
        return (
            f"{digits} digits or spots were found. At most {MOST_IN_A_PHOTO} are read from one "
            "picture: take a smaller part of it."
        )
    if digits:
        return ""
    seen = listed(sorted({each.reason for each in left_out})) if left_out else ""
    return (
        f"No digit was found{', only ' if seen else ''}{seen}. Write it larger, or take the "
        "picture closer, without the edge of the paper."
    )
