"""The drawing of a network: as settings build it, with a digit in it, or on the way back."""

from pages.widgets.network_figure.gradient import render_gradient_figure
from pages.widgets.network_figure.settings import render_network_figure
from pages.widgets.network_figure.traced import render_trace_figure

__all__ = ["render_gradient_figure", "render_network_figure", "render_trace_figure"]
