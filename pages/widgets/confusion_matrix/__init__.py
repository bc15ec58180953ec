"""The confusion matrix: which digit was taken for which, as a table that can be walked through.

A table and not a picture of one: keyboard and screen reader reach every cell. A click on a cell
chooses it, on the head of a row all guesses for a true digit, on the head of a column all digits
that were guessed so.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES
from pages.widgets.shared.mounting import chosen_in, is_place, register_component

_component = register_component(Path(__file__).parent)


class Choice(NamedTuple):
    """What is chosen in the matrix: a cell, a row, a column, or, with two None, nothing.

    Attributes:
        true: the digit of the row; None for all.
        guess: the digit of the column; None for all.
    """

    true: int | None = None
    guess: int | None = None


EVERYTHING = Choice()


def render_confusion_matrix(
    confusion: npt.NDArray[np.int64],
    *,
    label: str,
    key: str,
    shares: bool = False,
    chosen: Choice = EVERYTHING,
    on_choose: Callable[[Choice], None] | None = None,
) -> None:
    """Draw the table with its sums; what was read right stands apart from the errors.

    Args:
        confusion: int64 (10, 10); `confusion[i, j]` digits that are i were guessed to be j.
        label: what the table is, for a screen reader.
        key: the element's key; it must stay the same, or the focus of the keyboard is lost.
        shares: write shares of the row, in per cent, instead of counts.
        chosen: what is chosen at the moment.
        on_choose: called with what a person chose before the page runs again; choosing what is
            chosen already chooses nothing. Without it, the table is there to look at only.
    """

    def choose() -> None:
        choice = _read(chosen_in(key))
        if on_choose is not None and choice is not None:
            on_choose(EVERYTHING if choice == chosen else choice)

    _component(
        key=key,
        data={
            "counts": confusion.tolist(),
            "label": label,
            "shares": shares,
            "chosen": list(chosen),
            "can_choose": on_choose is not None,
        },
        on_chosen_change=choose,
    )


def _read(sent: object) -> Choice | None:
    """Take what the browser sent, unless it can't be a choice."""
    if not isinstance(sent, list) or len(sent) != len(Choice._fields):
        return None
    if not all(digit is None or is_place(digit, CLASSES) for digit in sent):
        return None
    return Choice(*sent)
