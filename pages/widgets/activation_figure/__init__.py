"""The drawing of a network with what its nodes make of one digit."""

from pages.widgets.activation_figure.component import render_activation_figure

__all__ = ["render_activation_figure"]
