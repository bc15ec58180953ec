"""From a drawing to the 28 × 28 pixels that a network sees, step by step, as MNIST was made.

Each step can be looked at and switched off. Knows neither the store nor drawing on pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.ndimage import distance_transform_edt, uniform_filter
from skimage.morphology import thin

from mnist_core.config import SIDE
from mnist_core.errors import DrawingError

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

FIELD: Final = SIDE
"""Pixels of a side of what the network sees."""

BOX: Final = 20
"""Pixels of the longer side of a digit of MNIST."""

PEN_WIDTH: Final = 2.3
"""Pixels of a line inside the 20 × 20; its soft edge makes it about as wide as MNIST's."""

LARGEST_SIDE: Final = 8000
"""Pixels of a side of a drawing; more are refused."""

DRAWING_SIDE: Final = 280
"""Pixels of a side above which a drawing is made smaller before anything else."""

LEAST_INK: Final = 0.05
"""How dark the darkest spot of a drawing must be, from 0 to 1: below, the field is empty."""


class Step(StrEnum):
    """What is done to a drawing, in this order."""

    GREY_LEVELS = "grey levels"
    CROP = "crop"
    LINE_WIDTH = "line width"
    SCALE = "scale"
    CENTRE = "centre"

    @property
    def heading(self) -> str:
        """What stands above the image after this step."""
        return _WORDS[self].heading

    @property
    def explanation(self) -> str:
        """What the step does and why."""
        return _WORDS[self].explanation

    @property
    def without(self) -> str:
        """What happens where the step is switched off."""
        return _WORDS[self].without


ALL_STEPS: Final = frozenset(Step)


class _Words(NamedTuple):
    heading: str
    explanation: str
    without: str


_WORDS: Final[Mapping[Step, _Words]] = MappingProxyType(
    {
        Step.GREY_LEVELS: _Words(
            heading="Make ink black and paper white",
            explanation="What is darker than its surroundings becomes full ink, everything else "
            "becomes empty paper. The scanned digits behind MNIST were black and white too; their "
            "greys came later, from making them small.",
            without="The greys stay as you drew them.",
        ),
        Step.CROP: _Words(
            heading="Cut out the digit",
            explanation="The empty paper around the digit is cut away, so it does not matter where "
            "you drew it, or how small.",
            without="The whole field is kept: a small digit stays small, one in a corner stays "
            "there.",
        ),
        Step.LINE_WIDTH: _Words(
            heading="Draw with the pen of MNIST",
            explanation="A thick line gets thinner and a hair-thin one thicker, until it is about "
            "as wide as the lines in MNIST: an eighth of the digit's size.",
            without="The lines stay as thick or as thin as you drew them.",
        ),
        Step.SCALE: _Words(
            heading=f"Scale it into {BOX} × {BOX}",
            explanation=f"The longer side becomes {BOX} pixels and the other one keeps its "
            "proportion. Pixels on the edge of a line become grey.",
            without=f"The image is stretched over all {FIELD} × {FIELD} pixels, wide digits and "
            "narrow ones alike.",
        ),
        Step.CENTRE: _Words(
            heading="Put its balance point in the middle",
            explanation="The digit moves until its balance point (its centre of mass) lies in the "
            f"middle of the {FIELD} × {FIELD} pixels, as in every image of MNIST.",
            without="The frame of the digit is put in the middle, wherever its ink lies.",
        ),
    }
)


@dataclass(frozen=True, eq=False)
class Stage:
    """The image as it is after one step.

    Attributes:
        step: the step.
        applied: False where it is switched off, and the image only passes through. For
            ``Step.SCALE`` that means stretched.
        image: float32 (h, w), 0 paper to 1 ink; (28, 28) from ``Step.SCALE`` on.
    """

    step: Step
    applied: bool
    image: Floats


@dataclass(frozen=True, eq=False)
class Prepared:
    """A drawing on its way to the network.

    Attributes:
        drawing: float32 (h, w), 0 paper to 1 ink, as it was drawn; at most 280 pixels a side.
        stages: one for each step, in order.
        image: uint8 (28, 28), 0 background to 255 ink: what the network sees.
    """

    drawing: Floats
    stages: tuple[Stage, ...]
    image: npt.NDArray[np.uint8]


def prepare(drawing: npt.ArrayLike, steps: Collection[Step] = ALL_STEPS) -> Prepared:
    """Turn a drawing into what the network sees.

    Args:
        drawing: (h, w), 0 paper to 1 ink, of any size up to 8,000 a side; what lies outside 0 to 1
            counts as 0 or 1.
        steps: those that are switched on; the order does not matter.

    Raises:
        DrawingError: the field is empty or full, or this is no drawing.
    """
    start = _checked(drawing)
    image, stages = start, []
    for step in Step:
        image = _apply(step, image, switched_on=step in steps)
        stages.append(Stage(step, step in steps, image))
    pixels = np.rint(image * 255).astype(np.uint8)
    if not pixels.any():
        raise DrawingError(
            "So little is left of this drawing that the network would see nothing. Draw the digit "
            "larger, or switch a step on."
        )
    return Prepared(start, tuple(stages), pixels)


def make_grey_levels(image: Floats) -> Floats:
    """Make ink 1 and paper 0, with a soft edge: ink is what is darker than its surroundings.

    Args:
        image: float32 (h, w), 0 paper to 1 ink.

    Returns:
        float32 (h, w). An image whose greys are all the same is given back as it is.
    """
    rows, columns = _extent(image, image > _threshold(image))
    size = max(rows.stop - rows.start, columns.stop - columns.start)
    image = _blurred(image, _SMOOTHING * size)
    local = image - _SHARE * _blurred(image, _REACH * size)
    # A wide black line is black all through, though its inside is as dark as its surroundings.
    return np.maximum(_steepened(local), _ramp(image, _BLACK * float(image.max())))


def crop(image: Floats) -> Floats:
    """Cut away the empty paper around the ink, all but a rim for the soft edge of its lines.

    Without the rim a digit fills the 20 × 20 pixels with its darkest ink, edge to edge, and is a
    little larger than those of MNIST.

    Args:
        image: float32 (h, w), 0 paper to 1 ink.

    Returns:
        float32, at least (1, 1).
    """
    rows, columns = _extent(image, image > image.max() / 2)
    rim = int(_SOFT_EDGE * max(rows.stop - rows.start, columns.stop - columns.start))
    cut: Floats = np.pad(image, rim)[
        rows.start : rows.stop + 2 * rim, columns.start : columns.stop + 2 * rim
    ]
    return cut


def set_line_width(image: Floats, width: float = PEN_WIDTH) -> Floats:
    """Make lines thinner or thicker, until they are about as wide as those of MNIST.

    No line is lost by it: each keeps its middle.

    Args:
        image: float32 (h, w), 0 paper to 1 ink.
        width: of a line, in pixels of the 20 × 20 that follow.

    Returns:
        float32 of another size: the longer side about 80 pixels, cropped as tightly as before.
    """
    field, frame = _on_the_bench(image)
    ink = field > field.max() / 2
    goal = width / BOX * _BENCH
    grow = min(0.0, (goal - measure_line_width(ink)) / 2)
    outside, inside = distance_transform_edt(~ink), distance_transform_edt(ink)
    edge = np.where(ink, inside - 0.5, 0.5 - outside) + grow
    pen = goal / 2 - distance_transform_edt(~thin(ink))
    redrawn = (np.maximum(edge, pen) + 0.5).clip(0, 1).astype(np.float32)
    return _framed(redrawn, ink, frame)


def scale_into_box(image: Floats) -> Floats:
    """Scale the longer side to 20 pixels, the other in proportion, in the middle of 28 × 28.

    Args:
        image: float32 (h, w), 0 paper to 1 ink.

    Returns:
        float32 (28, 28).

    Source: LeCun et al. 1998, how MNIST itself was made.
    """
    height, width = image.shape
    factor = BOX / max(height, width)
    small = _resized(image, max(1, round(height * factor)), max(1, round(width * factor)))
    top, left = ((FIELD - side) // 2 for side in small.shape)
    field = np.zeros((FIELD, FIELD), np.float32)
    field[top : top + small.shape[0], left : left + small.shape[1]] = small
    return field


def stretch(image: Floats) -> Floats:
    """Stretch an image over 28 × 28 pixels, whatever its proportions: float32 in and out."""
    return _resized(image, FIELD, FIELD)


def centre_by_mass(image: Floats) -> Floats:
    """Shift a digit by whole pixels so that its centre of mass lies at the centre of the field.

    Args:
        image: float32 (28, 28), 0 paper to 1 ink.

    Returns:
        float32 (28, 28); what the shift pushes out is lost, what it pulls in is 0. An image
        without ink is given back as it is.

    Source: LeCun et al. 1998, how MNIST itself was made. In its files the centre of mass of the
    mean digit lies at index 14.0 in both directions, not between 13 and 14.
    """
    mass = float(image.sum())
    if not mass:
        return image
    centre = FIELD // 2
    down = round(centre - float(image.sum(axis=1) @ np.arange(FIELD)) / mass)
    right = round(centre - float(image.sum(axis=0) @ np.arange(FIELD)) / mass)
    padded = np.pad(image, FIELD)
    return padded[FIELD - down : 2 * FIELD - down, FIELD - right : 2 * FIELD - right]


def measure_line_width(ink: Mask) -> float:
    """Estimate how wide the lines are, in pixels: from the area and the length of the edge.

    A line of length l and width w has an area of l w and an edge of 2 (l + w).

    Args:
        ink: bool (h, w).
    """
    field = np.pad(ink, 1)
    sides = np.count_nonzero(field[1:] != field[:-1]) + np.count_nonzero(
        field[:, 1:] != field[:, :-1]
    )
    # Along the sides of pixels a slanted edge is longer than it is: 4/pi times, on average.
    half_edge = sides * np.pi / 8
    area = np.count_nonzero(ink)
    return float(half_edge - np.sqrt(max(half_edge**2 - 4 * area, 0.0))) / 2


_SOFT_EDGE: Final = 1 / 34  # of the digit's longer side: more than half a pixel of the 20
_SMOOTHING: Final = 0.035  # of the digit's longer side: large square pixels become lines
_SHARE: Final = 0.85  # of the surroundings' grey that is taken off each pixel
_REACH: Final = 0.1  # how far the surroundings reach, of the digit's longer side
_BLACK: Final = 0.875  # of the darkest spot: ink, whatever surrounds it
_RAMP: Final = 0.25  # grey levels, from 0 to 1, over which paper passes into ink
_LEVELS: Final = 64  # grey levels that are told apart when ink is separated from paper
_BENCH: Final = 80  # pixels of the longer side on which lines are redrawn


def _checked(drawing: npt.ArrayLike) -> Floats:
    try:
        image = np.asarray(drawing, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise DrawingError("This is no drawing: it must be rows of numbers, 0 to 1.") from error
    if image.ndim != 2 or not image.size:
        raise DrawingError(
            f"This is no drawing: it must have rows and columns of numbers from 0 to 1, and its "
            f"shape is {image.shape}."
        )
    if max(image.shape) > LARGEST_SIDE:
        raise DrawingError(
            f"This drawing is {image.shape[1]} × {image.shape[0]} pixels. At most "
            f"{LARGEST_SIDE:,} a side are allowed."
        )
    if not np.isfinite(image).all():
        raise DrawingError("This drawing has spots that are no number. Each must be 0 to 1.")
    image = image.clip(0, 1)
    if image.max() < LEAST_INK:
        raise DrawingError("The field is empty. Draw a digit, 0 to 9.")
    if image.min() > 1 - LEAST_INK:
        raise DrawingError("The field is full of ink. Clear it and draw a digit, 0 to 9.")
    return _made_smaller(image)


def _made_smaller(image: Floats) -> Floats:
    factor = DRAWING_SIDE / max(image.shape)
    if factor >= 1:
        return image
    height, width = (max(1, round(side * factor)) for side in image.shape)
    return _resized(image, height, width)


def _apply(step: Step, image: Floats, *, switched_on: bool) -> Floats:
    match step:
        case Step.GREY_LEVELS:
            return make_grey_levels(image) if switched_on else image
        case Step.CROP:
            return crop(image) if switched_on else image
        case Step.LINE_WIDTH:
            return set_line_width(image) if switched_on else image
        case Step.SCALE:
            return scale_into_box(image) if switched_on else stretch(image)
        case Step.CENTRE:
            return centre_by_mass(image) if switched_on else image


def _extent(image: Floats, ink: Mask) -> tuple[slice, slice]:
    """Return the rows and columns that ink takes up; without ink, all of them."""
    if not ink.any():
        return slice(0, image.shape[0]), slice(0, image.shape[1])
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _threshold(image: Floats) -> float:
    """Find the grey that tells ink from paper best.

    Where several are as good, the middle one: a drawing may have two greys only, and a library's
    first of all would be next to paper.

    Source: Otsu 1979, A Threshold Selection Method from Gray-Level Histograms.
    """
    low, high = float(image.min()), float(image.max())
    counts, edges = np.histogram(image, _LEVELS, (low, max(high, low + 1e-6)))
    middles = (edges[1:] + edges[:-1]) / 2
    below = counts.cumsum()[:-1]
    above = image.size - below
    sums = (counts * middles).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = sums[:-1] / below - (sums[-1] - sums[:-1]) / above
        between = np.where((below > 0) & (above > 0), below * above * apart**2, -1.0)
    best = np.flatnonzero(between == between.max())
    return float(edges[1 + best[len(best) // 2]])


def _steepened(image: Floats) -> Floats:
    """Spread greys so that ink becomes 1 and paper 0; all the same stay all the same."""
    low, high = float(image.min()), float(image.max())
    if high - low < 1e-6:
        return image.clip(0, 1)
    spread = (image - low) / np.float32(high - low)
    return _ramp(spread, _threshold(spread))


def _ramp(image: Floats, threshold: float) -> Floats:
    ramp: Floats = ((image - np.float32(threshold)) / np.float32(_RAMP) + np.float32(0.5)).clip(
        0, 1
    )
    return ramp


def _blurred(image: Floats, radius: float) -> Floats:
    """Blur by three running means, which is close to a Gaussian of this standard deviation."""
    half = max(1, round(radius))  # three windows of 2 half + 1 pixels: variance half (half + 1)
    for _ in range(3):
        image = uniform_filter(image, 2 * half + 1, mode="nearest")
    return image


def _resized(image: Floats, height: int, width: int) -> Floats:
    """Resize with anti-aliasing: every pixel counts, however much smaller the image becomes."""
    picture = Image.fromarray(np.ascontiguousarray(image, dtype=np.float32))
    resized = np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))
    return resized.clip(0, 1).astype(np.float32)


def _on_the_bench(image: Floats) -> tuple[Floats, int]:
    """Resize to 80 pixels, with an empty frame of that many pixels around for lines to grow."""
    factor = _BENCH / max(image.shape)
    height, width = (max(1, round(side * factor)) for side in image.shape)
    frame = _BENCH // 4
    return np.pad(_resized(image, height, width), frame), frame


def _framed(redrawn: Floats, ink: Mask, frame: int) -> Floats:
    """Cut redrawn lines out so that there is as much paper around them as before."""
    rows, columns = _extent(redrawn, redrawn > 0.5)
    before = _extent(redrawn, ink)
    parts = []
    for now, then, side in zip((rows, columns), before, redrawn.shape, strict=True):
        first = now.start - (then.start - frame)
        last = now.stop + (side - frame - then.stop)
        parts.append(slice(max(0, first), max(last, first + 1)))
    cut: Floats = redrawn[parts[0], parts[1]]
    return cut
