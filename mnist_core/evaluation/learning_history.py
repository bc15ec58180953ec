"""The life of one digit in a run: when the network read it right, and when wrong again.

Told from the weights that were stored, which for long runs are not those of every epoch: what
happened between two of them is not seen. Knows neither the store nor pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from mnist_core.config import NO_GUESS
from mnist_core.errors import EvaluationError
from mnist_core.evaluation.predictions import Evaluation, Labels, Probabilities
from mnist_core.inspection.network import Network

BEFORE_TRAINING: Final = -1
"""The "epoch" of the start weights, before any training."""

_TURNS_TOLD: Final = 4  # more of them make a sentence that nobody reads


@dataclass(frozen=True, eq=False)
class LearningHistory:
    """What a network said of one digit, each time its weights were stored.

    Attributes:
        true: what the digit is, 0 to 9.
        epochs: from 0, in order; ``BEFORE_TRAINING`` is before the first.
        y_prob: float32 (epochs, 10), its probabilities after each of them.

    Raises:
        EvaluationError: no weights were stored, or the arrays don't belong together.
    """

    true: int
    epochs: tuple[int, ...]
    y_prob: Probabilities

    def __post_init__(self) -> None:
        if not self.epochs:
            raise EvaluationError("This run has stored no weights to go back to.")
        if list(self.epochs) != sorted(set(self.epochs)):
            raise EvaluationError("The epochs of a life must stand in order, each once.")
        _ = self._evaluation  # checks the rest

    @cached_property
    def _evaluation(self) -> Evaluation:
        return Evaluation(np.full(len(self.epochs), self.true), self.y_prob)

    @property
    def guesses(self) -> Labels:
        """uint8 (epochs,): the guess after each; ``NO_GUESS`` where there was none."""
        return self._evaluation.y_pred

    @property
    def confidence(self) -> Probabilities:
        """float32 (epochs,): the probability of each guess."""
        return self._evaluation.confidence

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Bool (epochs,): whether the guess was right."""
        return self._evaluation.right

    @cached_property
    def _turns(self) -> list[tuple[int, bool]]:
        """Each epoch that found it otherwise than before, and how; before all it was wrong."""
        before = [False, *self.right[:-1].tolist()]
        both = zip(self.epochs, before, self.right.tolist(), strict=True)
        return [(epoch, now) for epoch, then, now in both if now != then]

    def words(self) -> str:
        """Put the life into a sentence: "Right after epoch 2, wrong again after epoch 7."."""
        if not self._turns:
            last = self.guesses[-1]
            return (
                "Never right." if last == NO_GUESS else f"Never right; the last guess was {last}."
            )
        stays = bool(self.right[-1])
        if len(self._turns) > _TURNS_TOLD:
            end = "right" if stays else "wrong"
            return (
                f"Changed between right and wrong {len(self._turns)} times: right for the first "
                f"time {_when(self._turns[0][0])}, {end} at the end."
            )
        (first, _), *others = self._turns
        parts = [f"Right {_when(first)}"]
        parts += [
            f"{'right' if right else 'wrong'} again {_when(epoch)}" for epoch, right in others
        ]
        return ", ".join(parts) + (" and from then on." if stays else ".")


def trace_learning(
    image: npt.NDArray[np.uint8], true: int, networks: Iterable[tuple[int, Network]]
) -> LearningHistory:
    """Ask every stored network what it says of a digit.

    Args:
        image: uint8 (28, 28), 0 background to 255 ink.
        true: what the digit is, 0 to 9.
        networks: epoch and network, in the order of the epochs; one at a time is enough in
            memory.

    Raises:
        EvaluationError: there is no network, or ``true`` is no digit.
    """
    looks = [(epoch, network.probabilities(image[np.newaxis])[0]) for epoch, network in networks]
    epochs = tuple(epoch for epoch, _ in looks)
    return LearningHistory(true, epochs, np.array([y_prob for _, y_prob in looks], np.float32))


def _when(epoch: int) -> str:
    return "before any training" if epoch == BEFORE_TRAINING else f"after epoch {epoch + 1}"
