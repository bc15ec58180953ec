"""The digit map: a point a digit, its picture when pointed at, a click chooses it.

Points that stay on the map from one drawing to the next move to their new places. Drawn by the
browser itself: two thousand points of a drawing library take longer than all the rest.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.charts import style
from mnist_core.formatting import guessed
from mnist_core.inspection.projection import class_centres
from mnist_core.serving.digit_sprite import COLUMNS
from pages.widgets.projector import size_factor
from pages.widgets.shared.mounting import chosen_in, register_component

_component = register_component(Path(__file__).parent)

_DECIMALS = 4  # finer than any screen


class Spot(NamedTuple):
    """Where the digit lies that is looked at."""

    x: float
    y: float


def render_digit_map(
    positions: npt.NDArray[np.float32],
    labels: npt.NDArray[np.uint8],
    guesses: npt.NDArray[np.uint8],
    numbers: npt.NDArray[np.intp],
    *,
    pictures: str,
    description: str,
    shown: Spot | None,
    on_choose: Callable[[int], None],
    key: str,
) -> None:
    """Draw digits as points.

    Args:
        positions: float32 (n, 2), -1 to 1.
        labels: uint8 (n,), the true digits.
        guesses: uint8 (n,), what they were read as; ``NO_GUESS`` for none.
        numbers: intp (n,), what each digit is called when it is chosen.
        pictures: the address of the picture of all of them, in the same order.
        description: what stands for the map where it can't be seen.
        shown: where to put the ring.
        on_choose: called with a number before the page runs again.
        key: the element's key; it must stay the same for points to move and an enlargement to
            stay.
    """

    def choose() -> None:
        number = chosen_in(key)
        if type(number) is int and number in numbers:
            on_choose(number)

    _component(
        key=key,
        data={
            "x": _rounded(positions[:, 0]),
            "y": _rounded(positions[:, 1]),
            "true": "".join(map(str, labels)),
            "guess": "".join(map(guessed, guesses)),
            "numbers": numbers.tolist(),
            "centres": [_rounded(centre) for centre in class_centres(positions, labels)],
            "shown": None if shown is None else [round(at, _DECIMALS) for at in shown],
            "description": description,
            "pictures": pictures,
            "columns": COLUMNS,
            "colours": style.DIGIT_COLOURS,
            "scale": size_factor(),
        },
        on_chosen_change=choose,
    )


def _rounded(values: npt.NDArray[np.float32]) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), _DECIMALS) for value in values]
