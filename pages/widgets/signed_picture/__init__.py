"""Signed pictures: each number a square, full above 0, small below, stronger further from 0.

They have two colours, but the squares tell above from below without them.
"""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pages.widgets.shared.mounting import chosen_in, is_place, register_component

STEPS_OF_SCALE = 10_000

_component = register_component(Path(__file__).parent)


def render_signed_pictures(
    values: npt.NDArray[np.float32],
    scale: float,
    descriptions: Sequence[str],
    *,
    key: str,
    captions: Sequence[str] = (),
    on_choose: Callable[[int], None] | None = None,
    picture_size: float = 16,
) -> None:
    """Draw pictures of 28 × 28 numbers side by side.

    Args:
        values: float32 (n, 28, 28).
        scale: the number that has the full colour; what lies beyond has it, too.
        descriptions: what stands for each picture where it can't be seen.
        key: the element's key; it must stay the same for the pictures to stay.
        captions: words under each picture; none are none.
        on_choose: called with a position before the page runs again; without it, the pictures are
            there to look at only.
        picture_size: width and height of a picture in rem.
    """

    def choose() -> None:
        position = chosen_in(key)
        if on_choose is not None and is_place(position, len(values)):
            on_choose(position)

    # In steps of the scale, two bytes each: a gallery would be long as decimal numbers.
    steps = (
        np.nan_to_num(values / scale * STEPS_OF_SCALE).clip(-32_767, 32_767).round().astype("<i2")
    )
    _component(
        key=key,
        data={
            "values": base64.b64encode(steps.tobytes()).decode(),
            "step": scale / STEPS_OF_SCALE,
            "scale": scale,
            "descriptions": list(descriptions),
            "captions": list(captions),
            "can_choose": on_choose is not None,
            "picture_size": picture_size,
        },
        on_chosen_change=choose,
    )
