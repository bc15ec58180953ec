"""The views of the page Look inside, one a module, and what they look at: a network, a digit."""

from pages.views.inside.digit_picker import pick_digit
from pages.views.inside.epoch_picker import keep_time, pick_epoch
from pages.views.inside.map_view import render_map
from pages.views.inside.network_view import render_network
from pages.views.inside.perturbation import render_perturbation
from pages.views.inside.snapshot import ShownDigit, Snapshot

__all__ = [
    "ShownDigit",
    "Snapshot",
    "keep_time",
    "pick_digit",
    "pick_epoch",
    "render_map",
    "render_network",
    "render_perturbation",
]
