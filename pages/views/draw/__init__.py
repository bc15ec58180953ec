"""What the page Draw is made of: three ways in, the answer, and the steps on the way to it."""

from pages.views.draw.ways import NOTHING_IS_KEPT, WAYS

__all__ = ["NOTHING_IS_KEPT", "WAYS"]
