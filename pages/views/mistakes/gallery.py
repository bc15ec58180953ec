"""Many evaluated digits, page by page; one of them opens in full."""

import numpy as np
import numpy.typing as npt

from pages.views.mistakes.digit_dialog import open_digit
from pages.views.shared.evaluated_run import EvaluatedRun
from pages.views.shared.paging import DIGITS_A_PAGE, render_pages
from pages.widgets.digit_grid import render_digit_grid


def render_gallery(evaluated: EvaluatedRun, positions: npt.NDArray[np.intp], key: str) -> None:
    """Draw digits with what they are and what they were taken for.

    Args:
        evaluated: what the positions count in.
        positions: intp (n,), which digits, in their order.
        key: of the gallery; it must stay the same.
    """
    # A place of its own for each number of digits: another filter begins at its first page.
    page_key = f"{key}-page-{len(positions)}"
    places = render_pages(len(positions), DIGITS_A_PAGE, key=page_key)
    shown = positions[places.start : places.stop]
    render_digit_grid(
        evaluated.images(shown),
        [evaluated.caption(position) for position in shown],
        [evaluated.describe(position) for position in shown],
        label=f"{len(positions):,} digits, page {places.start // DIGITS_A_PAGE + 1}",
        key=key,
        right=evaluated.evaluation.right[shown],
        numbers=shown.tolist(),
        on_choose=lambda position: open_digit(evaluated, positions, position),
    )
