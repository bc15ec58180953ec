"""The validation digits whose guesses a live figure shows."""

import functools

import numpy as np
import numpy.typing as npt

from mnist_core.data import Dataset

Images = npt.NDArray[np.uint8]


@functools.lru_cache(maxsize=8)
def showcase(dataset: Dataset, validation_split: float) -> tuple[Images, Images]:
    """Return the digits whose guesses are shown, and their labels: uint8 (k, 28, 28) and (k,)."""
    split = dataset.split(validation_split)  # the fraction leaves the validation digits alone
    shown = split.showcase()
    return split.x_val[shown], split.y_val[shown]
