"""From ink to pieces of ink, and from pieces to digits: what belongs together, what is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation
from scipy.ndimage import label as label_all
from skimage.filters import apply_hysteresis_threshold
from skimage.measure import label, regionprops

from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import Floats, Mask, measure_line_width
from mnist_core.handwriting.ink import FAINTEST

MOST_IN_A_PHOTO: Final = 60
"""Digits that are read from one picture."""

TOO_RESTLESS: Final = (
    "This picture is too restless: no paper can be told from ink. Photograph digits on plain paper."
)


class Reason(StrEnum):
    """Why something that was found is no digit."""

    EDGE = "something that comes in from the edge"
    DASH = "a dash or a line"
    SPECK = "a speck or a dot"
    SHADOW = "a shadow or a stain"


class Frame(NamedTuple):
    """A rectangle in pixels; right and bottom are one behind the last."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns of it."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows of it."""
        return self.bottom - self.top

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.width, self.height)


@dataclass(frozen=True, eq=False)
class Part:
    """Pieces of ink that belong together.

    Attributes:
        labels: their numbers.
        parents: the numbers of the connected ink, faint parts of it included, that they lie in.
        frame: around all of them.
        area: pixels of ink.
        stroke: how wide its lines are, in pixels.
        strength: how dark it is, 0 to 1.
    """

    labels: tuple[int, ...]
    parents: frozenset[int]
    frame: Frame
    area: int
    stroke: float
    strength: float

    def with_(self, other: Part) -> Part:
        """Put two together."""
        one, two = self.frame, other.frame
        return Part(
            self.labels + other.labels,
            self.parents | other.parents,
            Frame(
                min(one.left, two.left),
                min(one.top, two.top),
                max(one.right, two.right),
                max(one.bottom, two.bottom),
            ),
            self.area + other.area,
            max(self.stroke, other.stroke),
            max(self.strength, other.strength),
        )

    def gap(self, other: Part) -> float:
        """Return the distance of the two frames in pixels."""
        one, two = self.frame, other.frame
        down = max(one.top - two.bottom, two.top - one.bottom, 0)
        right = max(one.left - two.right, two.left - one.right, 0)
        return float(np.hypot(down, right))

    def shared_width(self, other: Part) -> float:
        """Return which share of the narrower of the two lies above or below the other."""
        one, two = self.frame, other.frame
        shared = min(one.right, two.right) - max(one.left, two.left)
        return shared / min(one.width, two.width)


@dataclass(frozen=True, eq=False)
class Segments:
    """What was found in a picture.

    Attributes:
        ink: float32 (h, w), 0 paper to 1 ink, each piece as dark as the others.
        labels: int (h, w), the number of the piece of ink at each pixel; 0 is paper.
        parts: one for each digit.
        left_out: what is no digit, and why.
    """

    ink: Floats
    labels: npt.NDArray[np.int32]
    parts: list[Part]
    left_out: list[tuple[Part, Reason]]


def segment(ink: Floats) -> Segments:
    """Part ink into digits.

    Pieces of a broken digit are put together. Specks, dashes, shadows and what comes in from the
    edge of the picture are left out. Digits that touch each other are one.

    Args:
        ink: float32 (h, w), 0 paper to 1 ink, without ruled lines.

    Raises:
        DrawingError: there are so many pieces that this can't be a page of digits.
    """
    even, labels, pieces = _pieces(ink)
    left_out: list[tuple[Part, Reason]] = []

    def leave_out(parts: Sequence[Part], reason: Reason, chosen: Sequence[bool]) -> list[Part]:
        left_out.extend(
            (part, reason) for part, is_out in zip(parts, chosen, strict=True) if is_out
        )
        return [part for part, is_out in zip(parts, chosen, strict=True) if not is_out]

    strokes = _usual_stroke(pieces)
    at_the_edge = [_comes_from_the_edge(part, labels, strokes) for part in pieces]
    parts = leave_out(pieces, Reason.EDGE, at_the_edge)
    parts = parts or pieces
    parts = leave_out(parts, Reason.SHADOW, _are_shadows(parts, ink.shape))
    parts = _joined(parts)
    if parts:
        largest = float(np.percentile([part.frame.height for part in parts], 90))
        least = max(_LEAST_SIZE, _LEAST_NAMED * max(ink.shape))
        specks = [part.frame.size < least or _is_speck(part, largest) for part in parts]
        if sum(specks) > _NOISE * len(parts) and largest < _NOISE_SIZE * max(ink.shape):
            specks = [True] * len(parts)
        parts = leave_out(parts, Reason.SPECK, specks)
        parts = leave_out(parts, Reason.DASH, [_is_dash(part) for part in parts])
    worth_naming = [
        each for each in left_out if each[0].frame.size >= _LEAST_NAMED * max(ink.shape)
    ]
    return Segments(even, labels, parts, worth_naming)


_SURE: Final = 2.0  # times ``FAINTEST``: ink, however little there is of it
_HALF: Final = 0.4  # of how dark a piece of ink is: where it ends
_LEAST_AREA: Final = 4  # pixels
_MOST_PIECES: Final = 20 * MOST_IN_A_PHOTO
_MOST_SPECKS: Final = 60_000
_SMALL: Final = 0.6  # of a digit's height: what is smaller may be a part of it
_NEAR: Final = 0.17  # of a digit's size: parts that could be no digits by themselves
_TOUCHING: Final = 0.12  # of a digit's size: parts one above the other
_BROKEN: Final = 0.3  # of a digit's size: parts that faint ink holds together
_HAIR: Final = 2  # pixels between the halves of a hair-thin line
_SPECK: Final = 0.2  # of the largest digit's height
_LEAST_NAMED: Final = 0.015  # of the picture's longer side: smaller specks are not spoken of
_NOISE: Final = 0.8  # of all parts: where so many are specks, the others are large specks
_NOISE_SIZE: Final = 0.05  # of the picture's longer side: digits are larger than noise
_LEAST_SIZE: Final = 7  # pixels of the longer side of a digit
_DOT: Final = 2.6  # widths of a stroke
_FLAT: Final = 0.42  # height of the flattest digit, of its width
_FAINT: Final = 0.2  # of how dark the others are
_FAINT_AT_THE_EDGE: Final = 0.65
_SOLID: Final = 0.3  # of a part's size: its strokes are wider than those of a digit
_FAINT_AND_SOLID: Final = 0.3  # of black ink
_RIM: Final = 0.13  # of the picture: within it lies what comes in from the edge


def _pieces(ink: Floats) -> tuple[Floats, npt.NDArray[np.int32], list[Part]]:
    """Part ink into connected pieces, each of them cut where it is half as dark as it can be."""
    low = apply_hysteresis_threshold(ink, FAINTEST, _SURE * FAINTEST)
    parents, count = label_all(low, np.ones((3, 3)))
    if count > _MOST_SPECKS:
        raise DrawingError(TOO_RESTLESS)
    level = _levels(ink, parents, count)[parents]
    even = np.where(low, ink / np.maximum(level, np.float32(1e-6)), 0).clip(0, 1).astype(np.float32)
    labels = label(even > _HALF, connectivity=2)
    regions = [piece for piece in regionprops(labels) if piece.area >= _LEAST_AREA]
    if len(regions) > _MOST_PIECES:
        raise DrawingError(TOO_RESTLESS)
    parts = []
    for piece in regions:
        top, left, bottom, right = piece.bbox
        row, column = piece.coords[0]
        parts.append(
            Part(
                (int(piece.label),),
                frozenset([int(parents[row, column])]),
                Frame(left, top, right, bottom),
                int(piece.area),
                measure_line_width(piece.image),
                float(level[row, column]),
            )
        )
    return even, labels, parts


def _levels(ink: Floats, parents: npt.NDArray[np.int32], count: int) -> Floats:
    """Return how dark each connected piece of ink is: the 85th percentile of its pixels."""
    inside = np.flatnonzero(parents)
    order = inside[np.lexsort((ink.ravel()[inside], parents.ravel()[inside]))]
    ends = np.cumsum(np.bincount(parents.ravel()[inside], minlength=count + 1))
    begins = np.concatenate([[0], ends[:-1]])
    places = begins + ((ends - begins) * 0.85).astype(int)
    levels = np.ones(count + 1, np.float32)
    filled = ends > begins
    levels[filled] = ink.ravel()[order[places[filled]]]
    return levels


def _usual_stroke(parts: Sequence[Part]) -> float:
    """Return how wide most strokes are, in pixels: the median by area."""
    order = sorted(parts, key=lambda part: part.stroke)
    areas = np.cumsum([part.area / max(part.stroke, 1) for part in order])
    return order[int(np.searchsorted(areas, areas[-1] / 2))].stroke if order else 0.0


def _comes_from_the_edge(part: Part, labels: npt.NDArray[np.int32], usual_stroke: float) -> bool:
    """Check for the table at the side, the next sheet, a thumb: dark along most of an edge."""
    height, width = labels.shape
    touched = _sides_touched(part, labels.shape)
    if not touched or part.stroke < 2 * usual_stroke:
        return False
    own = labels == part.labels[0]
    down, right = max(1, round(_RIM * height)), max(1, round(_RIM * width))
    inner = own[down : height - down, right : width - right].sum()
    if inner > 0.15 * part.area:
        return False
    sides = (own[0], own[-1], own[:, 0], own[:, -1])
    return touched > 1 or any(side.mean() > 0.5 for side in sides)


def _are_shadows(parts: Sequence[Part], shape: tuple[int, ...]) -> list[bool]:
    """Check for what is much fainter than the rest, at the edge of the picture most of all."""
    if not parts:
        return []
    areas = np.array([part.area for part in parts], float)
    strengths = np.array([part.strength for part in parts])
    order = np.argsort(strengths)
    usual = strengths[order][np.searchsorted(np.cumsum(areas[order]), areas.sum() / 2)]
    shadows = []
    for part in parts:
        at_the_edge = _sides_touched(part, shape) > 0
        solid = part.stroke > _SOLID * part.frame.size and part.strength < _FAINT_AND_SOLID
        faint = part.strength < (_FAINT_AT_THE_EDGE if at_the_edge else _FAINT) * usual
        shadows.append(faint or (at_the_edge and solid))
    return shadows


def _sides_touched(part: Part, shape: tuple[int, ...]) -> int:
    frame = part.frame
    return (
        (frame.top == 0)
        + (frame.left == 0)
        + (frame.bottom == shape[0])
        + (frame.right == shape[1])
    )


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Put the pieces of broken digits together: the smaller ones to the nearest larger one."""
    wholes: list[Part] = []
    for part in sorted(parts, key=lambda one: -one.frame.height):
        near = [
            (part.gap(whole), place) for place, whole in enumerate(wholes) if _belongs(part, whole)
        ]
        if near:
            place = min(near)[1]
            wholes[place] = wholes[place].with_(part)
        else:
            wholes.append(part)
    return wholes


def _belongs(part: Part, whole: Part) -> bool:
    """Check whether a piece is a part of a digit that is no smaller."""
    size, gap = whole.frame.size, part.gap(whole)
    stacked = part.shared_width(whole) > 0.5
    if gap == 0 and part.frame.height < _SMALL * whole.frame.height:
        return True
    if part.parents & whole.parents:
        small = part.frame.height < _SMALL * size
        return gap <= _HAIR or (gap <= _BROKEN * size and (stacked or small))
    if part.frame.height <= _SMALL * size and (_is_dash(part) or _is_dot(part)):
        return gap <= _NEAR * size
    return stacked and gap <= _TOUCHING * max(size, part.frame.size)


def _is_dot(part: Part) -> bool:
    return part.frame.size <= _DOT * part.stroke


def _is_speck(part: Part, largest: float) -> bool:
    size = part.frame.size
    return size < _SPECK * largest or (_is_dot(part) and size < largest / 2)


def _is_dash(part: Part) -> bool:
    return part.frame.height < _FLAT * part.frame.width


def ink_of(segments: Segments, part: Part) -> Floats:
    """Cut a digit out with a little paper around it: float32 (h, w), 0 paper to 1 ink.

    The soft edges of its lines stay.
    """
    frame = part.frame
    margin = max(2, frame.size // 10)
    height, width = segments.ink.shape
    rows = slice(max(0, frame.top - margin), min(height, frame.bottom + margin))
    columns = slice(max(0, frame.left - margin), min(width, frame.right + margin))
    labels = segments.labels[rows, columns]
    own: Mask = np.isin(labels, part.labels)
    near = binary_dilation(own, np.ones((3, 3)), iterations=max(2, margin // 3))
    others = (labels > 0) & ~own
    return np.where(near & ~others, segments.ink[rows, columns], np.float32(0))
