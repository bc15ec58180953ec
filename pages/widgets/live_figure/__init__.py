"""The live figure of the Train page: a keyed component that stays while the page runs again."""

from pages.widgets.live_figure.component import PreviousRun, StatusChange, render_live_figure

__all__ = ["PreviousRun", "StatusChange", "render_live_figure"]
