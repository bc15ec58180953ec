"""The drawing of the network that the sliders stand for: a keyed component that stays."""

from pages.widgets.network_figure.component import render_network_figure

__all__ = ["render_network_figure"]
