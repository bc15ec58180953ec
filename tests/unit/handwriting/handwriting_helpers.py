"""Digits of MNIST on a page, and the page as a file: what several tests need."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

PLACES = [(60, 40), (180, 55), (330, 45), (70, 230), (200, 215), (340, 225)]


def on_paper(images: np.ndarray, places: list[tuple[int, int]] = PLACES) -> np.ndarray:
    """Ink of some digits of MNIST on a page of 500 × 400, 100 pixels each."""
    ink = np.zeros((400, 500), np.float32)
    for image, (left, top) in zip(images, places, strict=False):
        large = Image.fromarray(image).resize((100, 100), Image.Resampling.BICUBIC)
        ink[top : top + 100, left : left + 100] = np.asarray(large, np.float32) / 255
    return ink


def photographed(ink: np.ndarray, *, light: float = 0.5, noise: float = 0.03) -> np.ndarray:
    """Dark ink on paper on which the light falls off to a share of itself."""
    height, width = ink.shape
    down, right = np.mgrid[0:height, 0:width]
    shade = 1 - (1 - light) * (right / width * 0.7 + down / height * 0.3)
    rng = np.random.default_rng(0)
    grey = 0.95 * shade * (1 - 0.75 * ink) + rng.normal(0, noise, ink.shape)
    return grey.clip(0, 1).astype(np.float32)


def as_file(grey: np.ndarray, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.uint8(grey * 255)).save(file, kind, **options)
    return file.getvalue()


def in_colour(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., np.newaxis], 3, axis=2)
