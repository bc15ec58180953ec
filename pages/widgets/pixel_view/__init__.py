"""The pixel view: a digit beside its 28×28 numbers; a pixel pointed at in one lights up in both.

Rows and columns count from 0, as in ``x_train[number][row, column]``.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_pixel_view(image: npt.NDArray[np.uint8], description: str, *, key: str) -> None:
    """Draw one digit as a picture and as numbers.

    Args:
        image: uint8 (28, 28), 0 background to 255 ink.
        description: what stands for the picture where it can't be seen.
        key: the element's key; it must stay the same for the pixel pointed at to stay.
    """
    _component(key=key, data={"pixels": pack_images(image), "description": description})
