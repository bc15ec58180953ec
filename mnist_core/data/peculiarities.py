"""Digits that can be used but look unlike MNIST's: on their side, mirrored, black on white.

Told by comparing the average of each digit with that of digits known to be right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from mnist_core.data.dataset import Dataset
from mnist_core.data.statistics import Means, average_digits

LOOKED_AT: Final = 5_000
"""Digits whose average is taken: enough for a steady one, in a few milliseconds."""

DARK: Final = 64
"""The lightest pixel below which digits are nearly invisible; MNIST's have 255."""

_DIGITS: Final = 0.5  # of correlation; below, they are pictures of something else
_CLEARLY: Final = 0.1  # of correlation; a few digits of one hand differ by less

# How they lie, and what puts them right: an expression of an array x of shape (n, 28, 28).
_TURNS: Final[dict[str, tuple[str, Callable[[Means], Means]]]] = {
    "": ("x", lambda x: x),
    "lie on their side and are mirrored": ("x.transpose(0, 2, 1)", lambda x: x.transpose(0, 2, 1)),
    "are turned by a quarter to the left": (
        "np.rot90(x, -1, (1, 2))",
        lambda x: np.rot90(x, -1, (1, 2)),
    ),
    "are turned by a quarter to the right": (
        "np.rot90(x, 1, (1, 2))",
        lambda x: np.rot90(x, 1, (1, 2)),
    ),
    "stand on their head": ("x[:, ::-1, ::-1]", lambda x: x[:, ::-1, ::-1]),
    "are mirrored left to right": ("x[:, :, ::-1]", lambda x: x[:, :, ::-1]),
    "are mirrored top to bottom": ("x[:, ::-1]", lambda x: x[:, ::-1]),
    "lie on their side": (
        "x[:, ::-1, ::-1].transpose(0, 2, 1)",
        lambda x: x[:, ::-1, ::-1].transpose(0, 2, 1),
    ),
}


def peculiarity(dataset: Dataset, typical: Dataset) -> str:
    """Say in a sentence or two how digits look otherwise than they should; else nothing.

    Args:
        dataset: any digits.
        typical: digits that look as they should, all ten of them.
    """
    images, labels = dataset.x_train[:LOOKED_AT], dataset.y_train[:LOOKED_AT]
    if images.max() < DARK:
        mend = f"x * (255 // {max(1, int(images.max()))})"
        return _sentence(dataset, f"have no pixel above {images.max()}, of 255", mend)
    averages = average_digits(images, labels)
    right = average_digits(typical.x_train, typical.y_train)
    present = np.isfinite(averages[:, 0, 0])
    likeness = {
        name: _likeness(turn(averages[present]), right[present])
        for name, (_, turn) in _TURNS.items()
    }
    inverted = max(likeness.values()) < -min(likeness.values())
    likeness = {name: abs(value) for name, value in likeness.items() if (value < 0) == inverted}
    name = max(likeness, key=lambda each: likeness[each], default="")
    if likeness.get(name, 0.0) < _DIGITS:
        return ""
    if likeness.get("", 0.0) > likeness.get(name, 0.0) - _CLEARLY:
        name = ""
    mend = f"255 - {_TURNS[name][0]}" if inverted else _TURNS[name][0]
    told = [name, "are dark on light" if inverted else ""]
    if not any(told):
        return ""
    return _sentence(dataset, " and ".join(filter(None, told)), mend)


def _likeness(averages: Means, right: Means) -> float:
    """Return the correlation of pictures with others, the mean over them: -1 to 1."""
    both: list[npt.NDArray[np.float64]] = []
    for pictures in (averages, right):
        flat = pictures.reshape(len(pictures), -1)
        flat = flat - flat.mean(axis=1, keepdims=True)
        both.append(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9))
    return float((both[0] * both[1]).sum(axis=1).mean())


def _sentence(dataset: Dataset, what: str, mend: str) -> str:
    return (
        f"The digits of {dataset.name} {what}: a network learns them, but reads no drawings and "
        f"photos with what it learned. Mend them with NumPy, x_train and x_test alike: x = {mend}"
    )
