"""A picture of 28 × 28 numbers above and below 0, such as the weights of a node."""

from pages.components.signed_picture.component import render_signed_picture

__all__ = ["render_signed_picture"]
