"""Dataset: digits in memory, with a name, a digest and words for where they came from.

Knows nothing of files and networks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.data.splitting import Indices, even_mix, split_indices, split_sizes

Pixels = npt.NDArray[np.uint8]

FULL_NAME: Final = "Full MNIST"
SAMPLE_NAME: Final = "Built-in sample"
MNIST_LICENCE: Final = "CC BY-SA 3.0, Yann LeCun and Corinna Cortes"
UNKNOWN_LICENCE: Final = "not known: the file is your own"


def scale(images: Pixels) -> npt.NDArray[np.float32]:
    """Turn grey levels uint8 0 to 255 into the float32 0 to 1 that the network takes."""
    return images.astype(np.float32) / np.float32(255)


class Arrays(NamedTuple):
    """The four arrays of a data set, in Keras's names.

    Attributes:
        x_train: uint8 (n, 28, 28), 0 background to 255 ink.
        y_train: uint8 (n,), 0 to 9.
        x_test: uint8 (m, 28, 28).
        y_test: uint8 (m,).
    """

    x_train: Pixels
    y_train: Pixels
    x_test: Pixels
    y_test: Pixels

    def digest(self) -> str:
        """Compute the SHA-256 in hex over each array's dtype, shape and bytes."""
        return _digest_of([(array.dtype.str, array.shape, _sha256(array)) for array in self])


def _digest_of(parts: Sequence[tuple[str, tuple[int, ...], str]]) -> str:
    """Bring together the dtype, shape and SHA-256 of the bytes of each array."""
    lines = [f"{dtype} {shape} {sha256}\n" for dtype, shape, sha256 in parts]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _sha256(array: Pixels) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


# The hash values of the arrays as published; files differ with the program that packed them.
_PUBLISHED: Final = {
    (60_000, 28, 28): "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    (60_000,): "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    (10_000, 28, 28): "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    (10_000,): "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}
MNIST_DIGEST: Final = _digest_of([("|u1", shape, sha256) for shape, sha256 in _PUBLISHED.items()])


@dataclass(frozen=True, slots=True)
class Split:
    """Training and validation digits, apart from each other.

    Attributes:
        x_train: uint8 (n, 28, 28), 0 background to 255 ink, in a well mixed order.
        y_train: uint8 (n,), 0 to 9.
        x_val: uint8 (m, 28, 28).
        y_val: uint8 (m,).
    """

    x_train: Pixels
    y_train: Pixels
    x_val: Pixels
    y_val: Pixels

    def showcase(self, count: int = 20) -> Indices:
        """Choose validation digits to show: an even mix, always the same.

        Returns:
            At most ``count`` indices into ``x_val``: a 0, a 1, ... a 9, then a second round.
        """
        return even_mix(self.y_val, count)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Digits to learn from and to test with. The arrays can't be written to.

    Safe to share between threads.

    Attributes:
        x_train: uint8 (n, 28, 28), 0 background to 255 ink.
        y_train: uint8 (n,), 0 to 9.
        x_test: uint8 (m, 28, 28); used once, after training.
        y_test: uint8 (m,), 0 to 9.
        name: "Full MNIST", "Built-in sample", or the name of a file.
        digest: SHA-256 in hex over the four arrays.
        source: where the digits came from, in words.
        licence: the licence and the authors.
    """

    x_train: Pixels = field(repr=False)
    y_train: Pixels = field(repr=False)
    x_test: Pixels = field(repr=False)
    y_test: Pixels = field(repr=False)
    name: str
    digest: str
    source: str
    licence: str

    def __post_init__(self) -> None:
        for key in Arrays._fields:
            array = getattr(self, key).view()
            array.flags.writeable = False
            object.__setattr__(self, key, array)

    @classmethod
    def from_arrays(cls, arrays: Arrays, *, name: str, source: str) -> Dataset:
        """Name and hash arrays that have been checked.

        Args:
            arrays: as ``read_npz`` gives them.
            name: used unless the arrays are all of MNIST: that goes by its own name.
            source: where they came from, in words.
        """
        digest = arrays.digest()
        if digest == MNIST_DIGEST:
            name = FULL_NAME
        licence = MNIST_LICENCE if name in {FULL_NAME, SAMPLE_NAME} else UNKNOWN_LICENCE
        return cls(*arrays, name=name, digest=digest, source=source, licence=licence)

    def tested_on(self, images: Pixels, labels: Pixels, name: str) -> Dataset:
        """Return the same training digits with other digits to be tested on.

        Args:
            images: uint8 (n, 28, 28), 0 background to 255 ink, at least one.
            labels: uint8 (n,), 0 to 9.
            name: of the new data set.
        """
        arrays = Arrays(self.x_train, self.y_train, images, labels)
        return Dataset.from_arrays(arrays, name=name, source=f"{self.name}, tested on {name}")

    @property
    def is_sample(self) -> bool:
        """Whether these are the 5,000 digits that come with the program."""
        return self.name == SAMPLE_NAME

    @property
    def description(self) -> str:
        """Name and size, such as "Full MNIST, 70,000 digits"."""
        return f"{self.name}, {len(self.y_train) + len(self.y_test):,} digits"

    def split(self, validation_split: float, fraction: float = 1.0) -> Split:
        """Split the training digits into training and validation.

        The split follows from the labels alone: it is the same for every seed and on every
        machine. Each part holds the ten digits in proportion. The validation digits don't
        depend on the fraction, and a smaller fraction is part of a larger one.

        Args:
            validation_split: share of the training digits kept aside for validation.
            fraction: share of the remaining training digits that is used.

        Raises:
            ConfigError: a share lies outside its limits.
        """
        train, val = split_indices(self.y_train, validation_split, fraction)
        return Split(self.x_train[train], self.y_train[train], self.x_train[val], self.y_train[val])

    def training_digits(self, validation_split: float, fraction: float = 1.0) -> int:
        """Count the digits that ``split`` would leave for training, without copying any.

        Raises:
            ConfigError: a share lies outside its limits.
        """
        return split_sizes(len(self.y_train), validation_split, fraction)[0]
