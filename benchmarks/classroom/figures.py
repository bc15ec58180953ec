"""From what every session saw to figures of the lesson; no clock, no server."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from benchmarks.classroom.student import Notes
from benchmarks.classroom.watch import Heard

MOVES_A_CURVE: Final = frozenset({"progress", "epoch"})


def describe(notes: Sequence[Notes], written: Mapping[str, int]) -> dict[str, Any]:
    """Put together what a class saw in one lesson.

    Args:
        notes: of each session.
        written: for each run the number of its last event in the store.
    """
    clicks = [each.clicked for each in notes if each.clicked is not None]
    ends = [each.ended for each in notes if each.ended is not None]
    is_done = len(ends) == len(notes)
    return {
        "opening_seconds": spread(each.opened for each in notes),
        "first_point_seconds": spread(map(first_point, notes)),
        "stillness_seconds": spread(map(longest_stillness, notes)),
        "last_run_seconds": round(max(ends) - min(clicks), 2) if is_done else None,
        "runs_done": len(ends),
        "runs_not_over_when_nobody_waited": sum(each.has_given_up for each in notes),
        "slider_seconds": spread(itertools.chain.from_iterable(each.answers for each in notes)),
        "moves_unanswered": sum(each.is_unanswered for each in notes),
        "opening_of_mistakes_seconds": spread(each.opened_mistakes for each in notes),
        "drawing_seconds": spread(each.read_drawing for each in notes),
        **count_events(notes, written),
        "problems": dict(Counter(itertools.chain.from_iterable(each.problems for each in notes))),
    }


def first_point(notes: Notes) -> float | None:
    """Return the seconds from the click to the first point of the curve."""
    if notes.clicked is None:
        return None
    return next((each.at - notes.clicked for each in moves(notes) if each.kind == "progress"), None)


def longest_stillness(notes: Notes) -> float | None:
    """Return the longest time for which a curve that has begun stood still, to the run's end."""
    moments = [each.at for each in moves(notes)]
    if notes.ended is not None and moments:
        moments.append(max(notes.ended, moments[-1]))
    pairs = itertools.pairwise(moments)
    return max((later - earlier for earlier, later in pairs), default=None)


def moves(notes: Notes) -> list[Heard]:
    """Return what moved the curve."""
    return [each for each in notes.heard if each.kind in MOVES_A_CURVE]


def count_events(notes: Sequence[Notes], written: Mapping[str, int]) -> dict[str, int]:
    """Compare the events that arrived with those of the store, for the runs that are over."""
    lost = twice = 0
    for each in notes:
        seqs = Counter(heard.seq for heard in each.heard)
        twice += seqs.total() - len(seqs)
        if each.run_id and each.ended is not None:
            lost += len(set(range(1, written[each.run_id] + 1)) - seqs.keys())
    return {
        "events_heard": sum(len(each.heard) for each in notes),
        "events_lost": lost,
        "events_heard_twice": twice,
    }


def spread(values: Iterable[float | None]) -> dict[str, float] | None:
    """Return median, 95th percentile and maximum of what is there; None where nothing is."""
    there = sorted(value for value in values if value is not None)
    if not there:
        return None
    cuts = statistics.quantiles(there, n=20, method="inclusive") if len(there) > 1 else there
    return {
        "count": len(there),
        "median": round(statistics.median(there), 3),
        "p95": round(cuts[-1], 3),
        "most": round(there[-1], 3),
    }
