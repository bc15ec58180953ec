"""How well a run reads digits: its mistakes, its confusion matrix, its report, its calibration.

Made from labels and probabilities alone. Knows nothing of networks, stores, pages and charts.

Where a network's numbers overflowed, its probabilities are not numbers. Such a row is no guess at
all: ``y_pred`` is ``NO_GUESS``, the confidence 0, the loss the largest there is, and it counts as
wrong. The confusion matrix and the precision of a digit leave it out, since it names no digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from mnist_core.config import CLASSES, NO_GUESS, SMALLEST_PROBABILITY
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import has_guess

Labels = npt.NDArray[np.uint8]
Probabilities = npt.NDArray[np.float32]
Positions = npt.NDArray[np.intp]
Truths = npt.NDArray[np.bool_]

UNSURE_BELOW: Final = 0.6
"""A guess with less confidence than this is called unsure, right as it may be."""

KINDS: Final[Mapping[str, str]] = {
    "wrong": "wrong digits",
    "unsure": "right but unsure",
    "right": "right digits",
    "all": "all digits",
}
"""What ``select`` can choose, in words."""

ORDERS: Final[Mapping[str, str]] = {
    "confident": "most confident first",
    "unconfident": "least confident first",
    "close": "closest second guess first",
    "loss": "largest loss first",
    "index": "in the order of the data",
}
"""How ``select`` can sort, in words."""

_MOST_BINS: Final = 100


class Confused(NamedTuple):
    """One digit taken for another.

    Attributes:
        true: what the digit is.
        guess: what it was taken for.
        times: how often.
    """

    true: int
    guess: int
    times: int


class Hardest(NamedTuple):
    """The digit that is read worst.

    Attributes:
        digit: which.
        right: how many of them were read right.
        support: how many there are.
        taken_for: what it is taken for most often; None where that has no name.
    """

    digit: int
    right: int
    support: int
    taken_for: int | None


@dataclass(frozen=True, eq=False)
class Calibration:
    """Whether a network is right as often as it is confident.

    Attributes:
        edges: float64 (bins + 1,), 0 to 1. A bin holds the guesses whose confidence is above its
            lower edge, up to and with its upper one; the first holds 0 as well.
        count: int64 (bins,), guesses in each bin.
        confidence: float64 (bins,), mean confidence of those; NaN in an empty bin.
        accuracy: float64 (bins,), share of those that are right; NaN in an empty bin.
        ece: expected calibration error, 0 to 1: how far confidence and accuracy lie apart, as a
            mean over all guesses.
    """

    edges: npt.NDArray[np.float64]
    count: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]
    ece: float


@dataclass(frozen=True, eq=False)
class Abstention:
    """What is left when a network may say "I don't know".

    Attributes:
        thresholds: float64 (n,), 0 to 1, rising: it answers where its confidence is at least this.
        answered: int64 (n,), digits that it answers.
        right: int64 (n,), those of them that it reads right.
        digits: how many there are.
    """

    thresholds: npt.NDArray[np.float64]
    answered: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    digits: int

    @property
    def answered_share(self) -> npt.NDArray[np.float64]:
        """float64 (n,): the share of all digits that it answers."""
        return self.answered / self.digits

    @property
    def wrong_share(self) -> npt.NDArray[np.float64]:
        """float64 (n,): the share of its answers that are wrong; NaN where it answers nothing."""
        return _shares(self.answered - self.right, self.answered, empty=np.nan)


class Changes(NamedTuple):
    """What a second run reads differently from a first one, on the same digits.

    First come the digits of which both runs are surest: the clearest contradictions.

    Attributes:
        fixed: intp, positions of digits that the first got wrong and the second right.
        broken: intp, right at first and now wrong.
        still_wrong: intp, wrong both times, by the same guess or another.
        both_right: how many digits both got right.
    """

    fixed: Positions
    broken: Positions
    still_wrong: Positions
    both_right: int


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Guesses beside the truth. The arrays can't be written to.

    What is computed is kept. A position counts the digits of this evaluation from 0; an index is
    what ``indices`` names them by.

    Attributes:
        y_true: uint8 (n,), 0 to 9; at least one digit.
        y_prob: float32 (n, 10), the probabilities of the ten digits, 0 to 1.
        indices: intp (n,), where each digit stands in the data set; 0 to n - 1 if not given.

    Raises:
        EvaluationError: the arrays don't belong together, or a label is no digit.
    """

    y_true: Labels = field(repr=False)
    y_prob: Probabilities = field(repr=False)
    indices: Positions = field(default=cast(Positions, None), repr=False)

    def __post_init__(self) -> None:
        y_true, y_prob = np.asarray(self.y_true), np.asarray(self.y_prob, np.float32)
        indices = np.arange(len(y_true)) if self.indices is None else np.asarray(self.indices)
        _check_fit(y_true, y_prob, indices)
        self._freeze("y_true", y_true.astype(np.uint8, copy=False))
        self._freeze("y_prob", y_prob)
        self._freeze("indices", indices.astype(np.intp, copy=False))

    def _freeze(self, name: str, array: npt.NDArray[Any]) -> None:
        view = array.view()
        view.flags.writeable = False
        object.__setattr__(self, name, view)

    def __len__(self) -> int:
        return len(self.y_true)

    @cached_property
    def has_guess(self) -> Truths:
        """Bool (n,): whether all ten probabilities are numbers."""
        return has_guess(self.y_prob)

    @cached_property
    def y_pred(self) -> Labels:
        """uint8 (n,): the most likely digit, the smaller one of two alike; or ``NO_GUESS``."""
        return self._ranked(0)

    @cached_property
    def second(self) -> Labels:
        """uint8 (n,): the second most likely digit; or ``NO_GUESS``."""
        return self._ranked(1)

    @cached_property
    def confidence(self) -> Probabilities:
        """float32 (n,): the probability of the guess; 0 where there is no guess."""
        return self._probability_of(self.y_pred)

    @cached_property
    def margin(self) -> Probabilities:
        """float32 (n,): how much likelier the guess is than the second one; 0 without a guess."""
        return self.confidence - self._probability_of(self.second)

    @cached_property
    def loss(self) -> npt.NDArray[np.float64]:
        """float64 (n,): the cross-entropy of each digit, 0 to 16.1 by Keras's clipping."""
        of_the_true = np.where(self.has_guess, self._probability_of(self.y_true), 0)
        clipped = of_the_true.astype(np.float64).clip(
            SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY
        )
        return cast(npt.NDArray[np.float64], -np.log(clipped))

    @cached_property
    def right(self) -> Truths:
        """Bool (n,): whether the guess is the truth."""
        return cast(Truths, self.y_pred == self.y_true)

    @cached_property
    def accuracy(self) -> float:
        """Share of the digits that are read right, 0 to 1."""
        return float(self.right.mean())

    @cached_property
    def confusion(self) -> npt.NDArray[np.int64]:
        """int64 (10, 10): ``confusion[i, j]`` digits that are ``i`` were taken for ``j``."""
        cells = self.y_true[self.has_guess] * np.intp(CLASSES) + self.y_pred[self.has_guess]
        counts = np.bincount(cells, minlength=CLASSES**2).astype(np.int64)
        return counts.reshape(CLASSES, CLASSES)

    def frequent_mistakes(self, count: int = 5) -> list[Confused]:
        """Name the digits most often taken for another.

        Args:
            count: how many to name at most.

        Returns:
            The most frequent first; of equally frequent ones the smaller true digit, then the
            smaller guess. What never happened is left out.
        """
        mistakes = self.confusion.copy()
        np.fill_diagonal(mistakes, 0)
        ranked = np.argsort(-mistakes, axis=None, kind="stable")[:count]
        pairs = [(*divmod(int(cell), CLASSES), int(mistakes.flat[cell])) for cell in ranked]
        return [Confused(*pair) for pair in pairs if pair[2]]

    def hardest(self) -> Hardest | None:
        """Name the digit with the smallest recall, of those that were read wrong at all.

        Returns:
            None where every digit was read right. Of equally hard digits the smaller one.
        """
        if self.right.all():
            return None
        support = np.bincount(self.y_true, minlength=CLASSES)
        rights = self.confusion.diagonal()
        digit = int(_shares(rights, support, empty=1.0).argmin())
        mistakes = self.confusion[digit].copy()
        mistakes[digit] = 0
        taken_for = int(mistakes.argmax()) if mistakes.any() else None
        return Hardest(digit, int(rights[digit]), int(support[digit]), taken_for)

    def select(
        self,
        kind: str = "wrong",
        *,
        true: int | None = None,
        guess: int | None = None,
        confidence: tuple[float, float] = (0.0, 1.0),
        order: str = "confident",
    ) -> Positions:
        """Choose digits and sort them.

        Args:
            kind: one of ``KINDS``. "unsure" is right with a confidence below ``UNSURE_BELOW``.
            true: only digits that are this one; None for all.
            guess: only digits taken for this one; None for all.
            confidence: lowest and highest confidence of the guess, 0 to 1, both included.
            order: one of ``ORDERS``; of equal digits the smaller index comes first.

        Returns:
            intp (m,), positions in this evaluation.

        Raises:
            EvaluationError: a name, a digit or a range is not allowed; says what is.
        """
        _check_choice("kind of digits", kind, KINDS)
        _check_choice("order", order, ORDERS)
        chosen = self._of_kind(kind) & self._within(confidence)
        if true is not None:
            chosen &= self.y_true == _checked_digit(true)
        if guess is not None:
            chosen &= self.y_pred == _checked_digit(guess)
        positions = np.flatnonzero(chosen)
        return positions[np.lexsort((self.indices[positions], self._sort_key(order)[positions]))]

    def report(self) -> pd.DataFrame:
        """Return precision, recall, F1 and support of each digit.

        Defined as in scikit-learn's ``classification_report(..., zero_division=0)``: precision is
        the share of the guesses "3" that are a 3, recall the share of the 3s that were read as a
        3, F1 their harmonic mean, support how many 3s there are.

        Returns:
            Ten rows, index "digit" 0 to 9; columns precision, recall, f1 (float64, 0 to 1) and
            support (int64).
        """
        hits = self.confusion.diagonal()
        guessed = self.confusion.sum(axis=0)
        support = np.bincount(self.y_true, minlength=CLASSES).astype(np.int64)
        return pd.DataFrame(
            {
                "precision": _shares(hits, guessed),
                "recall": _shares(hits, support),
                "f1": _shares(2 * hits, guessed + support),
                "support": support,
            },
            index=pd.RangeIndex(CLASSES, name="digit"),
        )

    def calibration(self, bins: int = 10) -> Calibration:
        """Compare confidence and accuracy, in bins of equal width.

        Args:
            bins: how many, 1 to 100.

        Raises:
            EvaluationError: the number of bins is not allowed.

        Source: Guo et al. 2017, On Calibration of Modern Neural Networks, equations 2 to 5.
        """
        if not _is_whole(bins) or not 1 <= bins <= _MOST_BINS:
            raise EvaluationError(f"{bins!r} bins are not allowed. Choose 1 to {_MOST_BINS}.")
        edges = np.linspace(0, 1, bins + 1)
        confidence = self.confidence.astype(np.float64)
        places = (np.searchsorted(edges, confidence, side="left") - 1).clip(0, bins - 1)
        count = np.bincount(places, minlength=bins).astype(np.int64)
        confident = np.bincount(places, confidence, minlength=bins)
        right = np.bincount(places, self.right, minlength=bins)
        return Calibration(
            edges=edges,
            count=count,
            confidence=_shares(confident, count, empty=np.nan),
            accuracy=_shares(right, count, empty=np.nan),
            ece=float(np.abs(right - confident).sum() / len(self)),
        )

    def abstention(self, thresholds: Sequence[float]) -> Abstention:
        """Count what the network would answer, and get right, if it answered only when it is sure.

        Args:
            thresholds: lowest confidences for an answer, 0 to 1, rising. A digit without a guess
                is never answered.
        """
        lowest = np.asarray(thresholds, np.float64)
        answers = self.has_guess & (self.confidence.astype(np.float64) >= lowest[:, None])
        return Abstention(
            thresholds=lowest,
            answered=answers.sum(axis=1),
            right=(answers & self.right).sum(axis=1),
            digits=len(self),
        )

    def mistakes_table(self) -> pd.DataFrame:
        """List every wrong digit, in the order of the indices.

        Returns:
            Columns index, true, guess (missing where there is no guess), p0 to p9 (float32).
        """
        wrong = self.select("wrong", order="index")
        guesses = pd.arrays.IntegerArray(self.y_pred[wrong], ~self.has_guess[wrong])
        return pd.DataFrame(
            {
                "index": self.indices[wrong],
                "true": self.y_true[wrong],
                "guess": guesses,
                **{f"p{digit}": self.y_prob[wrong, digit] for digit in range(CLASSES)},
            }
        )

    def mistakes_csv(self) -> str:
        """Write ``mistakes_table`` as CSV, probabilities with as many digits as float32 needs."""
        return self.mistakes_table().to_csv(index=False, lineterminator="\n")

    def _ranked(self, rank: int) -> Labels:
        digits = self._ranking[:, rank].astype(np.uint8)
        return np.where(self.has_guess, digits, np.uint8(NO_GUESS))

    @cached_property
    def _ranking(self) -> Positions:
        return np.argsort(-self.y_prob, axis=1, kind="stable")

    def _probability_of(self, digits: Labels) -> Probabilities:
        known = np.where(digits == NO_GUESS, 0, digits)
        found = self.y_prob[np.arange(len(self)), known]
        return np.where(digits == NO_GUESS, np.float32(0), found)

    def _of_kind(self, kind: str) -> Truths:
        return {
            "wrong": ~self.right,
            "unsure": self.right & (self.confidence < np.float32(UNSURE_BELOW)),
            "right": self.right,
            "all": np.ones(len(self), np.bool_),
        }[kind]

    def _within(self, confidence: tuple[float, float]) -> Truths:
        low, high = confidence
        if not 0 <= low <= high <= 1:
            raise EvaluationError(
                f"A confidence from {low:g} to {high:g} is not allowed. Choose two numbers from "
                "0 to 1, the smaller one first."
            )
        # In the precision of the probabilities: 0.6 is then as large here as there.
        return (self.confidence >= np.float32(low)) & (self.confidence <= np.float32(high))

    def _sort_key(self, order: str) -> npt.NDArray[Any]:
        keys: dict[str, npt.NDArray[Any]] = {
            "confident": -self.confidence,
            "unconfident": self.confidence,
            "close": self.margin,
            "loss": -self.loss,
            "index": self.indices,
        }
        return keys[order]


def compare(first: Evaluation, second: Evaluation) -> Changes:
    """Describe what a second run reads differently from a first one.

    Args:
        first: of one run.
        second: of another run, on the same digits in the same order.

    Raises:
        EvaluationError: they are not of the same digits.
    """
    check_same_digits([first, second])

    def surest(chosen: npt.NDArray[np.bool_]) -> Positions:
        positions = np.flatnonzero(chosen)
        sure = np.minimum(first.confidence, second.confidence)[positions]
        return positions[np.argsort(-sure, kind="stable")]

    return Changes(
        fixed=surest(~first.right & second.right),
        broken=surest(first.right & ~second.right),
        still_wrong=surest(~first.right & ~second.right),
        both_right=int((first.right & second.right).sum()),
    )


def check_same_digits(evaluations: Sequence[Evaluation]) -> None:
    """Refuse evaluations that are not all of the same digits in the same order.

    Raises:
        EvaluationError: they are not.
    """
    for other in evaluations[1:]:
        for name in ("y_true", "indices"):
            if not np.array_equal(getattr(other, name), getattr(evaluations[0], name)):
                raise EvaluationError(
                    "These runs can't be compared: they were tested with different digits. "
                    "Choose runs that used the same data."
                )


def _check_fit(
    y_true: npt.NDArray[Any], y_prob: npt.NDArray[Any], indices: npt.NDArray[Any]
) -> None:
    if y_true.ndim != 1 or y_prob.ndim != 2 or y_prob.shape[1] != CLASSES:
        raise EvaluationError(
            f"Labels must be one a digit and likelihoods {CLASSES} a digit; got arrays of the "
            f"shapes {y_true.shape} and {y_prob.shape}."
        )
    if not len(y_true) == len(y_prob) == len(indices):
        raise EvaluationError(
            f"{len(y_true):,} labels, {len(y_prob):,} rows of likelihoods and {len(indices):,} "
            "indices don't belong together: there must be equally many."
        )
    if not len(y_true):
        raise EvaluationError("There are no digits to look at. At least one is needed.")
    if y_true.min() < 0 or y_true.max() >= CLASSES:
        raise EvaluationError("A label is no digit. Labels are 0 to 9.")


def _check_choice(what: str, value: Any, allowed: Mapping[str, str]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise EvaluationError(f"There is no {what} “{value}”. Choose one of: {', '.join(allowed)}.")


def _checked_digit(value: Any) -> int:
    if not _is_whole(value) or not 0 <= value < CLASSES:
        raise EvaluationError(f"{value!r} is no digit. Choose 0 to 9.")
    return int(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _shares(
    parts: npt.NDArray[Any], wholes: npt.NDArray[Any], empty: float = 0.0
) -> npt.NDArray[np.float64]:
    shares = np.full(parts.shape, empty)
    np.divide(parts, wholes, out=shares, where=wholes > 0)
    return shares
