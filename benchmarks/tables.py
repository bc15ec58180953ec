"""The figures as tables: in a terminal, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from rich.table import Table

from benchmarks.peers import FLOOR, PEERS

NOTHING: Final = "–"


class Column(NamedTuple):
    """One column.

    Attributes:
        title: what it is called.
        path: where ``summarise`` has put its spread.
        layout: how a number is written.
        on_the_floor: whether it means anything for the floor.
    """

    title: str
    path: tuple[str, ...]
    layout: str
    on_the_floor: bool = False


FASTER, TIMES_FLOOR, TIMES_OURS = (
    ("ratios", name) for name in ("faster_than_plain", "times_the_floor", "times_ours")
)

SHEETS: Final[Mapping[str, Sequence[Column]]] = {
    "an epoch, seconds": (
        Column("training alone", ("epoch",), ".3f", on_the_floor=True),
        Column("with validation", ("epoch_with_validation",), ".3f", on_the_floor=True),
        Column("the first one, training alone", ("first_epoch",), ".2f"),
    ),
    "an epoch, compared": (
        Column("training: plain Keras / this", (*FASTER, "epoch"), ".2f"),
        Column("training: this / the floor", (*TIMES_FLOOR, "epoch"), ".2f"),
        Column("training: this / ours", (*TIMES_OURS, "epoch"), ".2f"),
        Column("with validation: plain Keras / this", (*FASTER, "epoch_with_validation"), ".2f"),
    ),
    "the whole fit with validation, seconds": (
        Column("nothing cached", ("fit_nothing_cached",), ".2f"),
        Column("cache warm", ("fit_cache_warm",), ".2f"),
        Column("worker warm", ("fit_worker_warm",), ".2f"),
        Column("nothing cached: plain Keras / this", (*FASTER, "fit_nothing_cached"), ".2f"),
        Column("cache warm: plain Keras / this", (*FASTER, "fit_cache_warm"), ".2f"),
    ),
    "the first point, the test, the memory": (
        Column("nothing cached, s", ("first_point_nothing_cached",), ".2f"),
        Column("cache warm, s", ("first_point_cache_warm",), ".2f"),
        Column("worker warm, s", ("first_point_worker_warm",), ".2f"),
        Column("test accuracy", ("test_accuracy",), ".4f"),
        Column("peak memory, MB", ("peak_memory_mb",), ".0f"),
    ),
}


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Attributes:
        title: above it.
        head: the titles of the columns.
        rows: one a peer.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def make_sheets(summary: Mapping[str, Any]) -> Iterator[Sheet]:
    """Lay out what ``summarise`` gave, some tables a work."""
    for work, peers in summary.items():
        for title, columns in SHEETS.items():
            rows = (_row(peer, figures, columns) for peer, figures in peers.items())
            head = ("", *(column.title for column in columns))
            told = tuple(row for row in rows if set(row[1:]) != {NOTHING})
            yield Sheet(f"{work}: {title}", head, told)


def _row(peer: str, figures: Mapping[str, Any], columns: Sequence[Column]) -> tuple[str, ...]:
    cells = (
        _cell(figures, column) if peer != FLOOR or column.on_the_floor else NOTHING
        for column in columns
    )
    return (PEERS[peer].title, *cells)


def _cell(figures: Mapping[str, Any], column: Column) -> str:
    value: Any = figures
    for key in column.path:
        value = value[key]
    return write_spread(value, column.layout)


def write_spread(spread: Mapping[str, Any] | None, layout: str) -> str:
    """Write the median, and the range where there was more than one round."""
    if spread is None:
        return NOTHING
    median, low, high = (format(spread[key], layout) for key in ("median", "min", "max"))
    return f"{median} ({low}–{high})" if len(spread["rounds"]) > 1 else median


def as_rich(sheet: Sheet) -> Table:
    """Turn a sheet into a table for a terminal."""
    table = Table(*sheet.head, title=sheet.title, title_justify="left")
    for row in sheet.rows:
        table.add_row(*row)
    return table


def as_markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as Markdown does."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
