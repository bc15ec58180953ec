"""Try every worksheet with several seeds: ``python -m scripts.try_worksheets [--data mnist]``.

Prints a table of whether the effects show. For maintainers: after a change of settings, rules or
libraries. The built-in sample takes about two minutes on two cores; all of MNIST, which
``MNIST_PATH`` must name, several. ``--only KEY ...`` tries only these.
"""

from __future__ import annotations

import argparse
import functools
import os
from collections.abc import Iterator

from mnist_core import TrainingConfig, build_model, load_mnist, train
from mnist_core.data import Dataset
from mnist_core.lesson.worksheets import WORKSHEETS, History, Worksheet


@functools.cache
def history_of(config: TrainingConfig, data: str) -> History:
    """Train once for all worksheets that ask for the same settings."""
    return train(build_model(config), dataset_of(data), config).history


@functools.cache
def dataset_of(data: str) -> Dataset:
    """Load the built-in sample, or the file that ``MNIST_PATH`` names."""
    return load_mnist("sample" if data == "sample" else os.environ["MNIST_PATH"])


def try_worksheet(worksheet: Worksheet, data: str, seeds: int) -> Iterator[str]:
    """Train both sides with every seed; gives a row of a table for each."""
    for seed in range(seeds):
        pair = [
            history_of(config.replace(seed=seed), data)
            for config in (worksheet.baseline, worksheet.settings)
        ]
        cells = [worksheet.key, data, str(seed), *map(_in_short, pair)]
        yield f"| {' | '.join(cells)} | {'yes' if worksheet.shows(*pair) else '**no**'} |"


def _in_short(history: History) -> str:
    return "{:.3f}, {:.3f} to {:.3f}".format(
        history["accuracy"][-1], history["val_accuracy"][0], history["val_accuracy"][-1]
    )


def main() -> None:
    """Print the table row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=("sample", "mnist"), default="sample")
    parser.add_argument(
        "--only", nargs="+", metavar="KEY", choices=[worksheet.key for worksheet in WORKSHEETS]
    )
    parser.add_argument("--seeds", type=int, default=5)
    wanted = parser.parse_args()
    if wanted.data == "mnist" and not os.environ.get("MNIST_PATH"):
        parser.error("all of MNIST is tried on the file that MNIST_PATH names, and it names none")
    print("Accuracy at the end; validation accuracy after the first and after the last epoch.\n")
    print("| worksheet | data | seed | baseline | changed | effect shows |")
    print("|---|---|---|---|---|---|")
    for worksheet in WORKSHEETS:
        if not wanted.only or worksheet.key in wanted.only:
            for row in try_worksheet(worksheet, wanted.data, wanted.seeds):
                print(row, flush=True)


if __name__ == "__main__":
    main()
