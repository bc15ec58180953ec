"""One digit as a picture and as numbers."""

from pages.widgets.pixel_view.component import render_pixel_view

__all__ = ["render_pixel_view"]
