"""How long runs wait that take turns: estimates from the turns they have had.

Standard library only.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, kw_only=True)
class TurnTaker:
    """A run that waits for its turn or has it.

    Attributes:
        owner: whose it is; people take turns first, then the runs of each.
        waits: False while a worker trains it.
        turn: seconds that its last turn took; None before the first was over.
        elapsed: seconds since its present turn began; 0.0 where it waits.
        spent: seconds of training so far.
        share: of the whole training that is done, 0 to 1.
    """

    owner: str | None
    waits: bool
    turn: float | None
    elapsed: float
    spent: float
    share: float


class WaitingTime(NamedTuple):
    """Seconds, or None where nothing is known.

    Attributes:
        next_turn: until it is taken up; None also for a run that has its turn.
        done: until its training is over.
    """

    next_turn: float | None = None
    done: float | None = None


def waiting_times(runs: Sequence[TurnTaker], workers: int) -> list[WaitingTime]:
    """Estimate for each run when its next turn comes, and when it is done.

    Args:
        runs: those that wait in the order in which they are taken up, and those that do not.
        workers: how many trainings go on at a time; at least 1.
    """
    known = [run.turn for run in runs if run.turn]
    if not known:
        return [WaitingTime()] * len(runs)
    lengths = [run.turn or statistics.mean(known) for run in runs]
    dones = _until_done(runs, lengths, workers)
    ahead = sum(
        max(0.0, length - run.elapsed)
        for run, length in zip(runs, lengths, strict=True)
        if not run.waits
    )
    times = []
    for run, length, done in zip(runs, lengths, dones, strict=True):
        times.append(WaitingTime(ahead / workers if run.waits else None, done))
        ahead += length if run.waits else 0.0
    return times


def _until_done(
    runs: Sequence[TurnTaker], lengths: Sequence[float], workers: int
) -> list[float | None]:
    """Add up the turns that everybody has until a run has had its last one."""
    wholes = [run.spent / run.share for run in runs if run.share]
    if not wholes:
        return [None] * len(runs)
    typical = statistics.mean(wholes)
    turns: list[int] = []
    of_owner: dict[str | None, list[int]] = defaultdict(list)
    seconds_of_owner: dict[str | None, float] = defaultdict(float)
    for run, length in zip(runs, lengths, strict=True):
        whole = run.spent / run.share if run.share else typical
        turns.append(max(1, math.ceil(whole * (1 - run.share) / length)))
        of_owner[run.owner].append(turns[-1])
        seconds_of_owner[run.owner] += turns[-1] * length
    all_turns = {owner: sum(each) for owner, each in of_owner.items()}
    a_turn = {owner: seconds_of_owner[owner] / all_turns[owner] for owner in all_turns}
    dones: list[float | None] = []
    for run, left in zip(runs, turns, strict=True):
        own = sum(min(left, other) for other in of_owner[run.owner])
        total = sum(min(own, count) * a_turn[owner] for owner, count in all_turns.items())
        dones.append(max(total / workers, own * a_turn[run.owner]))
    return dones
