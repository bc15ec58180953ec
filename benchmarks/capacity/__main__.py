"""What one server holds: ``python -m benchmarks.capacity``.

The store's writes a second in SQLite and in PostgreSQL, runs of a page's script a second, sockets
that are open, and events that go through them. Prints each figure as it comes, keeps all of them in
``results/capacity.json``, and writes the tables of ``benchmarks/README.md`` and
``docs/deployment.md``. A part that is not measured this time keeps what it had.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.arguments import count
from benchmarks.capacity.pages import measure_pages
from benchmarks.capacity.sockets import measure_sockets, room_for_sockets, unlimited_server
from benchmarks.capacity.table import GUIDE, fill_in
from benchmarks.capacity.writes import measure_writes, sqlite_url
from benchmarks.machine import describe_machine
from benchmarks.published import README
from benchmarks.results import RESULTS, read, write
from tests.postgresql import postgresql_server


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the parts that were asked for; what there is, is kept after each."""
    parser = argparse.ArgumentParser("python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement")
    parser.add_argument("--writers", type=count, nargs="+", default=[1, 4], help="at once")
    parser.add_argument("--tabs", type=count, nargs="+", default=[1, 10, 50])
    parser.add_argument("--sockets", type=count, nargs="+", default=[100, 500, 1000, 2000])
    parser.add_argument("--runs", type=count, default=10, help="that are watched")
    parser.add_argument("--rate", type=float, default=10.0, help="events a second of each run")
    parser.add_argument("--output", type=Path, default=RESULTS, help="a folder")
    options = parser.parse_args(arguments)
    options.sockets = room_for_sockets(sorted(options.sockets))
    path = options.output / "capacity.json"
    for part in options.parts:
        machine = describe_machine()
        figures = PARTS[part](options)
        print(part, json.dumps(figures, indent=1), flush=True)
        kept = read(path) | {part: {"machine": machine, **figures}}
        write(path, json.dumps({name: kept[name] for name in PARTS if name in kept}, indent=1))
    if options.output == RESULTS:
        fill_in(README, GUIDE, read(path), read(RESULTS / "classroom.json"))
    return 0


def _writes(options: argparse.Namespace) -> dict[str, Any]:
    writers = sorted(options.writers)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = measure_writes(sqlite_url(Path(folder)), writers, options.seconds)
    with postgresql_server(durable=True) as url:
        return {"sqlite": sqlite, "postgresql": measure_writes(url, writers, options.seconds)}


def _pages(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, unlimited_server(Path(folder)) as server:
        return measure_pages(server, sorted(options.tabs), options.seconds)


def _idle(options: argparse.Namespace) -> dict[str, Any]:
    return _sockets(options, runs=0)


def _watching(options: argparse.Namespace) -> dict[str, Any]:
    return _sockets(options, runs=options.runs)


def _sockets(options: argparse.Namespace, *, runs: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, unlimited_server(Path(folder)) as server:
        return measure_sockets(
            server, options.sockets, runs=runs, rate=options.rate, seconds=options.seconds
        )


PARTS: Final[dict[str, Callable[[argparse.Namespace], dict[str, Any]]]] = {
    "writes": _writes,
    "pages": _pages,
    "idle": _idle,
    "watching": _watching,
}


if __name__ == "__main__":
    sys.exit(main())
