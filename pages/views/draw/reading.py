"""What a network makes of drawings: prepared step by step, then read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_core.errors import DrawingError
from mnist_core.formatting import percent
from mnist_core.handwriting.drawing import Prepared, Step, prepare
from mnist_core.inspection.network import Network, has_guess
from pages.views.shared.probabilities import guess_in_words


@dataclass(frozen=True, eq=False)
class Reading:
    """A drawing on its way to the network, and what the network said.

    Attributes:
        prepared: the image after every step.
        y_prob: float32 (10,), 0 to 1; NaN where the network's numbers overflowed.
    """

    prepared: Prepared
    y_prob: npt.NDArray[np.float32]

    @property
    def has_guess(self) -> bool:
        """False where the network's numbers overflowed."""
        return bool(has_guess(self.y_prob))

    @property
    def guess(self) -> str:
        """The most likely digit, a question mark where there is none."""
        return str(self.y_prob.argmax()) if self.has_guess else "?"

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
) -> list[Reading | DrawingError]:
    """Let a network read drawings.

    Args:
        network: of the run that was picked.
        drawings: float32 (h, w) each, 0 paper to 1 ink.
        steps: those that are switched on.

    Returns:
        One for each drawing: what it was read as, or why it can't be read.
    """
    prepared = [_prepared(drawing, steps) for drawing in drawings]
    sound = [each for each in prepared if isinstance(each, Prepared)]
    if not sound:
        return [each for each in prepared if isinstance(each, DrawingError)]
    probabilities = iter(network.probabilities(np.stack([each.image for each in sound])))
    return [
        each if isinstance(each, DrawingError) else Reading(each, next(probabilities))
        for each in prepared
    ]


def _prepared(drawing: npt.NDArray[np.float32], steps: Collection[Step]) -> Prepared | DrawingError:
    try:
        return prepare(drawing, steps)
    except DrawingError as error:
        return error
