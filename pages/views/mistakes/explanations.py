"""What a network can be asked about one digit: why, what looks alike, and since when."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from mnist_core.config import NO_GUESS
from mnist_core.data import Dataset, split_indices
from mnist_core.evaluation.learning_history import LearningHistory, trace_learning
from mnist_core.formatting import guessed, percent
from mnist_core.inspection.nearest import Neighbours, nearest, nearest_by_network, nearest_by_pixels
from mnist_core.store import Run
from pages.services.caching import BY_NAME
from pages.services.datasets import run_dataset
from pages.services.networks import network_at, newest_snapshot
from pages.services.server import get_store
from pages.views.shared.evaluated_run import EvaluatedRun

NEIGHBOURS = 8
KEPT_NODES = 256
SEARCHED_BY_LARGE = 10_000
EVIDENCE_EXPLAINED = (
    "How a little more or less ink in each pixel would move the choice between the two digits."
)


class Evidence(NamedTuple):
    """Which pixels spoke for the guess, and which against it.

    Attributes:
        guess: what the network said.
        other: the truth, or the second guess where the guess is the truth.
        pixels: float32 (28, 28), above 0 for the guess.
    """

    guess: int
    other: int
    pixels: npt.NDArray[np.float32]


class Alike(NamedTuple):
    """Training digits that are like the one that is open, the nearest first."""

    key: str
    title: str
    explained: str
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    indices: npt.NDArray[np.intp]


def evidence(evaluated: EvaluatedRun, position: int) -> Evidence | None:
    """Ask why the network guessed so; None where it has no guess or no weights are kept."""
    run, evaluation = evaluated.run, evaluated.evaluation
    epoch = newest_snapshot(run)
    guess = int(evaluation.y_pred[position])
    if epoch is None or guess == NO_GUESS:
        return None
    true = int(evaluation.y_true[position])
    other = int(evaluation.second[position]) if guess == true else true
    image = evaluated.images(np.array([position]))[0]
    return Evidence(guess, other, network_at(run, epoch).evidence(image, guess, other))


def neighbours(evaluated: EvaluatedRun, image: npt.NDArray[np.uint8]) -> list[Alike]:
    """Find the digits the network learned from that are most like an image, in two ways."""
    dataset, run, config = evaluated.dataset, evaluated.run, evaluated.run.config
    learned = _learned(dataset, config.validation_split, config.fraction)
    images = dataset.x_train[learned]

    def alike(key: str, title: str, explained: str, found: Neighbours) -> Alike:
        places = learned[found.indices]
        return Alike(
            key, title, explained, dataset.x_train[places], dataset.y_train[places], places
        )

    by_pixels = alike(
        "pixels",
        "Training digits with the most similar pixels",
        "Those that differ least, all 784 pixels taken together. It has learned from these.",
        nearest_by_pixels(images, image, NEIGHBOURS),
    )
    epoch = newest_snapshot(run)
    if epoch is None or not config.layers:
        return [by_pixels]
    by_network = alike(
        "network",
        "Training digits that look alike to the network",
        "The nearest ones by what the last hidden layer makes of them"
        + (f", among the first {SEARCHED_BY_LARGE:,}." if _is_large(run) else "."),
        _nearest_by_network(run, epoch, images, image),
    )
    return [by_pixels, by_network]


def learning_history(evaluated: EvaluatedRun, position: int) -> LearningHistory | None:
    """Follow a digit through the kept epochs; None where fewer than two are kept."""
    run = evaluated.run
    epochs = get_store().snapshot_epochs(run.id)
    if len(epochs) < 2:
        return None
    networks = ((epoch, network_at(run, epoch)) for epoch in epochs)
    image = evaluated.images(np.array([position]))[0]
    return trace_learning(image, int(evaluated.evaluation.y_true[position]), networks)


def history_table(found: LearningHistory) -> pd.DataFrame:
    """Put what became of a digit over the epochs into a table: a column an epoch."""
    columns = {
        "Epoch": ["before" if epoch < 0 else str(epoch + 1) for epoch in found.epochs],
        "Guess": [guessed(guess) for guess in found.guesses],
        "Sure": [percent(confidence) for confidence in found.confidence],
        "": ["✓ right" if right else "✗ wrong" for right in found.right],
    }
    return pd.DataFrame(columns).set_index("Epoch").T


@st.cache_resource(hash_funcs=BY_NAME, max_entries=4, show_spinner=False)
def _learned(dataset: Dataset, validation_split: float, fraction: float) -> npt.NDArray[np.intp]:
    return split_indices(dataset.y_train, validation_split, fraction)[0]


def _is_large(run: Run) -> bool:
    """Check whether what the last hidden layer makes of all digits is too much to keep."""
    return run.config.layers[-1] > KEPT_NODES


def _nearest_by_network(
    run: Run, epoch: int, images: npt.NDArray[np.uint8], image: npt.NDArray[np.uint8]
) -> Neighbours:
    network = network_at(run, epoch)
    if _is_large(run):
        return nearest_by_network(network, images[:SEARCHED_BY_LARGE], image, NEIGHBOURS)
    # One digit is seldom looked at alone: what the layer makes of all others is kept.
    return nearest(_last_hidden(run, epoch), network.last_hidden(image[np.newaxis])[0], NEIGHBOURS)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=2, show_spinner=False)
def _last_hidden(run: Run, epoch: int) -> npt.NDArray[np.float32]:
    """Return what the last hidden layer makes of the digits that the network has learned from."""
    dataset, config = run_dataset(run.dataset_digest), run.config
    learned = _learned(dataset, config.validation_split, config.fraction)
    return network_at(run, epoch).last_hidden(dataset.x_train[learned])
