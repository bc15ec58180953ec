"""What a network makes of drawings: prepared step by step, then read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES, SIDE
from mnist_core.errors import DrawingError
from mnist_core.formatting import percent
from mnist_core.handwriting.drawing import Prepared, Step, prepare
from mnist_core.inspection.network import Network, has_guess
from pages.views.shared.probabilities import guess_in_words

NO_LIKELIHOODS = np.full(CLASSES, np.nan, np.float32)


@dataclass(frozen=True, eq=False)
class Reading:
    """A drawing on its way to the network, and what the network said.

    Attributes:
        prepared: the image after every step; None where the drawing can't be read.
        y_prob: float32 (10,), 0 to 1; NaN where the network's numbers overflowed, or read nothing.
        problem: why the drawing can't be read.
    """

    prepared: Prepared | None
    y_prob: npt.NDArray[np.float32]
    problem: str = ""

    @property
    def image(self) -> npt.NDArray[np.uint8]:
        """What the network sees: uint8 (28, 28), 0 background to 255 ink."""
        return np.zeros((SIDE, SIDE), np.uint8) if self.prepared is None else self.prepared.image

    @property
    def has_guess(self) -> bool:
        """False where the network's numbers overflowed, or read nothing."""
        return bool(has_guess(self.y_prob))

    @property
    def guess(self) -> str:
        """The most likely digit, a question mark where there is none."""
        return str(self.y_prob.argmax()) if self.has_guess else "?"

    def describe(self) -> str:
        """Put into a few words what the drawing was read as."""
        if self.problem:
            return "can't be read"
        if not self.has_guess:
            return "no guess"
        return f"read as {self.guess}, {percent(float(self.y_prob.max()))} sure"

    def in_words(self) -> str:
        """Write the guess and how sure it is."""
        if not self.has_guess:
            return "No guess: the network's numbers overflowed"
        return guess_in_words(self.y_prob)

    def second_in_words(self) -> str:
        """Put into words what else it might be."""
        if not self.has_guess:
            return ""
        second = int(np.argsort(self.y_prob)[-2])
        return f"Its second guess is {second}, {percent(float(self.y_prob[second]))}."


def read(
    network: Network, drawings: Sequence[npt.NDArray[np.float32]], steps: Collection[Step]
) -> list[Reading]:
    """Let a network read drawings.

    Args:
        network: of the run that was picked.
        drawings: float32 (h, w) each, 0 paper to 1 ink.
        steps: those that are switched on.

    Returns:
        One for each drawing: what it was read as, or why it can't be read.
    """
    readings = [_prepared(drawing, steps) for drawing in drawings]
    sound = [each.image for each in readings if each.prepared is not None]
    probabilities = iter(network.probabilities(np.stack(sound)) if sound else ())
    return [
        each if each.prepared is None else replace(each, y_prob=next(probabilities))
        for each in readings
    ]


def _prepared(drawing: npt.NDArray[np.float32], steps: Collection[Step]) -> Reading:
    try:
        return Reading(prepare(drawing, steps), NO_LIKELIHOODS)
    except DrawingError as error:
        return Reading(None, NO_LIKELIHOODS, str(error))
