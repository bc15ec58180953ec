"""Made-up photographs of every kind, read as Draw reads them: ``python -m benchmarks.photos``.

Trains 784-128-10 for five epochs, sends every page of ``benchmarks.made_up_pages`` through the
same steps as an uploaded file, and writes ``benchmarks/results/photos.md``. Figures of an older
state, which ``--before`` names, stand beside the new ones.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.datasets import load_digits

from benchmarks.arguments import add_data, load_data
from benchmarks.drawings import EPOCHS, find_faces, train_network
from benchmarks.machine import describe_machine
from benchmarks.made_up_pages import KINDS, Digits, Page, compare, enlarged, printed
from benchmarks.results import RESULTS, describe_machine_in_words, write
from benchmarks.tables import NOTHING, as_markdown
from mnist_core.data import load_mnist
from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import prepare
from mnist_core.handwriting.photo import FoundDigit, read_photo
from mnist_core.inspection.network import Network


@dataclass
class Tally:
    """How the pages of a kind were read.

    Attributes:
        pages: how many there are.
        digits: that are written on them.
        found: of those.
        invented: frames that hold no digit, or half of one.
        in_order: pages of which every digit was found, in reading order.
        right: digits that the network reads right, of all.
        refused: pages that nothing was found on.
        seconds: of processor time for the slowest page, from the file to its digits.
    """

    pages: int = 0
    digits: int = 0
    found: int = 0
    invented: int = 0
    in_order: int = 0
    right: int = 0
    refused: int = 0
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the table.

    Returns:
        the exit status: 0 measured, 2 wrong arguments.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.photos", description=__doc__)
    add_data(parser)
    parser.add_argument("--before", type=Path, default=RESULTS / "photos-before.json")
    parser.add_argument("--output", type=Path, default=RESULTS / "photos.json")
    parser.add_argument("--verbose", action="store_true", help="name the pages that went wrong")
    options = parser.parse_args(arguments)
    dataset = load_data(parser, options)
    machine = describe_machine()
    network = train_network(dataset, seed=0)
    sample = load_mnist("sample")
    tallies = {
        kind: tally(pages, network, print if options.verbose else lambda _: None)
        for kind, pages in all_pages(sample.x_test, sample.y_test).items()
    }
    figures = {kind: dataclasses.asdict(one) for kind, one in tallies.items()}
    before = json.loads(options.before.read_text("utf-8")) if options.before.exists() else {}
    write(options.output, json.dumps(figures, indent=1) + "\n")
    text = describe(dataset.name, figures, before)
    page = f"{text}\n\n{describe_machine_in_words(machine)}\n"
    write(options.output.with_suffix(".md"), page)
    print(text)
    return 0


def all_pages(images: np.ndarray, labels: np.ndarray) -> dict[str, Iterable[Page]]:
    """Return every kind with its pages; each kind begins with the same digits."""
    small = load_digits()
    return {
        **{kind: make(Digits(images, labels)) for kind, make in KINDS.items()},
        "fonts on paper": printed(Digits(images, labels), find_faces()[0]),
        "scikit-learn's digits, enlarged": enlarged(small.images[::6], small.target[::6]),
    }


def tally(pages: Iterable[Page], network: Network, say: Callable[[str], None]) -> Tally:
    """Read pages and count."""
    counted = Tally()
    for page in pages:
        began = time.process_time()
        found, problem = digits_of(page)
        counted.seconds = max(counted.seconds, time.process_time() - began)
        matched = compare(page, [(one.left, one.top, one.width, one.height) for one in found])
        guesses = guess(network, found)
        known = [(place, digit) for place, digit in enumerate(matched) if digit is not None]
        right = sum(guesses[place] == page.y_true[digit] for place, digit in known)
        order = [digit for _, digit in known]
        counted.pages += 1
        counted.digits += len(page.y_true)
        counted.found += len(known)
        counted.invented += len(found) - len(known)
        counted.in_order += order == list(range(len(page.y_true)))
        counted.right += right
        counted.refused += not found
        if order != list(range(len(page.y_true))) or len(found) != len(known):
            say(f"{page.name}: {len(known)} of {len(page.y_true)}, {len(found)} frames. {problem}")
    return counted


def digits_of(page: Page) -> tuple[Sequence[FoundDigit], str]:
    """Return the digits that are found on a page, or why there are none."""
    try:
        photo = read_photo(page.data)
    except DrawingError as error:
        return (), str(error)
    return photo.digits, photo.problem


def guess(network: Network, found: Sequence[FoundDigit]) -> list[int]:
    """Let a network read digits, one after the other; -1 where one can't be prepared."""
    guesses = []
    for one in found:
        try:
            image = prepare(one.drawing).image
        except DrawingError:
            guesses.append(-1)
            continue
        guesses.append(int(network.probabilities(image[np.newaxis]).argmax()))
    return guesses


def describe(
    name: str, figures: Mapping[str, Mapping[str, float]], before: Mapping[str, Mapping[str, float]]
) -> str:
    """Write the page that a person reads."""
    head = (
        "kind",
        "pages",
        "digits",
        *(each for column in COLUMNS for each in (f"{column}, before", column)),
    )
    total = {"all": _summed(figures.values())}
    total_before = {"all": _summed(before.values())} if before else {}
    rows = [
        (
            kind,
            f"{now['pages']}",
            f"{now['digits']:,}",
            *_cells(now, {**before, **total_before}.get(kind)),
        )
        for kind, now in {**figures, **total}.items()
    ]
    meaning = (
        f"Read by 784-128-10 after {EPOCHS} epochs on {name}. Found: digits with a frame of their "
        "own, of all. Invented: frames that hold no digit, half a digit or two. In order: pages on "
        "which every digit was found, and in reading order. Right: digits that the network reads "
        "right, of all. Refused: pages without a digit that was found; each of them says why. "
        "Seconds: of processor time for the slowest page, from its file to its digits."
    )
    return "\n\n".join(
        ["# Results of `python -m benchmarks.photos`", meaning, as_markdown(head, rows)]
    )


COLUMNS: Final[Mapping[str, Callable[[Mapping[str, float]], str]]] = {
    "found": lambda one: _share(one["found"], one["digits"]),
    "invented": lambda one: f"{one['invented']}",
    "in order": lambda one: f"{one['in_order']}",
    "right": lambda one: _share(one["right"], one["digits"]),
    "refused": lambda one: f"{one['refused']}",
    "seconds": lambda one: f"{one['seconds']:.1f}",
}


def _cells(now: Mapping[str, float], before: Mapping[str, float] | None) -> list[str]:
    return [
        cell
        for write_cell in COLUMNS.values()
        for cell in (NOTHING if before is None else write_cell(before), write_cell(now))
    ]


def _summed(tallies: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Add tallies up; of the seconds, the most."""
    rows = list(tallies)
    summed = {key: sum(row[key] for row in rows) for key in rows[0]}
    return {**summed, "seconds": max(row["seconds"] for row in rows)}


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.3f}" if whole else NOTHING


if __name__ == "__main__":
    sys.exit(main())
