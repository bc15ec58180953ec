"""A sheet of digits as one PNG picture, each with its true digit and perhaps its guess beneath.

To print, to hang up, to hand in. Knows NumPy and Pillow; neither pages nor the store.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from mnist_core.config import NO_GUESS
from mnist_core.errors import EvaluationError
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import counted

MOST_ON_A_SHEET: Final = 500
"""More of them make a picture that no program likes to open."""

_SCALE: Final = 3  # screen pixels for one pixel of a digit
_SIDE: Final = 28 * _SCALE
_GAP: Final = 12
_CAPTION: Final = 22
_HEAD: Final = 44
_COLUMNS: Final = 12
_NARROWEST: Final = 6  # columns that the head needs for its words
_PAPER: Final = 255
_INK: Final = 0
_HEAD_FONT: Final = 18  # of the font that comes with Pillow: it has no arrows
_FONT: Final = 16


def draw_contact_sheet(
    images: npt.NDArray[np.uint8],
    evaluation: Evaluation,
    positions: Sequence[int] | npt.NDArray[np.intp],
    title: str = "",
) -> bytes:
    """Draw digits in a grid, dark ink on white paper, each with "true -> guess" beneath.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink, of the same digits as the evaluation.
        evaluation: of n digits.
        positions: which digits, in this order; at most the first ``MOST_ON_A_SHEET`` are drawn, and
            the head of the sheet then says so.
        title: of the sheet, one line.

    Returns:
        The bytes of a PNG file in grey; a pixel of a digit is a square of 3 x 3.

    Raises:
        EvaluationError: there is nothing to draw, or the images are not those of the evaluation.
    """
    if images.shape != (len(evaluation), 28, 28):
        raise EvaluationError(
            f"The {len(images):,} images are not those of the {len(evaluation):,} guesses."
        )
    if not len(positions):
        raise EvaluationError("There are no digits to draw. Choose at least one.")
    drawn = np.asarray(positions[:MOST_ON_A_SHEET], np.intp)
    captions = [caption(evaluation, int(position)) for position in drawn]
    return _draw_sheet(images[drawn], captions, title, head_words(len(positions)))


def draw_labelled_sheet(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], title: str = ""
) -> bytes:
    """Draw digits in such a grid that no network has read, each with its label beneath.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink; of more than ``MOST_ON_A_SHEET`` the
            first are drawn, and the head of the sheet then says so.
        labels: uint8 (n,), 0 to 9.
        title: of the sheet, one line.

    Returns:
        The bytes of a PNG file, as ``draw_contact_sheet`` has them.

    Raises:
        EvaluationError: there is nothing to draw, or the images are not those of the labels.
    """
    if images.shape != (len(labels), 28, 28):
        raise EvaluationError(f"The {len(images):,} images have {len(labels):,} labels.")
    if not len(labels):
        raise EvaluationError("There are no digits to draw. Choose at least one.")
    captions = [str(label) for label in labels[:MOST_ON_A_SHEET]]
    return _draw_sheet(images[:MOST_ON_A_SHEET], captions, title, _how_many(len(labels)))


def _draw_sheet(
    images: npt.NDArray[np.uint8], captions: Sequence[str], title: str, words: str
) -> bytes:
    columns = max(_NARROWEST, min(_COLUMNS, len(images)))
    rows = -(-len(images) // columns)
    width = _GAP + columns * (_SIDE + _GAP)
    height = _HEAD + rows * (_SIDE + _CAPTION + _GAP) + _GAP
    sheet = Image.new("L", (width, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    _write_head(pen, width, title, words)
    font = ImageFont.load_default(_FONT)
    for place, (image, below) in enumerate(zip(images, captions, strict=True)):
        left, top = cell_corner(place, columns)
        enlarged = np.kron(_PAPER - image, np.ones((_SCALE, _SCALE), np.uint8))
        sheet.paste(Image.fromarray(enlarged), (left, top))
        middle = (left + _SIDE / 2, top + _SIDE + _CAPTION / 2)
        pen.text(middle, below, fill=_INK, font=font, anchor="mm")
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def caption(evaluation: Evaluation, position: int) -> str:
    """Write what stands beneath a digit, such as "4 -> 9"."""
    guess = int(evaluation.y_pred[position])
    return f"{evaluation.y_true[position]} -> {'none' if guess == NO_GUESS else guess}"


def head_words(digits: int) -> str:
    """Put into words what the sheet shows, and that it is not all where it is not."""
    return f"{_how_many(digits)}, each: true digit -> guess"


def _how_many(digits: int) -> str:
    shown = counted(digits, "digit")
    return f"The first {MOST_ON_A_SHEET} of {shown}" if digits > MOST_ON_A_SHEET else shown


def cell_corner(place: int, columns: int) -> tuple[int, int]:
    """Return where the digit at a place of the sheet has its upper left corner: x, y in pixels."""
    row, column = divmod(place, columns)
    return _GAP + column * (_SIDE + _GAP), _HEAD + row * (_SIDE + _CAPTION + _GAP)


def _write_head(pen: ImageDraw.ImageDraw, width: int, title: str, words: str) -> None:
    """Write the title and what is shown; a title too long for the sheet is cut."""
    head, small = ImageFont.load_default(_HEAD_FONT), ImageFont.load_default(_FONT)
    room = width - 3 * _GAP - pen.textlength(words, small)
    line = " ".join(title.split())
    while line and pen.textlength(line, head) > room:
        line = line[:-2].rstrip() + "…" if len(line) > 2 else ""
    pen.text((_GAP, _HEAD / 2), line, fill=_INK, font=head, anchor="lm")
    pen.text((width - _GAP, _HEAD / 2), words, fill=_INK, font=small, anchor="rm")
