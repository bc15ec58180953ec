"""The signed picture: each number a square, full above 0, small below, stronger further from 0.

It has two colours, but the squares tell above from below without them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from pages.components.browser_part import register_component

_component = register_component("signed_picture", Path(__file__).parent, "signed_picture")


def render_signed_picture(
    values: npt.NDArray[np.float32], scale: float, description: str, *, key: str
) -> None:
    """Draw 28 × 28 numbers.

    Args:
        values: float32 (28, 28).
        scale: the number that has the full colour; what lies beyond has it, too.
        description: what stands for the picture where it can't be seen.
        key: the element's key; it must stay the same for the picture to stay.
    """
    rounded = np.round(np.nan_to_num(values.astype(np.float64)), 4).ravel().tolist()
    _component(key=key, data={"values": rounded, "scale": scale, "description": description})
