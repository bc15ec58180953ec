"""A field to draw a digit in, by mouse, finger or pen."""

from pages.widgets.drawing_canvas.component import INK_SIDE, read_ink, render_drawing_canvas

__all__ = ["INK_SIDE", "read_ink", "render_drawing_canvas"]
