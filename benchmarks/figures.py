"""From measurements to figures: medians, spreads, and ratios taken round by round.

Pure functions over what the processes answered; nothing is measured here.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from benchmarks.peers import FLOOR, OURS, PLAIN
from benchmarks.rounds import Measurement

Spread = dict[str, Any]


def median_epoch(answer: Mapping[str, Any], part: str) -> float:
    """Return the median over all epochs but the first one of each fit.

    The first epoch compiles and is counted apart. Where there is no other, it is taken.
    """
    fits = [fit[part] for fit in answer["fits"]]
    later = [seconds for fit in fits for seconds in fit[1:]]
    return statistics.median(later or [seconds for fit in fits for seconds in fit])


def _warm(measurement: Measurement) -> Mapping[str, Any]:
    return (measurement.cached or measurement.fresh)["fits"][0]


SECONDS: Final[Mapping[str, Callable[[Measurement], float | None]]] = {
    "epoch": lambda one: median_epoch(one.fresh, "training"),
    "epoch_with_validation": lambda one: median_epoch(one.fresh, "with_validation"),
    "first_epoch": lambda one: one.fresh["fits"][0]["training"][0],
    "fit_nothing_cached": lambda one: one.fresh["fits"][0]["seconds"],
    "fit_cache_warm": lambda one: _warm(one)["seconds"],
    "fit_worker_warm": lambda one: one.fresh["fits"][-1]["seconds"],
    "first_point_nothing_cached": lambda one: one.fresh["fits"][0]["first_point"],
    "first_point_cache_warm": lambda one: _warm(one)["first_point"],
    "first_point_worker_warm": lambda one: one.fresh["fits"][-1]["first_point"],
    "import": lambda one: one.fresh["import_seconds"],
}

OTHERS: Final[Mapping[str, Callable[[Measurement], float | None]]] = {
    "test_accuracy": lambda one: one.fresh["test_accuracy"],
    "peak_memory_mb": lambda one: one.fresh["peak_memory_mb"],
}


def summarise(measurements: Sequence[Measurement]) -> dict[str, dict[str, dict[str, Any]]]:
    """Bring the rounds together.

    Returns:
        for each work and peer: each figure of ``SECONDS`` and ``OTHERS`` as a spread, and under
        ``ratios`` what ``compare`` gives.
    """
    summary: dict[str, dict[str, dict[str, Any]]] = {}
    for work in unique(one.work for one in measurements):
        rows = [one for one in measurements if one.work == work]
        summary[work] = {
            peer: {
                name: spread([figure(one) for one in rows if one.peer == peer])
                for name, figure in (SECONDS | OTHERS).items()
            }
            | {"ratios": compare(rows, peer)}
            for peer in unique(one.peer for one in rows)
        }
    return summary


def compare(rows: Sequence[Measurement], peer: str) -> dict[str, dict[str, Spread | None]]:
    """Set a peer's seconds beside plain Keras, the floor and this project.

    Returns:
        a spread for each figure of ``SECONDS``: under ``faster_than_plain`` plain Keras's seconds
        by the peer's; under ``times_the_floor`` and ``times_ours`` the peer's by the other's.
    """
    pairs = {
        "faster_than_plain": (PLAIN, peer),
        "times_the_floor": (peer, FLOOR),
        "times_ours": (peer, OURS),
    }
    return {
        words: {name: spread(ratios(rows, figure, *pair)) for name, figure in SECONDS.items()}
        for words, pair in pairs.items()
    }


def ratios(
    measurements: Iterable[Measurement],
    figure: Callable[[Measurement], float | None],
    above: str,
    below: str,
) -> list[float]:
    """Divide one peer's figure by another's, pair by pair: within the same round and work.

    Rounds in which one of the two is missing are left out.
    """
    values = {(one.peer, one.work, one.round): figure(one) for one in measurements}
    pairs = [
        (value, values.get((below, work, number)))
        for (peer, work, number), value in values.items()
        if peer == above
    ]
    return [value / other for value, other in pairs if value is not None and other]


def spread(values: Sequence[float | None]) -> Spread | None:
    """Return median, minimum and maximum, and the values themselves; None where there are none."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {
        "median": statistics.median(known),
        "min": min(known),
        "max": max(known),
        "rounds": known,
    }


def unique(names: Iterable[str]) -> list[str]:
    """List each name once, in order of first appearance."""
    return list(dict.fromkeys(names))
