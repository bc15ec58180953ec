"""What the command lines of several benchmarks share: which digits they measure with."""

from __future__ import annotations

import argparse

from mnist_core.data import Dataset, load_mnist
from mnist_core.errors import MnistError


def add_data(parser: argparse.ArgumentParser) -> None:
    """Let a command line say ``--data``."""
    parser.add_argument("--data", default="auto", help="auto, sample, or the path of an .npz file")


def load_data(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Dataset:
    """Load the digits that were asked for; where that can't be done, end with a sentence."""
    try:
        return load_mnist(options.data)
    except MnistError as error:
        parser.error(str(error))


def count(text: str) -> int:
    """Read a number of things, at least one."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be at least 1")
    return number
