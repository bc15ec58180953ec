"""The digit grid: many digits in sharp pixels, with a caption and perhaps a mark each.

A click chooses a digit; so do the arrow keys and Enter. It has as many columns as there is room.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import chosen_in, register_component

_component = register_component(Path(__file__).parent)


def render_digit_grid(
    images: npt.NDArray[np.uint8],
    captions: Sequence[str],
    descriptions: Sequence[str],
    *,
    label: str,
    key: str,
    right: Iterable[bool] | None = None,
    numbers: Sequence[int] | None = None,
    chosen: int | None = None,
    on_choose: Callable[[int], None] | None = None,
    picture_size: float = 3.5,
) -> None:
    """Draw digits side by side.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink.
        captions: a word or two to be read under each image.
        descriptions: what stands for each image where it can't be seen.
        label: what all of them together are, for a screen reader.
        key: the element's key; it must stay the same, or the focus of the keyboard is lost.
        right: whether each was read right, told by colour, sign and kind of line; None marks
            nothing.
        numbers: what each image is called when it is chosen; without them, its position.
        chosen: the number of the image that is chosen at the moment.
        on_choose: called with a number before the page runs again; without it, the digits are
            there to look at only.
        picture_size: width and height of an image in rem; narrow screens get smaller ones.
    """
    names = list(range(len(images))) if numbers is None else [int(number) for number in numbers]

    def choose() -> None:
        number = chosen_in(key)
        if on_choose is not None and type(number) is int and number in names:
            on_choose(number)

    _component(
        key=key,
        data={
            "pixels": pack_images(images),
            "captions": list(captions),
            "descriptions": list(descriptions),
            "right": None if right is None else list(map(bool, right)),
            "numbers": names,
            "chosen": None if chosen is None else int(chosen),
            "can_choose": on_choose is not None,
            "label": label,
            "picture_size": picture_size,
        },
        on_chosen_change=choose,
    )
