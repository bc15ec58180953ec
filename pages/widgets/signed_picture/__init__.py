"""Pictures of 28 × 28 numbers above and below 0, such as the weights of nodes."""

from pages.widgets.signed_picture.component import render_signed_pictures

__all__ = ["render_signed_pictures"]
