"""Images on their way to the browser; digit_image.js unpacks and paints them there."""

import base64

import numpy as np
import numpy.typing as npt


def pack_images(images: npt.NDArray[np.uint8]) -> str:
    """Write images as the browser's script unpacks them: their bytes in base64.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink.
    """
    return base64.b64encode(np.ascontiguousarray(images, dtype=np.uint8).tobytes()).decode()
