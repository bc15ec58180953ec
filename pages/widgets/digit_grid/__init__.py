"""Many digits side by side, to look at or to choose one of."""

from pages.widgets.digit_grid.component import Mark, render_digit_grid

__all__ = ["Mark", "render_digit_grid"]
