"""This project and its peers on the same work, in one go: ``python -m benchmarks``.

Writes what it measures into ``benchmarks/results``; see ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.arguments import add_data, count, load_data
from benchmarks.machine import describe_machine
from benchmarks.peers import PEERS
from benchmarks.results import RESULTS, describe_work, save_results
from benchmarks.rounds import Measurement, Rounds
from benchmarks.tables import as_rich, make_sheets
from benchmarks.task import WORKS

WIDTH_OF_A_FILE: Final = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure round after round; what there is, is saved after each.

    Returns:
        the exit status: 0 all measured, 1 a peer failed or none was there, 2 wrong arguments.
    """
    parser = build_parser()
    options = parser.parse_args(arguments)
    dataset = load_data(parser, options)  # downloads it once, before anybody needs it
    data = "sample" if dataset.is_sample else options.data
    out = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
    return measure(options, data, out, Console(stderr=True, highlight=False))


def build_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=count, default=3, help="default: 3")
    parser.add_argument("--epochs", type=count, default=10, help="of each fit; default: 10")
    add_data(parser)
    parser.add_argument("--work", nargs="+", choices=WORKS, default=list(WORKS), metavar="WORK")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS), metavar="PEER")
    parser.add_argument("--output", type=Path, default=RESULTS, help="a folder")
    parser.epilog = f"WORK: {', '.join(WORKS)}. PEER: {', '.join(PEERS)}."
    return parser


def measure(options: argparse.Namespace, data: str, out: Console, err: Console) -> int:
    """Measure as the options say, print the tables and keep the results."""
    machine = describe_machine()
    works = [WORKS[name] for name in options.work]

    def say(line: str) -> None:
        err.print(line, markup=False, soft_wrap=True)

    rounds = Rounds(works, options.peers, data=data, epochs=options.epochs, say=say)
    measurements: list[Measurement] = []
    for number in range(options.rounds):
        measurements += rounds.run(number)
        if not measurements:
            say("None of the peers could be measured.")
            return 1
        summary = save_results(options.output, machine, measurements, rounds.omissions)
    out.print(describe_work(measurements))
    for sheet in make_sheets(summary):
        out.print(as_rich(sheet))
    say(f"Kept in {options.output}")
    return int(any(omission.failed for omission in rounds.omissions))


if __name__ == "__main__":
    sys.exit(main())
