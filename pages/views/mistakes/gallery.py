"""Many evaluated digits, page by page; one of them opens in full."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pages.views.mistakes.digit_dialog import open_digit
from pages.views.shared.evaluated_run import EvaluatedRun
from pages.views.shared.paging import DIGITS_A_PAGE, render_pages
from pages.widgets.digit_grid import render_digit_grid


def render_gallery(
    evaluated: EvaluatedRun,
    positions: npt.NDArray[np.intp],
    key: str,
    *,
    caption: Callable[[int], str] | None = None,
    picture_size: float = 3.5,
) -> None:
    """Draw digits with what they are and what they were taken for.

    Args:
        evaluated: what the positions count in.
        positions: intp (n,), which digits, in their order.
        key: of the gallery; it must stay the same.
        caption: what stands under a digit, by its position; None says what it was taken for.
        picture_size: width and height of an image in rem.
    """
    # A place of its own for each number of digits: another filter begins at its first page.
    page_key = f"{key}-page-{len(positions)}"
    places = render_pages(len(positions), DIGITS_A_PAGE, key=page_key)
    shown = positions[places.start : places.stop]
    render_digit_grid(
        evaluated.images(shown),
        [(caption or evaluated.caption)(position) for position in shown],
        [
            evaluated.describe(position) if caption is None else _name(evaluated, position, caption)
            for position in shown
        ],
        label=f"{len(positions):,} digits, page {places.start // DIGITS_A_PAGE + 1}",
        key=key,
        right=evaluated.evaluation.right[shown],
        numbers=shown.tolist(),
        on_choose=lambda position: open_digit(evaluated, positions, position),
        picture_size=picture_size,
    )


def _name(evaluated: EvaluatedRun, position: int, caption: Callable[[int], str]) -> str:
    return f"{evaluated.name(position)}, {caption(position)}"
