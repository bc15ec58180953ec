"""The confusion matrix: a table of true digits by guesses whose cells can be chosen."""

from pages.widgets.confusion_matrix.component import (
    EVERYTHING,
    Choice,
    render_confusion_matrix,
)

__all__ = ["EVERYTHING", "Choice", "render_confusion_matrix"]
