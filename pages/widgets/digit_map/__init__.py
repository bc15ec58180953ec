"""The map of digits: points in the plane, of which each shows its picture and can be chosen."""

from pages.widgets.digit_map.component import Spot, render_digit_map

__all__ = ["Spot", "render_digit_map"]
