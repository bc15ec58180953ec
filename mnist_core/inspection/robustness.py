"""How steady a network is: what it says of digits while they are disturbed more and more.

Knows NumPy only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mnist_core.config import NO_GUESS
from mnist_core.data.dataset import Pixels
from mnist_core.errors import EvaluationError
from mnist_core.formatting import percent
from mnist_core.inspection.network import BLOCK, Network, guesses
from mnist_core.inspection.perturbations import Perturbation, perturb


@dataclass(frozen=True)
class Change:
    """Where a growing disturbance makes a network change its mind about a digit.

    Attributes:
        strength: the first on a slider's way from 0 at which the guess is another one.
        guess: what it then says; None where its numbers overflow.
    """

    strength: float
    guess: int | None


@dataclass(frozen=True)
class RobustnessCurve:
    """How often a network is right while one disturbance grows.

    Attributes:
        kind: the disturbance; all others stand on 0.
        strengths: in order, at least two.
        accuracy: for each of them, 0 to 1.
        digits: how many digits were read at each of them.
    """

    kind: Perturbation
    strengths: tuple[float, ...]
    accuracy: tuple[float, ...]
    digits: int

    def at(self, strength: float) -> float:
        """Read the accuracy off the straight lines between the points."""
        return float(np.interp(strength, self.strengths, self.accuracy))

    def words(self) -> str:
        """Put the curve into a sentence, for those who can't see it."""
        points = [
            f"{self.kind.describe(strength)} {percent(accuracy)}"
            for strength, accuracy in zip(self.strengths, self.accuracy, strict=True)
        ]
        return f"Accuracy on {self.digits:,} test digits: {', '.join(points)}."

    def csv(self) -> bytes:
        """Write the points as a table: strength and accuracy, a line each."""
        lines = [f"{self.kind.value} in {self.kind.unit},accuracy"]
        lines += [f"{s:g},{a:.4f}" for s, a in zip(self.strengths, self.accuracy, strict=True)]
        return ("\n".join(lines) + "\n").encode()


def accuracy_when_perturbed(
    network: Network, images: Pixels, labels: Pixels, kind: Perturbation, strength: float
) -> float:
    """Count how often a network is right about disturbed digits.

    Args:
        network: who reads them. Where its numbers overflow, it has no guess and is wrong.
        images: uint8 (n, 28, 28), at least one.
        labels: uint8 (n,), 0 to 9.
        kind: the only disturbance.
        strength: of it, in its unit.

    Returns:
        0 to 1.

    Raises:
        EvaluationError: there is no digit, a label is missing, or the strength is not allowed.
    """
    if not len(images) or len(images) != len(labels):
        raise EvaluationError(f"{len(images):,} digits and {len(labels):,} labels: no test.")
    right = 0
    for number, first in enumerate(range(0, len(images), BLOCK)):
        block = slice(first, first + BLOCK)
        y_prob = network.probabilities(perturb(images[block], {kind: strength}, seed=number))
        right += int(np.count_nonzero(guesses(y_prob) == labels[block]))
    return right / len(images)


def first_changes(
    network: Network, image: Pixels, kind: Perturbation, others: Mapping[Perturbation, float]
) -> list[Change]:
    """Find where a disturbance, growing from 0, first changes what a network says of a digit.

    Args:
        network: who reads it.
        image: uint8 (28, 28), 0 background to 255 ink.
        kind: the disturbance that grows, in the steps of its slider.
        others: where the other disturbances stand meanwhile.

    Returns:
        One for each direction in which the guess changes, that below 0 first.

    Raises:
        EvaluationError: this is no digit, or a strength is not allowed.
    """
    strengths = kind.slider_strengths
    perturbed = [perturb(image[np.newaxis], {**others, kind: strength}) for strength in strengths]
    given = guesses(network.probabilities(np.concatenate(perturbed))).tolist()
    start = strengths.index(0)
    ways = (range(start, -1, -1), range(start, len(strengths)))
    changes = (next((n for n in way if given[n] != given[start]), None) for way in ways)
    return [
        Change(strengths[place], None if given[place] == NO_GUESS else given[place])
        for place in changes
        if place is not None
    ]
