"""Digits disturbed on purpose: thickness, rotation, shift, cover, noise.

Each disturbance is the same every time it is asked for, and strength 0 changes nothing at all.
Knows NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from mnist_core.config import SIDE, Limit
from mnist_core.data.dataset import Pixels
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Floats

_FULL_INK: Final = 255
_BALANCE: Final = 14  # where MNIST puts the centre of mass of every digit


class Perturbation(StrEnum):
    """What can be done to a digit, in the order in which it is done: noise falls on all of it.

    Attributes:
        limit: the weakest and the strongest allowed, in ``unit``.
        step: the distance between two strengths of a slider, in ``unit``.
        curve_step: the distance between two points of a curve, in ``unit``.
        unit: what a strength counts: "degrees".
    """

    THICKNESS = "thickness", Limit(-2, 6), 0.5, 1, "pixels"
    ROTATION = "rotation", Limit(-90, 90), 5, 15, "degrees"
    SHIFT_RIGHT = "shift right", Limit(-10, 10), 1, 2, "pixels"
    SHIFT_DOWN = "shift down", Limit(-10, 10), 1, 2, "pixels"
    COVER = "cover", Limit(0, 20), 2, 2, "pixels"
    NOISE = "noise", Limit(0, 100), 5, 10, "%"

    limit: Limit
    step: float
    curve_step: float
    unit: str

    def __new__(cls, name: str, limit: Limit, step: float, curve_step: float, unit: str) -> Self:
        """Build a member: its name is its value, the rest are its attributes."""
        member = str.__new__(cls, name)
        member._value_, member.limit, member.unit = name, limit, unit
        member.step, member.curve_step = step, curve_step
        return member

    @property
    def explanation(self) -> str:
        """What it does, in a sentence."""
        return _EXPLANATIONS[self]

    @property
    def label(self) -> str:
        """What it is called on a slider."""
        return self.value.capitalize()

    @property
    def slider_strengths(self) -> tuple[float, ...]:
        """Every strength that a slider can stand on, weakest first."""
        return _spaced(self.limit, self.step)

    @property
    def curve_strengths(self) -> tuple[float, ...]:
        """The strengths at which a curve has its points, weakest first; 0 is among them."""
        return _spaced(self.limit, self.curve_step)

    def describe(self, strength: float) -> str:
        """Put into words what was done: "turned 30° to the right"."""
        if not strength:
            return "left as it is"
        size = f"{abs(strength):g}"
        pixels = "pixel" if size == "1" else "pixels"
        match self:
            case Perturbation.NOISE:
                return f"with {size} % noise"
            case Perturbation.ROTATION:
                return f"turned {size}° to the {'right' if strength > 0 else 'left'}"
            case Perturbation.SHIFT_RIGHT:
                return f"shifted {size} {pixels} to the {'right' if strength > 0 else 'left'}"
            case Perturbation.SHIFT_DOWN:
                return f"shifted {size} {pixels} {'down' if strength > 0 else 'up'}"
            case Perturbation.THICKNESS:
                return f"with lines {size} {pixels} {'thicker' if strength > 0 else 'thinner'}"
            case Perturbation.COVER:
                return f"with {size} × {size} pixels covered"

    def check(self, strength: float) -> float:
        """Return a strength back that is allowed.

        Raises:
            EvaluationError: it is no number, outside the limits, or not whole where pixels are
                counted.
        """
        is_number = isinstance(strength, (int, float, np.integer, np.floating))
        if not is_number or isinstance(strength, bool) or not self.limit.allows(strength):
            raise EvaluationError(
                f"{self.label} must be {self.limit} {self.unit}; got {strength!r}."
            )
        counted = (Perturbation.SHIFT_RIGHT, Perturbation.SHIFT_DOWN, Perturbation.COVER)
        if self in counted and strength != math.floor(strength):
            raise EvaluationError(
                f"{self.label} must be a whole number of {self.unit}; got {strength!r}."
            )
        return float(strength)


_EXPLANATIONS: Final[Mapping[Perturbation, str]] = {
    Perturbation.THICKNESS: "Lines get this much wider, or thinner below 0. Those of MNIST are "
    "about 2.5 pixels wide.",
    Perturbation.ROTATION: "The digit is turned about its balance point, to the right above 0.",
    Perturbation.SHIFT_RIGHT: "The digit moves to the right, below 0 to the left. What leaves the "
    "image is lost.",
    Perturbation.SHIFT_DOWN: "The digit moves down, below 0 up. What leaves the image is lost.",
    Perturbation.COVER: "A black square of this side lies on the middle of the image.",
    Perturbation.NOISE: "Every pixel gets lighter or darker by chance. The strength is the "
    "standard deviation of that, in % of the way from black to white.",
}


def perturb(images: Pixels, strengths: Mapping[Perturbation, float], seed: int = 0) -> Pixels:
    """Disturb digits.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink; left as they are.
        strengths: of each disturbance, in its unit; those that are missing are 0.
        seed: decides the noise. Of the same seed and place in ``images``, a digit gets the same
            noise, only stronger.

    Returns:
        uint8 (n, 28, 28).

    Raises:
        EvaluationError: these are no digits, or a strength is not allowed.
    """
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE):
        raise EvaluationError(
            f"Digits must be uint8 of the shape (n, {SIDE}, {SIDE}); "
            f"got {images.dtype} of the shape {images.shape}."
        )
    for kind, strength in strengths.items():
        kind.check(strength)
    for kind in Perturbation:
        strength = float(strengths.get(kind, 0))
        if strength:
            images = _apply(kind, images, strength, seed)
    return images


def _spaced(limit: Limit, step: float) -> tuple[float, ...]:
    count = round((limit.maximum - limit.minimum) / step)
    return tuple(limit.minimum + step * number for number in range(count + 1))


def _apply(kind: Perturbation, images: Pixels, strength: float, seed: int) -> Pixels:
    match kind:
        case Perturbation.THICKNESS:
            return _with_lines(images, strength)
        case Perturbation.ROTATION:
            return _turned(images, strength)
        case Perturbation.SHIFT_RIGHT:
            return _shifted(images, int(strength), axis=2)
        case Perturbation.SHIFT_DOWN:
            return _shifted(images, int(strength), axis=1)
        case Perturbation.COVER:
            return _covered(images, int(strength))
        case Perturbation.NOISE:
            return _noisy(images, strength / 100, seed)


def _noisy(images: Pixels, deviation: float, seed: int) -> Pixels:
    noise = np.random.default_rng(seed).standard_normal(images.shape, np.float32)
    return _as_pixels(images + noise * np.float32(deviation * _FULL_INK))


def _shifted(images: Pixels, distance: int, axis: int) -> Pixels:
    moved = np.roll(images, distance, axis)
    came_round = slice(distance) if distance > 0 else slice(distance, None)
    np.moveaxis(moved, axis, 0)[came_round] = 0
    return moved


def _covered(images: Pixels, side: int) -> Pixels:
    first = (SIDE - side) // 2
    square = slice(first, first + side)
    left = images.copy()
    left[:, square, square] = 0
    return left


def _turned(images: Pixels, degrees: float) -> Pixels:
    """Turn about the balance point; grey levels are mixed from the four nearest pixels."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(len(images), (SIDE + 2) ** 2)
    turned = np.zeros((len(images), SIDE * SIDE), np.float32)
    for sources, shares in _sources(degrees):
        turned += np.take(framed, sources, axis=1) * shares
    return _as_pixels(turned).reshape(images.shape)


@cache
def _sources(degrees: float) -> list[tuple[npt.NDArray[np.intp], Floats]]:
    """Return from where each pixel of a turned digit comes.

    Returns:
        For each of four neighbours its place in a digit with a frame of one empty pixel, and its
        share; (784,) both.
    """
    angle = math.radians(degrees)
    down, right = np.indices((SIDE, SIDE)).reshape(2, -1) - _BALANCE
    # Rows count downwards: so this is how far one has to turn back to the left.
    column = right * math.cos(angle) + down * math.sin(angle) + _BALANCE
    row = down * math.cos(angle) - right * math.sin(angle) + _BALANCE
    # Everything outside the digit is the empty frame.
    row, column = (np.clip(place, -1, SIDE) for place in (row, column))
    top, left = (np.minimum(np.floor(place), SIDE - 1).astype(np.intp) for place in (row, column))
    below, beside = row - top, column - left
    return [
        ((y + 1) * (SIDE + 2) + x + 1, (share_of_row * share).astype(np.float32))
        for y, share_of_row in ((top, 1 - below), (top + 1, below))
        for x, share in ((left, 1 - beside), (left + 1, beside))
    ]


def _with_lines(images: Pixels, wider: float) -> Pixels:
    """Move the edge of every line by half as many pixels, in steps of a whole one."""
    extreme = np.maximum if wider > 0 else np.minimum
    whole, rest = divmod(abs(wider) / 2, 1)
    for number in range(int(whole)):
        images = _spread(images, extreme, with_corners=number % 2 == 1)
    if not rest:
        return images
    further = _spread(images, extreme, with_corners=int(whole) % 2 == 1)
    # float32: the difference of two bytes may be below 0.
    return _as_pixels(images + np.float32(rest) * (further - images.astype(np.float32)))


def _spread(images: Pixels, extreme: Any, *, with_corners: bool) -> Pixels:
    """Return each pixel the most (or least) ink of its four neighbours and itself.

    With the corners, of all eight: one after the other, the two give a nearly round pen.
    """
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    upright = extreme(extreme(framed[:, :-2], framed[:, 1:-1]), framed[:, 2:])
    if with_corners:
        across = (upright[:, :, :-2], upright[:, :, 2:])
    else:
        across = (framed[:, 1:-1, :-2], framed[:, 1:-1, 2:])
    spread: Pixels = extreme(extreme(upright[:, :, 1:-1], across[0]), across[1])
    return spread


def _as_pixels(values: npt.NDArray[Any]) -> Pixels:
    pixels: Pixels = np.rint(values).clip(0, _FULL_INK).astype(np.uint8)
    return pixels
