"""The drawing of a network, as settings build it or with what its nodes make of a digit."""

from pages.widgets.network_figure.settings import render_network_figure
from pages.widgets.network_figure.traced import render_trace_figure

__all__ = ["render_network_figure", "render_trace_figure"]
