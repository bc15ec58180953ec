"""The drawing canvas: black ink on white paper, sent at the end of every stroke.

Strokes live in the browser; the server gets their ink and keeps none of it.
"""

import base64
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_core.errors import DrawingError
from pages.widgets.shared.mounting import register_component

INK_SIDE = 140
"""Pixels of a side of the ink as it is sent."""

LENGTH = 4 * -(-INK_SIDE * INK_SIDE // 3)  # letters of base64

_component = register_component(Path(__file__).parent)


def render_drawing_canvas(label: str, *, key: str) -> npt.NDArray[np.float32] | None:
    """Draw the field with its pens and buttons, and give what is drawn in it.

    Args:
        label: what the field is, and what else to do without a mouse, a finger or a pen.
        key: the element's key; it must stay the same, or the drawing is lost.

    Returns:
        float32 (140, 140), 0 paper to 1 ink; None while nothing is drawn.

    Raises:
        DrawingError: what came is no drawing of this size.
    """
    drawn = _component(
        key=key,
        data={"label": label, "side": INK_SIDE},
        default={"ink": ""},
        on_ink_change=lambda: None,
    )
    return read_ink(drawn.ink)


def read_ink(sent: object) -> npt.NDArray[np.float32] | None:
    """Check and unpack what a browser sent: one byte a pixel in base64, 0 paper to 255 ink.

    Returns:
        float32 (140, 140), 0 paper to 1 ink; None where nothing was sent.

    Raises:
        DrawingError: this is no drawing of this size.
    """
    if sent is None or sent == "":
        return None
    if not isinstance(sent, str) or len(sent) != LENGTH:
        raise DrawingError(_NOT_WHOLE)
    try:
        grey = np.frombuffer(base64.b64decode(sent, validate=True), np.uint8)
    except ValueError as error:
        raise DrawingError(_NOT_WHOLE) from error
    if grey.size != INK_SIDE * INK_SIDE:
        raise DrawingError(_NOT_WHOLE)
    return grey.reshape(INK_SIDE, INK_SIDE).astype(np.float32) / np.float32(255)


_NOT_WHOLE = "The drawing did not arrive whole. Press Clear and draw the digit again."
