"""Small tools for pictures in memory, which several steps need."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_core.handwriting.drawing import Floats


def brightness(colour: Floats) -> Floats:
    """Return how bright colours look: float32 (h, w, 3), 0 to 1, to float32 (h, w).

    Source: ITU-R BT.601.
    """
    return colour @ np.array([0.299, 0.587, 0.114], np.float32)


def resized(picture: Floats, height: int, width: int) -> Floats:
    """Resize float32 (h, w) or (h, w, 3); every pixel counts, however much smaller it becomes."""
    if picture.ndim == 3:
        layers = [resized(layer, height, width) for layer in np.moveaxis(picture, 2, 0)]
        return np.stack(layers, axis=2)
    image = Image.fromarray(np.ascontiguousarray(picture, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)


def shrunk(picture: Floats, side: int) -> Floats:
    """Make a picture smaller until its longer side has at most so many pixels."""
    height, width = picture.shape[:2]
    factor = min(1.0, side / max(height, width))
    return resized(picture, max(1, round(height * factor)), max(1, round(width * factor)))


def turned(picture: Floats, degrees: float) -> Floats:
    """Turn float32 (h, w) counterclockwise about its middle; what comes in is 0."""
    image = Image.fromarray(np.ascontiguousarray(picture, dtype=np.float32))
    return np.asarray(image.rotate(degrees, Image.Resampling.BICUBIC)).clip(0, 1)


def turned_back(
    points: npt.NDArray[np.float64], degrees: float, shape: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """Say where points (n, 2), right and down, of a turned picture were before."""
    angle = np.deg2rad(degrees)
    middle = np.array([shape[1], shape[0]]) / 2
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    where: npt.NDArray[np.float64] = (points - middle) @ back + middle
    return where
