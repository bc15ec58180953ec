"""Preparing a digit: its numbers divided by 255, its 28 rows laid into one of 784.

The viewer does both: a box divides, a slider lays row after row.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_flattening(image: npt.NDArray[np.uint8], description: str, *, key: str) -> None:
    """Draw one digit, as far as its rows are not laid into one yet, and the row of 784.

    Args:
        image: uint8 (28, 28), 0 background to 255 ink.
        description: what stands for the picture where it can't be seen.
        key: the element's key; it must stay the same for box and slider to stay.
    """
    _component(key=key, data={"pixels": pack_images(image), "description": description})
