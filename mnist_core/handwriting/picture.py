"""From a picture file to its pixels: checked, upright, small enough to look at.

A picture is only looked at in memory and kept nowhere. Pictures are opened one after the other: a
large one takes up to three quarters of a gigabyte until it has been made smaller, and a whole class
may send theirs at once.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from typing import Final

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import Floats

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
ENDINGS: Final = ("png", "jpg", "jpeg", "jfif", "webp", "gif", "bmp")
"""How the names of files of these formats end."""

FORMATS_IN_WORDS: Final = "PNG, JPEG, WebP, GIF and BMP"
MOST_BYTES: Final = 20_000_000
MOST_PIXELS: Final = 50_000_000
LEAST_SIDE: Final = 8
"""Pixels of a side below which no digit can be made out."""

PHOTO_SIDE: Final = 1200
"""Pixels of a side above which a picture is made smaller before it is looked at."""

LONGEST_WAIT: Final = 30.0
"""Seconds that a picture waits for those before it: a large one takes 5, a photograph 0.3."""


def open_picture(data: bytes) -> Floats:
    """Read a picture file: upright, and no larger than it has to be.

    Safe to call from many threads; all but one of them wait until its picture is made smaller.

    Args:
        data: a PNG, JPEG, WebP, GIF or BMP file, at most 20 MB and 50 million pixels. Of a moving
            picture, the first one; what is transparent becomes paper.

    Returns:
        float32 (h, w, 3), red, green and blue from 0 to 1, turned the way it was photographed; at
        most 1,200 pixels a side.

    Raises:
        DrawingError: this is no picture, it is too large or too small, or so many others are being
            read that its turn did not come in half a minute.
    """
    if not _OPENING.acquire(timeout=LONGEST_WAIT):
        raise DrawingError(
            "Many pictures are being read at this moment, and yours did not get its turn. Send it "
            "again in a minute."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged EXIF, whose sound parts are used
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _colours(_opened(data))
    finally:
        _OPENING.release()


_OPENING: Final = threading.Lock()
_DAMAGED: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)
# An EXIF block is written by anybody's camera or program, and Pillow trusts what it says.
_DAMAGED_EXIF: Final = (*_DAMAGED, TypeError, LookupError, ArithmeticError, AttributeError)
_OTHER_KINDS: Final = {
    b"ftyphei": "a HEIC picture, as iPhones take them",
    b"ftyphev": "a HEIC picture, as iPhones take them",
    b"ftypmif": "a HEIC picture, as iPhones take them",
    b"ftypmsf": "a HEIC picture, as iPhones take them",
    b"ftypavi": "an AVIF picture",
    b"ftyp": "a film",
    b"%PDF": "a PDF",
    b"II*\0": "a TIFF picture, or a camera's raw file",
    b"MM\0*": "a TIFF picture, or a camera's raw file",
    b"<svg": "an SVG drawing",
    b"\xff\x0a": "a JPEG XL picture",
    b"JXL ": "a JPEG XL picture",
    b"jP  ": "a JPEG 2000 picture",
    b"8BPS": "a Photoshop file",
}
"""What other files begin with, some of them after four bytes of length."""

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by the orientation that EXIF gives."""


def _opened(data: bytes) -> Image.Image:
    if not data:
        raise DrawingError(f"This file is empty. Choose a picture: {FORMATS_IN_WORDS} are read.")
    if len(data) > MOST_BYTES:
        raise DrawingError(
            f"This file has {len(data) / 1e6:,.0f} MB. At most {MOST_BYTES / 1e6:.0f} MB are "
            "allowed: send the picture smaller, or cut out the digits."
        )
    for beginning, kind in _OTHER_KINDS.items():
        if data.startswith(beginning) or data[4:].startswith(beginning):
            raise DrawingError(
                f"This is {kind}, which can't be read here. {FORMATS_IN_WORDS} are read: save it "
                "as JPEG, or take a picture of the screen, and try again."
            )
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DrawingError(_too_many_pixels()) from error
    except (UnidentifiedImageError, *_DAMAGED) as error:
        raise DrawingError(
            f"This file is no picture that can be read. {FORMATS_IN_WORDS} are read."
        ) from error
    _check_size(*picture.size)
    return _loaded(picture)


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
    """Decode a picture and turn it upright."""
    try:
        picture.draft(None, (PHOTO_SIDE, PHOTO_SIDE))  # a JPEG need not be decoded in full
        picture.load()
    except (Image.DecompressionBombError, *_DAMAGED) as error:
        raise DrawingError(
            "This picture is damaged: it can't be read to its end. Save or send it again."
        ) from error
    turn = _UPRIGHT.get(_orientation(picture))
    return picture if turn is None else picture.transpose(turn)


def _orientation(picture: Image.Image) -> int:
    """Return how the camera was held, as EXIF counts it; 1, upright, where it does not say."""
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except _DAMAGED_EXIF:
        return 1


def _colours(picture: Image.Image) -> Floats:
    """Return colours as float32 (h, w, 3), 0 to 1, at most 1,200 a side."""
    if picture.mode.startswith(("I", "F")):
        return _stretched(picture)
    # Pillow shrinks palettes by leaving pixels out, and mixes transparent colours in.
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    colour = np.asarray(picture, dtype=np.float32) / np.float32(255)
    return _opaque(colour) if colour.shape[2] == 4 else colour


def _stretched(picture: Image.Image) -> Floats:
    """Take the brightest grey of a picture of more than 8 bits for white."""
    values = Image.fromarray(np.asarray(picture, dtype=np.float32))
    values.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    grey = np.nan_to_num(np.asarray(values))
    grey = (grey / np.float32(max(1.0, float(grey.max())))).clip(0, 1)
    return np.repeat(grey[..., np.newaxis], 3, axis=2)


def _opaque(colour: Floats) -> Floats:
    """Put a picture with transparent parts on paper that its ink stands out from."""
    opacity = colour[..., 3:]
    weight = float(opacity.sum())
    brightness = float((colour[..., :3] * opacity).sum()) / (3 * weight) if weight else 0.0
    paper = np.float32(brightness < 0.5)
    on_paper: Floats = colour[..., :3] * opacity + paper * (1 - opacity)
    return on_paper
