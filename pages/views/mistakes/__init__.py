"""The views of the page Mistakes, one a module, and what they look at: an evaluated run."""

from pages.views.mistakes.digit_by_digit import (
    hardest_in_words,
    render_digit_by_digit,
)
from pages.views.mistakes.digit_dialog import render_open_digit
from pages.views.mistakes.human_round import render_human_round
from pages.views.mistakes.label_errors import render_label_errors
from pages.views.mistakes.overview import render_overview
from pages.views.mistakes.two_runs import render_two_runs
from pages.views.shared.evaluated_run import (
    PARTS,
    TEST,
    EvaluatedRun,
    evaluate,
)

__all__ = [
    "PARTS",
    "TEST",
    "EvaluatedRun",
    "evaluate",
    "hardest_in_words",
    "render_digit_by_digit",
    "render_human_round",
    "render_label_errors",
    "render_open_digit",
    "render_overview",
    "render_two_runs",
]
