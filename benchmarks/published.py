"""Published error rates beside ours: ``python -m benchmarks.published``.

Trains each network by the command line that stands in ``benchmarks/README.md``, and writes
``benchmarks/results/published.json`` and the table in that README. Networks that are not trained
this time keep what they had, unless their command line has changed since.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import describe_machine
from benchmarks.results import RESULTS, fill_in_table, marked, read, write
from benchmarks.rounds import PROJECT
from benchmarks.tables import NOTHING, as_markdown
from mnist_core.data.dataset import FULL_NAME

COMMAND: Final = ("mnist_core", "train", "--json")
README: Final = Path(__file__).with_name("README.md")
TABLE: Final = marked("published")
HEAD: Final = (
    "name",
    "network",
    "published test error",
    "source",
    "ours",
    "fit, s",
    "command line",
)


@dataclass(frozen=True)
class Network:
    """A network of the literature: fully connected, no distortions of the digits.

    Attributes:
        title: how it is called.
        published: its test error, in words.
        source: who published it.
        arguments: our settings, as the command line takes them.
    """

    title: str
    published: str
    source: str
    arguments: tuple[str, ...]

    @property
    def command(self) -> str:
        """The whole command line, to be copied."""
        return shlex.join(["python", "-m", *COMMAND, *self.arguments])


def network(title: str, published: str, source: str, arguments: str) -> Network:
    """Build a network from its arguments as they are typed."""
    return Network(title, published, source, tuple(shlex.split(arguments)))


NETWORKS: Final = {
    "none": network(
        "no hidden layer",
        "12.0 %; with cross-entropy today about 7.5 %",
        "LeCun et al. 1998",
        '--layers "" --epochs 20 --validation-split 0.01',
    ),
    "300": network(
        "300",
        "4.7 %",
        "LeCun et al. 1998",
        "--layers 300 --epochs 20 --dropout 0.3 --validation-split 0.01",
    ),
    "300-100": network(
        "300-100",
        "3.05 %",
        "LeCun et al. 1998",
        "--layers 300,100 --epochs 20 --dropout 0.2 --validation-split 0.01",
    ),
    "800": network(
        "800, cross-entropy",
        "1.6 %",
        "Simard et al. 2003",
        "--layers 800 --epochs 60 --batch-size 128 --dropout 0.3 --validation-split 0.01",
    ),
    "1024": network(
        "1024-1024-1024, ReLU, dropout",
        "1.25 %",
        "Srivastava et al. 2014",
        "--layers 1024,1024,1024 --epochs 100 --batch-size 500 --learning-rate 0.0005 "
        "--dropout 0.5 --validation-split 0.01",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, keep each result, and write the table.

    Returns:
        the exit status: 0 all trained, 1 one was not, 2 wrong arguments.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.published", description=__doc__)
    words = f"{', '.join(NETWORKS)}; default: all; with nothing after it, only the table is written"
    parser.add_argument("--networks", nargs="*", metavar="NETWORK", help=words)
    parser.add_argument("--results", type=Path, default=RESULTS / "published.json")
    parser.add_argument("--readme", type=Path, default=README)
    options = parser.parse_args(arguments)
    chosen = list(NETWORKS) if options.networks is None else options.networks
    if unknown := set(chosen) - set(NETWORKS):
        parser.error(f"not a network: {', '.join(sorted(unknown))}; choose {', '.join(NETWORKS)}")
    for name in chosen:
        print(NETWORKS[name].command, flush=True)
        try:
            result = train(NETWORKS[name])
        except subprocess.CalledProcessError as error:
            print(error.stderr.strip(), file=sys.stderr)
            return 1
        print(f"test error {percent(result['test_error'])}, {result['seconds']:.0f} s", flush=True)
        save(options.results, name, result)
    fill_in(options.readme, read(options.results))
    return 0


def train(network: Network) -> dict[str, Any]:
    """Train by the command line, in a store of its own.

    Raises:
        subprocess.CalledProcessError: the training did not come to its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", *COMMAND, *network.arguments],
            cwd=PROJECT,
            env={**os.environ, "MNIST_STORE_URL": f"sqlite:///{Path(folder) / 'mnist.db'}"},
            check=True,
            capture_output=True,
            text=True,
        )
    *epochs, result = map(json.loads, done.stdout.splitlines())
    return {
        "command": network.command,
        "test_error": 1 - result["test_accuracy"],
        "test_loss": result["test_loss"],
        "epochs": len(epochs),
        "seconds": result["seconds"],
        "parameters": result["parameters"],
        "dataset": result["dataset"],
        "machine": describe_machine(),
    }


def save(path: Path, name: str, result: Mapping[str, Any]) -> None:
    """Put a result beside those that are there."""
    write(path, json.dumps(read(path) | {name: result}, indent=1, ensure_ascii=False))


def fill_in(readme: Path, results: Mapping[str, Any]) -> None:
    """Write the table into a page, between its two marks."""
    fill_in_table(readme, TABLE, make_table(results))


def make_table(results: Mapping[str, Any]) -> str:
    """Lay out published and own errors as Markdown."""
    return as_markdown(HEAD, [make_row(name, results.get(name)) for name in NETWORKS])


def make_row(name: str, result: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Lay out one network; a result of another command line does not count."""
    network = NETWORKS[name]
    ours, seconds = NOTHING, NOTHING
    if result and result["command"] == network.command:
        ours, seconds = percent(result["test_error"]), f"{result['seconds']:.0f}"
        if result["dataset"]["name"] != FULL_NAME:
            ours += f" ({result['dataset']['name']})"
    known = (network.title, network.published, network.source)
    return (f"`{name}`", *known, ours, seconds, f"`{network.command}`")


def percent(share: float) -> str:
    """Write an error rate as the literature does."""
    return f"{100 * share:.2f} %"


if __name__ == "__main__":
    sys.exit(main())
