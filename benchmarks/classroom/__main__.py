"""A class in one room: ``python -m benchmarks.classroom``.

Thirty and a hundred sessions at one dashboard, without browsers: each speaks Streamlit's protocol,
and all of them live in this process. Prints what each lesson came to, keeps it in
``results/classroom.json`` and writes the table in ``benchmarks/README.md``. A number of sessions
or a way that is not measured this time keeps what it had.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.arguments import add_data, count, load_data
from benchmarks.classroom.lesson import hold
from benchmarks.classroom.room import dashboard, plain
from benchmarks.classroom.student import Plan
from benchmarks.classroom.table import fill_in, in_one_line
from benchmarks.machine import describe_machine
from benchmarks.published import README
from benchmarks.results import RESULTS, read, write
from benchmarks.worker import fit_in_a_process
from mnist_core.config import DEFAULTS

BARE_FITS: Final = 3
DASHBOARD: Final = "dashboard"
PLAIN: Final = "plain"


def main(arguments: Sequence[str] | None = None) -> int:
    """Hold all lessons; what there is, is kept after each."""
    parser = argparse.ArgumentParser("python -m benchmarks.classroom", description=__doc__)
    parser.add_argument("--sessions", type=count, nargs="+", default=[30, 100])
    parser.add_argument("--lessons", type=count, default=3, help="in a row, on one server")
    parser.add_argument("--rest", type=float, default=0.0, help="seconds between two lessons")
    parser.add_argument("--epochs", type=count, default=DEFAULTS.epochs, help="of each run")
    pauses = "seconds between two moves of a slider: of the lessons in a row, then one each"
    parser.add_argument("--pauses", type=float, nargs="+", default=[20.0, 3.0], help=pauses)
    parser.add_argument("--ways", nargs="+", choices=LESSONS, default=list(LESSONS))
    parser.add_argument("--workers", type=count, help="default: as many as the dashboard starts")
    waits = "seconds after which nobody waits any longer for a run"
    parser.add_argument("--cap", type=float, default=3600.0, help=f"{waits}, at the dashboard")
    parser.add_argument("--plain-cap", type=float, default=600.0, help=f"{waits}, the plain way")
    add_data(parser)
    parser.add_argument("--output", type=Path, default=RESULTS, help="a folder")
    options = parser.parse_args(arguments)
    dataset = load_data(parser, options)
    options.data = "sample" if dataset.is_sample else options.data
    path = options.output / "classroom.json"
    for sessions, way in itertools.product(options.sessions, options.ways):
        for record in measure(sessions, way, options, dataset.description):
            kept = read(path)
            kept.setdefault(str(sessions), {})[way] = record
            write(path, json.dumps(kept, indent=1))
    if options.output == RESULTS:
        fill_in(README, read(path))
    return 0


def measure(
    sessions: int, way: str, options: argparse.Namespace, data: str
) -> Iterator[dict[str, Any]]:
    """Hold the lessons of a class, between bare fits; give what there is after each.

    Args:
        sessions: in the class.
        way: how it trains.
        options: of the command line.
        data: which digits these are, in words.
    """
    record = {
        "machine": describe_machine(),
        "data": data,
        "epochs": options.epochs,
        "bare_fit_seconds": [fit_bare(options)],
        "lessons": [],
    }
    for lesson in LESSONS[way](sessions, options):
        record["lessons"].append(lesson)
        print(f"{sessions} sessions, {way}: {in_one_line(lesson)}", flush=True)
        yield record
    record["bare_fit_seconds"].append(fit_bare(options))
    yield record


def at_the_dashboard(sessions: int, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Hold lessons in a row on one server."""
    often, *more = options.pauses
    with dashboard(options.data, options.workers) as room:
        for number, pause in enumerate([often] * options.lessons + more):
            time.sleep(options.rest if number else 0.0)
            yield hold(room, Plan(sessions, pause, options.epochs, options.cap), number)


def the_plain_way(sessions: int, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Hold a lesson in which the slider is left alone, and one in which it is moved."""
    for number, pause in enumerate((None, options.pauses[0])):
        with plain(options.data, options.epochs) as room:
            yield hold(room, Plan(sessions, pause, options.epochs, options.plain_cap), number)


LESSONS: Final = {DASHBOARD: at_the_dashboard, PLAIN: the_plain_way}


def fit_bare(options: argparse.Namespace) -> float:
    """Return the seconds of one bare fit in a process that has trained before."""
    seconds = fit_in_a_process(options.data, BARE_FITS, options.epochs) / BARE_FITS
    print(f"A bare fit takes {seconds:.2f} s.", flush=True)
    return round(seconds, 3)


if __name__ == "__main__":
    sys.exit(main())
