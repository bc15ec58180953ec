"""The drawing canvas: black ink on white paper, its strokes sent at the end of every one.

Strokes live in the browser; the server draws them and keeps nothing of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.errors import DrawingError
from mnist_core.handwriting.strokes import Stroke, draw_strokes
from pages.widgets.shared.mounting import register_component

INK_SIDE = 140
"""Pixels of a side of the ink that strokes become."""

MOST_POINTS = 20_000
"""Of all strokes together: the field is black all over long before."""

MOST_PENS = 10
"""Widths that strokes may have: each takes a while to draw, and there are three to choose from."""

_component = register_component(Path(__file__).parent)


def render_drawing_canvas(label: str, *, key: str) -> npt.NDArray[np.float32] | None:
    """Draw the field with its pens and buttons, and give what is drawn in it.

    Args:
        label: what the field is, and what else to do without a mouse, a finger or a pen.
        key: the element's key; it must stay the same, or the drawing is lost.

    Returns:
        float32 (140, 140), 0 paper to 1 ink; None while nothing is drawn.

    Raises:
        DrawingError: what came are no strokes.
    """
    drawn = _component(
        key=key,
        data={"label": label},
        default={"strokes": []},
        on_strokes_change=lambda: None,
    )
    return _ink(drawn.strokes)


def drawn_in(key: str) -> npt.NDArray[np.float32] | None:
    """Return what is drawn in a field on the page, for a callback, as ``render_`` does.

    Raises:
        DrawingError: what came are no strokes.
    """
    return _ink((st.session_state.get(key) or {}).get("strokes"))


def _ink(sent: object) -> npt.NDArray[np.float32] | None:
    strokes = read_strokes(sent)
    return draw_strokes(strokes, INK_SIDE) if strokes else None


def read_strokes(sent: object) -> list[Stroke]:
    """Check and unpack what a browser sent: for each stroke its width and its points.

    Returns:
        None of them where nothing is drawn.

    Raises:
        DrawingError: these are no strokes, or too many.
    """
    if sent is None:
        return []
    if not isinstance(sent, list):
        raise DrawingError(_NOT_WHOLE)
    strokes = [_read_stroke(each) for each in sent]
    if sum(len(stroke.points) for stroke in strokes) > MOST_POINTS:
        raise DrawingError("This drawing has too many strokes. Press Clear and draw it again.")
    if len({stroke.width for stroke in strokes}) > MOST_PENS:
        raise DrawingError("This drawing has too many pens. Press Clear and draw it again.")
    return strokes


def _read_stroke(sent: Any) -> Stroke:
    if not isinstance(sent, list) or len(sent) != 2:
        raise DrawingError(_NOT_WHOLE)
    width, points = sent
    if not _is_number(width) or not 0 < width <= 1 or not isinstance(points, list) or not points:
        raise DrawingError(_NOT_WHOLE)
    if not all(_is_point(point) for point in points):
        raise DrawingError(_NOT_WHOLE)
    return Stroke(float(width), np.array(points, np.float64))


def _is_point(sent: Any) -> bool:
    return isinstance(sent, Sequence) and len(sent) == 2 and all(_is_number(each) for each in sent)


def _is_number(sent: Any) -> bool:
    return isinstance(sent, int | float) and abs(sent) < 1000  # which no NaN is


_NOT_WHOLE = "The drawing did not arrive whole. Press Clear and draw the digit again."
