"""The figures of lessons to read: one line each, and the table of ``benchmarks/README.md``."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.results import fill_in_table, marked
from benchmarks.tables import NOTHING, as_markdown

TABLE: Final = marked("classroom")
HEAD: Final = (
    "sessions",
    "epochs",
    "way, lesson",
    "a slider moved every",
    "first point after, s",
    "longest stillness, s",
    "runs done",
    "the last after, s",
    "in bare fits",
    "the slider answers after, s",
    "server, MB",
    "workers, MB",
    "events lost",
    "errors",
    "load before",
)
WAYS: Final = {"dashboard": "dashboard", "plain": "`fit` in the page"}


def fill_in(readme: Path, results: Mapping[str, Any]) -> None:
    """Write the table into a page, between its two marks."""
    fill_in_table(readme, TABLE, make_table(results))


def make_table(results: Mapping[str, Any]) -> str:
    """Lay out every lesson of every class as Markdown.

    Args:
        results: as they are kept: by the number of sessions, then by the way.
    """
    return as_markdown(
        HEAD,
        [
            row
            for sessions in sorted(results, key=int)
            for way, title in WAYS.items()
            if way in results[sessions]
            for row in make_rows(sessions, title, results[sessions][way])
        ],
    )


def make_rows(sessions: str, title: str, record: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Lay out the lessons of one class that trained one way."""
    bare = int(sessions) * statistics.mean(record["bare_fit_seconds"])
    for number, lesson in enumerate(record["lessons"], 1):
        pause, last = lesson["pause_seconds"], lesson["last_run_seconds"]
        memory = lesson["memory_megabytes"]
        yield (
            sessions,
            str(record["epochs"]),
            f"{title}, {number}",
            "never" if pause is None else f"{pause:g} s",
            write_spread(lesson["first_point_seconds"], ".1f"),
            write_spread(lesson["stillness_seconds"], ".1f"),
            str(lesson["runs_done"]),
            f"{last:.0f}" if last else say_what_is_missing(lesson),
            f"{last / bare:.2f}" if last else NOTHING,
            write_spread(lesson["slider_seconds"], ".2f"),
            f"{memory['server']['pss']:.0f}",
            f"{memory['workers']['pss']:.0f}" if memory["workers"]["processes"] else NOTHING,
            str(lesson["events_lost"]),
            str(count_errors(lesson)),
            str(lesson["load_before"] or NOTHING),
        )


def say_what_is_missing(lesson: Mapping[str, Any]) -> str:
    """Say why there is no end of the last run: nobody waited for it, or it was broken off."""
    if lesson["runs_not_over_when_nobody_waited"]:
        return f"not done after {lesson['cap_seconds']:.0f}"
    return "never"


def in_one_line(lesson: Mapping[str, Any]) -> str:
    """Put into words what a lesson came to, while the rest is still to come."""
    last = lesson["last_run_seconds"]
    return ", ".join(
        (
            f"first point {write_spread(lesson['first_point_seconds'], '.1f')} s",
            f"stillness {write_spread(lesson['stillness_seconds'], '.1f')} s",
            f"{lesson['runs_done']} runs done",
            f"last run: {last} s" if last else f"last run: {say_what_is_missing(lesson)}",
            f"slider {write_spread(lesson['slider_seconds'], '.2f')} s",
            f"{lesson['events_lost']} events lost",
            f"{count_errors(lesson)} errors",
        )
    )


def count_errors(lesson: Mapping[str, Any]) -> int:
    """Count what went wrong: on the pages, on the way to them, and in the server's log."""
    return sum(lesson["problems"].values()) + len(lesson["tracebacks"])


def write_spread(spread: Mapping[str, float] | None, layout: str) -> str:
    """Write median, 95th percentile and maximum."""
    if spread is None:
        return NOTHING
    return " / ".join(format(spread[key], layout) for key in ("median", "p95", "most"))
