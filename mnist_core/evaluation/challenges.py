"""Challenges that reward neither luck nor the fastest machine: who leads, who ties with the leader.

Nothing in them is counted in seconds. What is compared are validation accuracies, each with its
interval; the test digits are not looked at. Standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mnist_core.config import TrainingConfig
from mnist_core.evaluation.accuracy import count_right, describe_accuracy
from mnist_core.formatting import counted, percent

MOST_PARAMETERS: Final = 10_000
"""Of a small network: 12 nodes in one layer are allowed, 13 are not."""

LEARNED: Final = 0.95
"""The validation accuracy that a quick learner has to reach."""

SMALLEST_SPLIT: Final = TrainingConfig().validation_split
"""Who sets fewer digits aside for validation is checked by so few that luck would do."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A run that somebody trained from start to end.

    Attributes:
        person: names whose it is.
        key: names the run.
        parameters: weights and biases of its network.
        training_digits: how many it trained on, in each epoch.
        validation_digits: how many its validation accuracy was measured with, at least 1.
        validation_split: the share that they are of all digits, 0 to 1.
        val_accuracy: 0 to 1, one an epoch; NaN where it was not finite.
        is_deleted: it can't win any more, but it was a try.
    """

    person: str
    key: str
    parameters: int
    training_digits: int
    validation_digits: int
    validation_split: float
    val_accuracy: Sequence[float]
    is_deleted: bool = False

    @property
    def right(self) -> list[int]:
        """Validation digits read right, one number an epoch; none where it was not finite."""
        known = (value if math.isfinite(value) else 0.0 for value in self.val_accuracy)
        return [count_right(value, self.validation_digits) for value in known]


class Score(NamedTuple):
    """What an entry has come to; more is better.

    Attributes:
        value: as it was measured.
        sure: what it is worth at least: the worse end of its interval, up to ``value``.
    """

    value: float
    sure: float


@dataclass(frozen=True)
class Challenge:
    """What a class competes in.

    Attributes:
        key: names it in the store.
        title: what a person calls it.
        goal: what counts, one sentence.
        admits: tells whether an entry may take part.
        score: what an entry of so many has come to; None where it has not got there.
        written: a score's value as a person reads it.
    """

    key: str
    title: str
    goal: str
    admits: Callable[[Entry], bool]
    score: Callable[[Entry, int], Score | None]
    written: Callable[[float], str]


@dataclass(frozen=True)
class Standing:
    """A person in a challenge.

    Attributes:
        best: their best entry.
        score: what it has come to.
        tries: entries of theirs that took part, deleted ones among them.
    """

    best: Entry
    score: Score
    tries: int


@dataclass(frozen=True)
class Place:
    """A place, and who shares it.

    Attributes:
        number: from 1; as many are before it as it says, less one.
        standings: the smallest network first. Their order says nothing of who is better.
    """

    number: int
    standings: tuple[Standing, ...]

    @property
    def words(self) -> str:
        """The place as it is announced: "Place 1: a tie of 4"."""
        tie = f": a tie of {len(self.standings)}" if len(self.standings) > 1 else ""
        return f"Place {self.number}{tie}"


def rank(challenge: Challenge, entries: Iterable[Entry]) -> list[Place]:
    """Give out the places of a challenge; who can't be told from the leader shares the first one.

    A person counts with their best entry. The leader is who is surest to be good: whose interval
    has the best worse end. Everybody whose own measure is not worse than that end shares the place,
    so nobody who measured better is ever placed behind. The next place is given out likewise among
    the rest.

    The best of many entries is partly luck. So each interval is made for as many as all people
    together have tried: all of them hold at once in 95 of 100 cases. Trying again and again, or
    with many people, makes ties and no winner; what was tried and deleted counts as tried.

    It is the interval of one accuracy, though two are compared. All were measured with the same
    digits, or most of them, where networks tend to err alike: from a correlation of one half on,
    the luck of a difference is no larger than that of one of the two. Who is as good as the leader
    is then left out of the tie in fewer than 5 of 100 cases.

    Args:
        challenge: what counts.
        entries: everybody's, trained on the same digits; those that it does not admit are left
            out.

    Returns:
        The places, the first one first; nobody is in two of them.
    """
    admitted = [entry for entry in entries if challenge.admits(entry)]
    left = _best_of_each(challenge, admitted)
    places = []
    taken = 0
    while left:
        least = max(standing.score.sure for standing in left)
        tied = [standing for standing in left if standing.score.value >= least]
        tied.sort(key=lambda standing: (standing.best.parameters, standing.best.key))
        places.append(Place(taken + 1, tuple(tied)))
        taken += len(tied)
        left = [standing for standing in left if standing.score.value < least]
    return places


def _best_of_each(challenge: Challenge, entries: Sequence[Entry]) -> list[Standing]:
    theirs: dict[str, list[tuple[Score, Entry]]] = {}
    tries: dict[str, int] = {}
    for entry in entries:
        tries[entry.person] = tries.get(entry.person, 0) + 1
        score = None if entry.is_deleted else challenge.score(entry, len(entries))
        if score is not None:
            theirs.setdefault(entry.person, []).append((score, entry))
    standings = []
    for person, scored in theirs.items():
        score, best = max(scored, key=lambda each: (each[0], -each[1].parameters, each[1].key))
        standings.append(Standing(best, score, tries[person]))
    return standings


def _is_well_checked(entry: Entry) -> bool:
    return entry.validation_split >= SMALLEST_SPLIT


def _is_small(entry: Entry) -> bool:
    return _is_well_checked(entry) and entry.parameters <= MOST_PARAMETERS


def _at_the_end(entry: Entry, best_of: int) -> Score | None:
    """Return the accuracy after the last epoch: choosing the best epoch would be luck, too."""
    if not entry.val_accuracy or not math.isfinite(entry.val_accuracy[-1]):
        return None
    last = describe_accuracy(entry.right[-1], entry.validation_digits, best_of)
    return Score(last.fraction, last.low)


def _digits_seen(entry: Entry, best_of: int) -> Score | None:
    """Return how many digits were seen, below 0, after the first epoch that had learned enough.

    It has learned enough for sure after the first epoch whose whole interval lies above; where
    none does, it may never have.
    """
    tested = entry.validation_digits
    enough = [(epoch, n) for epoch, n in enumerate(entry.right, start=1) if n / tested >= LEARNED]
    if not enough:
        return None
    sure = (epoch for epoch, n in enough if describe_accuracy(n, tested, best_of).low >= LEARNED)
    first, _ = enough[0]
    return Score(-first * entry.training_digits, -next(sure, math.inf) * entry.training_digits)


SMALL_NETWORK: Final = Challenge(
    key="small-network",
    title="Small network",
    goal=f"The best validation accuracy with at most {MOST_PARAMETERS:,} parameters.",
    admits=_is_small,
    score=_at_the_end,
    written=percent,
)

QUICK_LEARNER: Final = Challenge(
    key="quick-learner",
    title="Quick learner",
    goal="The fewest training digits seen, in whole epochs, until validation accuracy reaches "
    f"{100 * LEARNED:g} %.",
    admits=_is_well_checked,
    score=_digits_seen,
    written=lambda value: counted(round(-value), "digit"),
)

CHALLENGES: Final = (SMALL_NETWORK, QUICK_LEARNER)

HOW_THEY_COUNT: Final = (
    "A run counts when it has trained from start to end, with at least "
    f"{100 * SMALLEST_SPLIT:g} % of the digits for validation; a person counts with their best "
    "one. The best of many runs is partly luck: the more were tried, by anybody, the wider is what "
    "is called a tie."
)
"""The rules of all challenges, in small print."""
