"""Digits from elsewhere, with and without the steps of Draw: ``python -m benchmarks.drawings``.

Trains 784-128-10 for five epochs from several seeds, reads the digits with each, and writes
``benchmarks/results/drawings.md``. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits

import mnist_core.training.tensorflow_env  # noqa: F401 - before TensorFlow is imported
from benchmarks.arguments import add_data, load_data
from benchmarks.machine import describe_machine
from benchmarks.results import RESULTS, describe_machine_in_words, write
from benchmarks.tables import as_markdown
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import ALL_STEPS, Step, prepare
from mnist_core.handwriting.photo import read_photo
from mnist_core.inspection.network import Network
from mnist_core.training.fit import train
from mnist_core.training.model import build_model

Floats = npt.NDArray[np.float32]

EPOCHS: Final = 5
SIDE: Final = 280
FACES: Final = (
    "DejaVuSans.ttf",
    "DejaVuSans-ExtraLight.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSansMono-Oblique.ttf",
    "DejaVuSerif.ttf",
    "LiberationSans-Regular.ttf",
    "LiberationSansNarrow-Bold.ttf",
    "LiberationSerif-Regular.ttf",
    "LiberationSerif-BoldItalic.ttf",
    "LiberationMono-Regular.ttf",
)
"""Free fonts that most Linux systems have; those that are missing are named and left out."""

WAYS: Final[Mapping[str, Collection[Step]]] = {
    "all steps": ALL_STEPS,
    "no step: stretched": frozenset(),
    **{f"without “{step.heading}”": ALL_STEPS - {step} for step in Step},
}


class Collected(NamedTuple):
    """Drawings with their digits.

    Attributes:
        title: what they are.
        drawings: float32 (h, w) each, 0 paper to 1 ink.
        y_true: int (n,).
    """

    title: str
    drawings: Sequence[Floats]
    y_true: npt.NDArray[np.int64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the table.

    Returns:
        the exit status: 0 measured, 2 wrong arguments.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.drawings", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    add_data(parser)
    parser.add_argument("--every", type=int, default=1, help="one scikit-learn digit in so many")
    parser.add_argument("--output", type=Path, default=RESULTS / "drawings.md")
    options = parser.parse_args(arguments)
    dataset = load_data(parser, options)
    machine = describe_machine()
    networks = [train_network(dataset, seed) for seed in options.seeds]
    faces, missing = find_faces()
    collections = [
        scikit_learn_digits(options.every),
        rendered_digits(faces),
        digits_of_a_page(dataset),
    ]
    text = describe(dataset, options.seeds, networks, collections, (faces, missing))
    write(options.output, f"{text}\n\n{describe_machine_in_words(machine)}\n")
    print(text)
    return 0


def train_network(dataset: Dataset, seed: int) -> Network:
    """Train 784-128-10 as the dashboard does, and take its weights over into NumPy."""
    config = TrainingConfig(epochs=EPOCHS, seed=seed)
    model = build_model(config)
    train(model, dataset, config)
    weights = model.get_weights()
    return Network(tuple(weights[::2]), tuple(weights[1::2]), config.activation)


def scikit_learn_digits(every: int = 1) -> Collected:
    """Enlarge scikit-learn's digits of 8 × 8 pixels smoothly to 280 × 280."""
    digits = load_digits()
    drawings = [
        np.asarray(
            Image.fromarray(image.astype(np.float32) / 16).resize(
                (SIDE, SIDE), Image.Resampling.BICUBIC
            )
        ).clip(0, 1)
        for image in digits.images[::every]
    ]
    return Collected("scikit-learn's digits, enlarged", drawings, digits.target[::every])


def find_faces() -> tuple[list[str], list[str]]:
    """Return which of the ten fonts this system has, and which not."""
    found = []
    for name in FACES:
        try:
            ImageFont.truetype(name, 12)
        except OSError:
            continue
        found.append(name)
    return found, [name for name in FACES if name not in found]


def rendered_digits(faces: Sequence[str]) -> Collected:
    """Draw 0 to 9 in each font, 180 pixels high, in the middle of the field."""
    drawings = []
    for name in faces:
        font = ImageFont.truetype(name, 180)
        for digit in range(10):
            field = Image.new("L", (SIDE, SIDE))
            ImageDraw.Draw(field).text(
                (SIDE / 2, SIDE / 2), str(digit), fill=255, font=font, anchor="mm"
            )
            drawings.append(np.asarray(field, np.float32) / 255)
    return Collected("fonts, rendered", drawings, np.tile(np.arange(10), len(faces)))


def digits_of_a_page(dataset: Dataset, rows: int = 5, columns: int = 8) -> Collected:
    """Put test digits on a page in uneven light, photograph it as JPEG, and find them again.

    Raises:
        DrawingError: not as many digits were found as there are.
    """
    chosen = np.random.default_rng(0).choice(len(dataset.x_test), rows * columns, replace=False)
    found = read_photo(photograph(dataset.x_test[chosen], columns)).digits
    if len(found) != len(chosen):
        raise DrawingError(f"{len(found)} digits were found on a page of {len(chosen)}.")
    drawings = [one.drawing for one in found]
    return Collected("a page of 40 test digits", drawings, dataset.y_test[chosen].astype(np.int64))


def photograph(images: npt.NDArray[np.uint8], columns: int) -> bytes:
    """Write digits in rows on a page, with a lamp at the upper left and a noisy camera."""
    rng = np.random.default_rng(1)
    cell = 150
    height, width = -(-len(images) // columns) * cell, columns * cell
    ink = np.zeros((height, width), np.float32)
    for place, image in enumerate(images):
        side = int(rng.integers(80, 120))
        large = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
        top = place // columns * cell + int(rng.integers(0, cell - side))
        left = place % columns * cell + int(rng.integers(0, cell - side))
        ink[top : top + side, left : left + side] = np.asarray(large, np.float32) / 255
    down, right = np.mgrid[0:height, 0:width]
    light = 0.4 + 0.55 * np.exp(-((right - 200) ** 2 + (down - 150) ** 2) / (2 * 600**2))
    grey = light * (1 - 0.7 * ink) + rng.normal(0, 0.03, ink.shape)
    file = io.BytesIO()
    Image.fromarray(np.uint8(grey.clip(0, 1) * 255)).save(file, "JPEG", quality=85)
    return file.getvalue()


def accuracies(
    networks: Sequence[Network], collected: Collected, steps: Collection[Step]
) -> list[float]:
    """Return the share that each network reads; a drawing that can't be prepared is not read."""
    images = np.zeros((len(collected.drawings), 28, 28), np.uint8)
    prepared = np.zeros(len(images), bool)
    for index, drawing in enumerate(collected.drawings):
        try:
            images[index], prepared[index] = prepare(drawing, steps).image, True
        except DrawingError:
            continue
    guesses = [network.probabilities(images).argmax(axis=1) for network in networks]
    return [float(((guess == collected.y_true) & prepared).mean()) for guess in guesses]


def describe(
    dataset: Dataset,
    seeds: Sequence[int],
    networks: Sequence[Network],
    collections: Sequence[Collected],
    fonts: tuple[Sequence[str], Sequence[str]],
) -> str:
    """Write the page that a person reads."""
    present, missing = fonts
    test = [
        float((network.probabilities(dataset.x_test).argmax(axis=1) == dataset.y_test).mean())
        for network in networks
    ]
    filled = [one for one in collections if one.drawings]
    head = ("", *(f"{one.title} ({len(one.drawings):,})" for one in filled))
    rows = [
        (name, *(write_spread(accuracies(networks, one, steps)) for one in filled))
        for name, steps in WAYS.items()
    ]
    trained = (
        f"Accuracy of 784-128-10 after {EPOCHS} epochs on {dataset.name}, its mean over the seeds "
        f"{', '.join(map(str, seeds))}; in brackets the lowest and the highest. Of the test digits "
        f"as they are, it reads {write_spread(test)}."
    )
    named = ", ".join(name.removesuffix(".ttf") for name in present) or "none"
    left_out = f" Not on this system: {', '.join(missing)}." if missing else ""
    title = "# Results of `python -m benchmarks.drawings`"
    return "\n\n".join([title, trained, as_markdown(head, rows), f"Fonts: {named}.{left_out}"])


def write_spread(shares: Sequence[float]) -> str:
    """Write a mean, and the range where there is one."""
    mean = f"{np.mean(shares):.3f}"
    return f"{mean} ({min(shares):.3f}–{max(shares):.3f})" if len(shares) > 1 else mean


if __name__ == "__main__":
    sys.exit(main())
