"""The views of the page Mistakes, one a module, and what they look at: an evaluated run."""

from pages.components.mistakes.digit_by_digit import (
    hardest_in_words,
    render_digit_by_digit,
)
from pages.components.mistakes.evaluated import (
    PARTS,
    TEST,
    Evaluated,
    evaluate,
)
from pages.components.mistakes.human_round import render_human_round
from pages.components.mistakes.label_court import render_label_court
from pages.components.mistakes.overview import render_overview
from pages.components.mistakes.sample import render_open_sample
from pages.components.mistakes.two_runs import render_two_runs

__all__ = [
    "PARTS",
    "TEST",
    "Evaluated",
    "evaluate",
    "hardest_in_words",
    "render_digit_by_digit",
    "render_human_round",
    "render_label_court",
    "render_open_sample",
    "render_overview",
    "render_two_runs",
]
