"""The figures to read: tables of ``benchmarks/README.md`` and of ``docs/deployment.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.capacity.needs import (
    DATABASES,
    HANDING_IN_SECONDS,
    PATIENCE_SECONDS,
    PAUSE_SECONDS,
    STUDENTS,
    Measured,
    Need,
    bounds,
    by_count,
    gather,
    need,
)
from benchmarks.classroom.table import write_spread
from benchmarks.results import describe_computer, fill_in_table, marked
from benchmarks.rounds import PROJECT
from benchmarks.tables import NOTHING, as_markdown

GUIDE: Final = PROJECT / "docs" / "deployment.md"
TABLE: Final = marked("capacity")
NEEDS: Final = marked("needs")
FULL_FIRST: Final = marked("full first")


def fill_in(
    readme: Path, guide: Path, capacity: Mapping[str, Any], classroom: Mapping[str, Any]
) -> None:
    """Write every table into its page, between its two marks."""
    fill_in_table(readme, TABLE, make_tables(capacity))
    measured = gather(capacity, classroom)
    fill_in_table(guide, FULL_FIRST, make_table_of_bounds(measured))
    fill_in_table(guide, NEEDS, make_table_of_needs(measured))


def make_tables(capacity: Mapping[str, Any]) -> str:
    """Lay out what was measured as Markdown."""
    return "\n\n".join(
        (
            as_markdown(
                (
                    "written a second (median / 95th percentile of one, ms)",
                    "by so many at once",
                    *DATABASES.values(),
                ),
                [*_rows_of_writes(capacity["writes"])],
            ),
            as_markdown(
                (
                    "tabs on Train",
                    "runs of the script a second",
                    "the slider answers after, s",
                    "server, MB",
                    "server, of a core",
                    "measuring, of a core",
                ),
                [*_rows_of_pages(capacity["pages"])],
            ),
            as_markdown(
                (
                    "sockets",
                    "events told a second",
                    "delivered a second",
                    "after, s",
                    "lost",
                    "the slider answers after, s",
                    "server, MB",
                    "server, of a core",
                    "measuring, of a core",
                ),
                [
                    *_rows_of_sockets("idle", capacity["idle"]),
                    *_rows_of_sockets("watching", capacity["watching"]),
                ],
            ),
            _describe_machines(capacity),
        )
    )


def _rows_of_writes(writes: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    first = writes[next(iter(DATABASES))]
    for operation, counts in first.items():
        for count in counts:
            figures = [writes[name][operation][count] for name in DATABASES]
            yield (
                operation,
                count,
                *(
                    f"{each['a_second']:,.0f} ({each['median_ms']:.1f} / {each['p95_ms']:.1f})"
                    for each in figures
                ),
            )


def _rows_of_pages(pages: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for count, each in by_count(pages):
        yield (
            count,
            f"{each['runs_a_second']:.0f}",
            write_spread(each["slider_seconds"], ".2f"),
            f"{each['server_megabytes']:.0f}",
            *_shares(each),
        )


def _rows_of_sockets(kind: str, part: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for count, each in by_count(part):
        yield (
            f"{int(count):,} {kind}",
            f"{each['told_a_second']:,.0f}" if "told_a_second" in each else NOTHING,
            f"{each['delivered_a_second']:,.0f}" if "told_a_second" in each else NOTHING,
            write_spread(each.get("delay_seconds"), ".2f"),
            str(each["lost"]),
            write_spread(each["slider_seconds"], ".2f"),
            f"{each['server_megabytes']:.0f}",
            *_shares(each),
        )


def _shares(figures: Mapping[str, Any]) -> tuple[str, str]:
    return tuple(f"{figures[f'{who}_share_of_a_core']:.2f}" for who in ("server", "measuring"))


def _describe_machines(capacity: Mapping[str, Any]) -> str:
    loads = ", ".join(f"{name} {part['machine']['load_before']}" for name, part in capacity.items())
    machine = next(iter(capacity.values()))["machine"]
    return f"{describe_computer(machine)}; load before: {loads}."


def make_table_of_bounds(measured: Measured) -> str:
    """Lay out what gives way, first what does so first."""
    return as_markdown(
        ("what", "there is", "a student takes", "full at"),
        [
            (bound.what, bound.there_is, bound.takes, f"{bound.students:,.0f} students")
            for bound in bounds(measured)
        ],
    )


def make_table_of_needs(measured: Measured) -> str:
    """Lay out what so many students need, with the arithmetic and what they are taken to do."""
    table = as_markdown(
        (
            "students",
            "computers that train",
            "the last run is done after",
            "dashboards",
            "stores",
            "events written a second",
            "",
        ),
        [_row_of_needs(need(students, measured), measured) for students in STUDENTS],
    )
    return (
        f"{table}\n\nEverybody waits {PATIENCE_SECONDS} s at most for the last run, moves a slider "
        f"every {PAUSE_SECONDS} s, has one tab that watches a run, and hands an answer in within "
        f"the same {HANDING_IN_SECONDS} s."
    )


def _row_of_needs(needed: Need, measured: Measured) -> tuple[str, ...]:
    students = f"{needed.students:,}"
    reasons = ", ".join(f"{what} {count}" for what, count in needed.dashboards.items())
    is_small = needed.computers == needed.most_dashboards == needed.stores == 1
    kind = "sqlite" if is_small else "postgresql"
    events = needed.events / needed.stores
    return (
        students,
        f"{needed.computers}: {students} × {measured.run_seconds:.2f} s ÷ {PATIENCE_SECONDS} s",
        f"{needed.done_after:.0f} s",
        f"{needed.most_dashboards} ({reasons})",
        f"{needed.stores} × {DATABASES[kind]}",
        f"{events:,.0f} in each, {events / measured.events[kind]:.0%} of what it took",
        "measured as a whole" if needed.students == measured.sessions else "extrapolated",
    )
