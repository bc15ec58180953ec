"""From a picture file to digits: checks, paper and ink, one digit after the other.

A picture is only looked at in memory and kept nowhere. Pictures are opened one after the other: a
large one takes up to three quarters of a gigabyte until it has been made smaller, and a whole class
may send theirs at once.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError
from scipy.ndimage import grey_closing
from skimage.measure import label, regionprops

from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import Floats, Mask

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MOST_BYTES: Final = 20_000_000
MOST_PIXELS: Final = 50_000_000
LEAST_SIDE: Final = 8
"""Pixels of a side below which no digit can be made out."""

MOST_IN_A_PHOTO: Final = 60
"""Digits that are read from one picture."""

PHOTO_SIDE: Final = 1200
"""Pixels of a side above which a picture is made smaller before it is looked at."""

LONGEST_WAIT: Final = 30.0
"""Seconds that a picture waits for those before it: a large one takes 5, a photograph 0.3."""


@dataclass(frozen=True, eq=False)
class FoundDigit:
    """A digit in a picture.

    Attributes:
        left, top, width, height: its frame, in pixels of the ink it was found in.
        drawing: float32 (height, width), 0 paper to 1 ink; ink of its neighbours is left out.
    """

    left: int
    top: int
    width: int
    height: int
    drawing: Floats


def read_picture(data: bytes) -> Floats:
    """Read a picture file and tell ink from paper.

    Safe to call from many threads; all but one of them wait until its picture is made smaller.

    Dark ink on light paper and light ink on dark paper are both recognised; shadows and uneven
    light are taken out, and so is the noise of a camera.

    Args:
        data: a PNG, JPEG, WebP, GIF or BMP file, at most 20 MB and 50 million pixels. Of a moving
            picture, the first one.

    Returns:
        float32 (h, w), 0 paper to 1 ink, turned the way it was photographed; at most 1,200 pixels
        a side.

    Raises:
        DrawingError: this is no picture, it is too large or too small, there is no ink on it, or
            so many others are being read that its turn did not come in half a minute.
    """
    if not _OPENING.acquire(timeout=LONGEST_WAIT):
        raise DrawingError(
            "Many pictures are being read at this moment, and yours did not get its turn. Send it "
            "again in a minute."
        )
    try:
        grey = _grey(_opened(data))
    finally:
        _OPENING.release()
    return find_ink(grey)


def find_ink(grey: Floats) -> Floats:
    """Separate ink from paper, whichever of them is the darker one.

    Args:
        grey: float32 (h, w), 0 black to 1 white.

    Returns:
        float32 (h, w), 0 paper to 1 ink.

    Raises:
        DrawingError: there is no ink that stands out from the paper.
    """
    if not is_dark_on_light(grey):
        grey = 1 - grey
    paper = _paper(grey)
    ink = ((paper - grey) / np.maximum(paper, np.float32(0.1))).clip(0, 1)
    noise = 1.4826 * float(np.median(np.abs(ink - np.median(ink))))
    floor = max(_FAINTEST, _NOISE_KEPT_OUT * noise + float(np.median(ink)))
    darker = ink[ink > floor]
    if not darker.size:
        raise DrawingError(
            "No ink stands out from the paper here. Take the picture closer, with more light, or "
            "write with a darker pen."
        )
    full = max(float(np.percentile(darker, 75)), floor + _FAINTEST)
    low = max(floor, full / 5)
    spread: Floats = ((ink - low) / (full - low)).clip(0, 1).astype(np.float32)
    return spread


def is_dark_on_light(grey: Floats) -> bool:
    """Check whether the ink is darker than the paper.

    Ink takes up less room than paper, so the few spots that differ most from their surroundings
    are ink.

    Args:
        grey: float32 (h, w), 0 black to 1 white.
    """
    small = _shrunk(grey, 200)
    height, width = small.shape
    coarse = _resized(small, max(1, height // 40), max(1, width // 40))
    apart = small - _resized(coarse, height, width)
    apart -= apart.mean()
    return float((apart.astype(np.float64) ** 3).sum()) <= 0


def find_digits(ink: Floats) -> list[FoundDigit]:
    """Find the digits of a picture, in reading order: lines from top to bottom, each from the left.

    Pieces of a broken digit are put together; specks, ruled lines and what comes in from the edge
    of the picture are left out. Digits that touch each other are found as one.

    Args:
        ink: float32 (h, w), 0 paper to 1 ink, as ``read_picture`` gives it.

    Raises:
        DrawingError: there is no digit, there are more than 60, or paper can't be told from ink.
    """
    labels, pieces = _label(_without_ruled_lines(ink > _DARK))
    if not pieces:  # a single straight 1
        labels, pieces = _label(ink > _DARK)
    pieces = [piece for piece in pieces if piece.area >= _LEAST_AREA]
    # Where nothing else is left, a digit that fills the picture is what was meant.
    parts = [piece for piece in pieces if not _is_no_digit(piece, ink.shape)] or pieces
    if len(parts) > _MOST_PIECES:
        raise DrawingError(_TOO_RESTLESS)
    if not parts:
        raise DrawingError(
            "No digit was found. Write it larger, or take the picture closer, without the edge of "
            "the paper."
        )
    groups = _joined(parts)
    if len(groups) > MOST_IN_A_PHOTO:
        raise DrawingError(
            f"{len(groups)} digits or spots were found. At most {MOST_IN_A_PHOTO} are read from "
            "one picture: take a smaller part of it."
        )
    return [_cut_out(ink, labels, group) for group in _in_reading_order(groups)]


class _Part(NamedTuple):
    """A connected piece of ink and its frame; stop is one behind the last pixel."""

    labels: tuple[int, ...]
    top: int
    left: int
    bottom: int
    right: int
    area: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def size(self) -> int:
        return max(self.height, self.width)

    def with_(self, other: _Part) -> _Part:
        return _Part(
            self.labels + other.labels,
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
            self.area + other.area,
        )

    def gap(self, other: _Part) -> float:
        down = max(self.top - other.bottom, other.top - self.bottom, 0)
        right = max(self.left - other.right, other.left - self.right, 0)
        return float(np.hypot(down, right))


_OPENING: Final = threading.Lock()
_FAINTEST: Final = 0.08  # of the paper's brightness: what is fainter is no ink
_NOISE_KEPT_OUT: Final = 4.0  # standard deviations of the noise of the paper
_DARK: Final = 0.25  # how dark a pixel must be to belong to a digit
_TILES: Final = 16  # along the longer side, on which the paper's brightness is looked up
_NEARBY: Final = 5  # tiles across, among which the brightest and then the darkest is looked for
_RULED: Final = 0.4  # of a side of the picture: longer straight runs of ink are no digit
_SPECK: Final = 0.3  # of the digits' size: smaller pieces are no digit
_NEAR: Final = 0.15  # of the digits' size: small pieces this near are part of it
_TOUCHING: Final = 0.12  # of the digits' size: halves this near, one above the other, are one
_LEAST_AREA: Final = 4  # pixels of a piece of ink
_MOST_RUNS: Final = 60_000  # runs of ink; more of them are no page of digits
_MOST_PIECES: Final = 20 * MOST_IN_A_PHOTO  # of ink, specks and broken digits among them
_TOO_RESTLESS: Final = (
    "This picture is too restless: no paper can be told from ink. Photograph digits on plain paper."
)


def _opened(data: bytes) -> Image.Image:
    if not data:
        raise DrawingError("This file is empty. Choose a picture: PNG, JPEG, WebP, GIF or BMP.")
    if len(data) > MOST_BYTES:
        raise DrawingError(
            f"This file has {len(data) / 1e6:,.0f} MB. At most {MOST_BYTES / 1e6:.0f} MB are "
            "allowed: send the picture smaller, or cut out the digits."
        )
    if data[4:8] == b"ftyp":
        raise DrawingError(
            "This is a picture or film of a kind that can't be read here, perhaps HEIC from a "
            "phone. Save it as JPEG and try again."
        )
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DrawingError(_too_many_pixels()) from error
    except (UnidentifiedImageError, *_DAMAGED) as error:
        raise DrawingError(
            "This file is no picture that can be read. PNG, JPEG, WebP, GIF and BMP are allowed."
        ) from error
    _check_size(*picture.size)
    return _loaded(picture)


_DAMAGED: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise DrawingError(_too_many_pixels(f"It has {width:,} × {height:,} pixels. "))
    if min(width, height) < LEAST_SIDE:
        raise DrawingError(
            f"This picture is {width} × {height} pixels. Each side must have at least {LEAST_SIDE}."
        )


def _too_many_pixels(detail: str = "") -> str:
    return (
        f"This picture is too large. {detail}At most {MOST_PIXELS // 1_000_000} million pixels are "
        "allowed: make it smaller, or cut out the digits."
    )


def _loaded(picture: Image.Image) -> Image.Image:
    """Decode a picture, turn it upright, and make it small enough to work with."""
    try:
        picture.draft(None, (PHOTO_SIDE, PHOTO_SIDE))  # a JPEG need not be decoded in full
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
    except (Image.DecompressionBombError, *_DAMAGED) as error:
        raise DrawingError(
            "This picture is damaged: it can't be read to its end. Save or send it again."
        ) from error
    return picture


def _grey(picture: Image.Image) -> Floats:
    """Return brightness as float32 (h, w), 0 to 1, at most 1,200 a side."""
    if picture.mode.startswith(("I", "F")):
        values = _shrunk(np.asarray(picture, dtype=np.float32), PHOTO_SIDE)
        return values / np.float32(max(1.0, float(values.max())))
    if picture.mode in ("1", "P"):  # Pillow would shrink these by leaving pixels out
        picture = picture.convert("RGBA" if picture.has_transparency_data else "L")
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    if picture.has_transparency_data:
        return _opaque(picture.convert("RGBA"))
    grey = picture.convert("L")
    if min(grey.size) >= _LEAST_TO_SMOOTH:
        grey = grey.filter(ImageFilter.MedianFilter(3))  # single wrong pixels
    return np.asarray(grey, dtype=np.float32) / np.float32(255)


_LEAST_TO_SMOOTH: Final = 200  # pixels of a side: in a smaller picture a line may be one pixel wide


def _opaque(picture: Image.Image) -> Floats:
    """Put a picture with transparent parts on paper that its ink stands out from."""
    grey = np.asarray(picture.convert("L"), dtype=np.float32) / np.float32(255)
    opacity = np.asarray(picture.getchannel("A"), dtype=np.float32) / np.float32(255)
    weight = float(opacity.sum())
    brightness = float((grey * opacity).sum()) / weight if weight else 0.0
    paper = np.float32(brightness < 0.5)
    on_paper: Floats = grey * opacity + paper * (1 - opacity)
    return on_paper


def _paper(grey: Floats) -> Floats:
    """Estimate how bright the paper is at each pixel, under the ink too.

    A closing on coarse tiles: the brightest nearby, then the darkest of those. Lines vanish, the
    fall of the light stays.
    """
    height, width = grey.shape
    tile = max(1, max(height, width) // _TILES)
    rows, columns = -(-height // tile), -(-width // tile)
    padded = np.pad(grey, ((0, rows * tile - height), (0, columns * tile - width)), mode="edge")
    tiles = padded.reshape(rows, tile, columns, tile).swapaxes(1, 2).reshape(rows, columns, -1)
    bright = np.percentile(tiles, 80, axis=2).astype(np.float32)
    closed = grey_closing(bright, size=(_NEARBY, _NEARBY), mode="nearest")
    picture = Image.fromarray(np.ascontiguousarray(closed))
    box = (0.0, 0.0, width / tile, height / tile)
    smooth = picture.resize((width, height), Image.Resampling.BILINEAR, box=box)
    return np.asarray(smooth, dtype=np.float32)


def _shrunk(grey: Floats, side: int) -> Floats:
    height, width = grey.shape
    factor = min(1.0, side / max(height, width))
    return _resized(grey, max(1, round(height * factor)), max(1, round(width * factor)))


def _resized(grey: Floats, height: int, width: int) -> Floats:
    picture = Image.fromarray(np.ascontiguousarray(grey, dtype=np.float32))
    resized = picture.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.float32)


def _without_ruled_lines(mask: Mask) -> Mask:
    """Take out straight runs of ink that are too long for a digit, along rows and columns."""
    kept = mask.copy()
    for upright in (mask.T, mask):
        target = kept.T if upright is not mask else kept
        longest = max(_RULED * upright.shape[1], 4 * LEAST_SIDE)
        for row, first, last in _runs(upright):
            if last - first >= longest and not _is_thick(upright, row, first, last):
                target[row, first:last] = False
    return kept


def _is_thick(mask: Mask, row: int, first: int, last: int) -> bool:
    """Check whether a run belongs to something broader than a ruled line."""
    reach = max(2, (last - first) // 40)
    above = mask[max(0, row - reach), first:last].mean() if row >= reach else 0.0
    below = mask[row + reach, first:last].mean() if row + reach < mask.shape[0] else 0.0
    return bool(max(above, below) > 0.5)


def _runs(mask: Mask) -> Iterator[tuple[int, int, int]]:
    """Yield the runs of ink: row, first column, one behind the last column."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, firsts = np.nonzero(edges == 1)
    if len(rows) > _MOST_RUNS:
        raise DrawingError(_TOO_RESTLESS)
    lasts = np.nonzero(edges == -1)[1]
    yield from zip(rows.tolist(), firsts.tolist(), lasts.tolist(), strict=True)


def _label(mask: Mask) -> tuple[npt.NDArray[np.int32], list[_Part]]:
    """Number the connected pieces of ink from 1 on, corners included; paper is 0."""
    labels = label(mask, connectivity=2)
    parts = []
    for piece in regionprops(labels):
        top, left, bottom, right = piece.bbox
        parts.append(_Part((int(piece.label),), top, left, bottom, right, int(piece.area)))
    return labels, parts


def _is_no_digit(part: _Part, shape: tuple[int, ...]) -> bool:
    """Check for a ruled line, and for what comes in from the edge and is larger than a digit."""
    height, width = shape
    at_the_edge = part.top == 0 or part.left == 0 or part.bottom == height or part.right == width
    too_long = part.height > 0.8 * height or part.width > 0.6 * width
    flat = part.width > 8 * part.height or part.height > 20 * part.width
    ruled = flat and part.size > _RULED * (width if part.width > part.height else height)
    return ruled or (at_the_edge and too_long)


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Put the pieces of broken digits together, and leave specks out."""
    largest = max(part.height for part in parts)
    usual = float(np.median([part.height for part in parts if part.height > 0.4 * largest]))
    wholes = [part for part in parts if part.height > 0.6 * usual]
    pieces = sorted((part for part in parts if part.height <= 0.6 * usual), key=lambda p: -p.area)
    for piece in pieces:
        nearest = min(range(len(wholes)), key=lambda index: wholes[index].gap(piece))
        if wholes[nearest].gap(piece) <= _NEAR * usual:
            wholes[nearest] = wholes[nearest].with_(piece)
        elif piece.height > _SPECK * usual:
            wholes.append(piece)
    return _stacked(wholes, _TOUCHING * usual)


def _stacked(parts: Sequence[_Part], gap: float) -> list[_Part]:
    """Put two halves together, one above the other with hardly anything between them."""
    stacks: list[_Part] = []
    for part in sorted(parts, key=lambda one: one.top):
        for index, upper in enumerate(stacks):
            shared = min(part.right, upper.right) - max(part.left, upper.left)
            if shared > min(part.width, upper.width) / 2 and upper.gap(part) <= gap:
                stacks[index] = upper.with_(part)
                break
        else:
            stacks.append(part)
    return stacks


def _in_reading_order(parts: Sequence[_Part]) -> list[_Part]:
    lines: list[list[_Part]] = []
    for part in sorted(parts, key=lambda one: one.top + one.bottom):
        middle = (part.top + part.bottom) / 2
        line = lines[-1] if lines else []
        if line and middle < float(np.mean([one.bottom for one in line])):
            line.append(part)
        else:
            lines.append([part])
    return [part for line in lines for part in sorted(line, key=lambda one: one.left)]


def _cut_out(ink: Floats, labels: npt.NDArray[np.int32], part: _Part) -> FoundDigit:
    """Cut a digit out with a little paper around it; the soft edges of its lines stay."""
    margin = max(2, part.size // 10)
    rows = slice(max(0, part.top - margin), min(ink.shape[0], part.bottom + margin))
    columns = slice(max(0, part.left - margin), min(ink.shape[1], part.right + margin))
    own = np.isin(labels[rows, columns], part.labels)
    near = Image.fromarray(own.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(5))
    others = (labels[rows, columns] > 0) & ~own
    drawing = np.where((np.asarray(near) > 0) & ~others, ink[rows, columns], np.float32(0))
    height, width = drawing.shape
    return FoundDigit(columns.start, rows.start, width, height, drawing)
