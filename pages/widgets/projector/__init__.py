"""The projector switch in the head of every page: larger text and figures, less beside them."""

from pages.widgets.projector.switch import render_projector_switch, size_factor, sized

__all__ = ["render_projector_switch", "size_factor", "sized"]
