"""What a network can be asked about one digit: why, what looks alike, and since when."""

from __future__ import annotations

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
from mnist_core.inspection.network import Network
from pages.services.networks import network_at, newest_snapshot
from pages.services.server import get_store
from pages.views.shared.evaluated import Evaluated

NEIGHBOURS = 8
KEPT_NODES = 256
SEARCHED_BY_LARGE = 10_000
EVIDENCE_EXPLAINED = (
    "Ink times gradient: how a little more or less of each pixel's ink would move the choice "
    "between the two digits."
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


class LifeShown(NamedTuple):
    """What became of a digit over the epochs, in words and as a table."""

    words: str
    table: pd.DataFrame


def evidence(evaluated: Evaluated, position: int) -> Evidence | None:
    """Ask why the network guessed so; None where it has no guess or no weights are kept."""
    network = _newest_network(evaluated)
    evaluation = evaluated.evaluation
    guess = int(evaluation.y_pred[position])
    if network is None or guess == NO_GUESS:
        return None
    true = int(evaluation.y_true[position])
    other = int(evaluation.second[position]) if guess == true else true
    image = evaluated.images(np.array([position]))[0]
    return Evidence(guess, other, network.evidence(image, guess, other))


def neighbours(evaluated: Evaluated, image: npt.NDArray[np.uint8]) -> list[Alike]:
    """Find the digits the network learned from that are most like an image, in two ways."""
    dataset, config = evaluated.dataset, evaluated.run.config
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
        "The nearest ones by Euclidean distance. These the network has learned from.",
        nearest_by_pixels(images, image, NEIGHBOURS),
    )
    network = _newest_network(evaluated)
    if network is None or not config.layers:
        return [by_pixels]
    by_network = alike(
        "network",
        "Training digits that look alike to the network",
        "The nearest ones by what the last hidden layer makes of them"
        + (f", among the first {SEARCHED_BY_LARGE:,}." if _is_large(evaluated) else "."),
        _nearest_by_network(evaluated, network, images, image),
    )
    return [by_pixels, by_network]


def life(evaluated: Evaluated, position: int) -> LifeShown | None:
    """Follow a digit through the kept epochs; None where fewer than two are kept."""
    found = _life(evaluated, position)
    if found is None:
        return None
    return LifeShown(found.words(), _table(found))


def _life(evaluated: Evaluated, position: int) -> LearningHistory | None:
    run = evaluated.run
    epochs = get_store().snapshot_epochs(run.id)
    if len(epochs) < 2:
        return None
    networks = ((epoch, network_at(run, epoch)) for epoch in epochs)
    image = evaluated.images(np.array([position]))[0]
    return trace_learning(image, int(evaluated.evaluation.y_true[position]), networks)


def _table(found: LearningHistory) -> pd.DataFrame:
    return (
        pd.DataFrame(
            {
                "Epoch": ["before" if epoch < 0 else str(epoch + 1) for epoch in found.epochs],
                "Guess": [guessed(guess) for guess in found.guesses],
                "Sure": [f"{percent(confidence)}" for confidence in found.confidence],
                "": ["✓ right" if right else "✗ wrong" for right in found.right],
            }
        )
        .set_index("Epoch")
        .T
    )


def _newest_network(evaluated: Evaluated) -> Network | None:
    epoch = newest_snapshot(evaluated.run)
    return None if epoch is None else network_at(evaluated.run, epoch)


@st.cache_resource(
    max_entries=4, show_spinner=False, hash_funcs={Dataset: lambda dataset: dataset.digest}
)
def _learned(dataset: Dataset, validation_split: float, fraction: float) -> npt.NDArray[np.intp]:
    return split_indices(dataset.y_train, validation_split, fraction)[0]


def _is_large(evaluated: Evaluated) -> bool:
    """Check whether what the last hidden layer makes of all digits is too much to keep."""
    return evaluated.run.config.layers[-1] > KEPT_NODES


def _nearest_by_network(
    evaluated: Evaluated,
    network: Network,
    images: npt.NDArray[np.uint8],
    image: npt.NDArray[np.uint8],
) -> Neighbours:
    if _is_large(evaluated):
        return nearest_by_network(network, images[:SEARCHED_BY_LARGE], image, NEIGHBOURS)
    # One digit is seldom looked at alone: what the layer makes of all others is kept.
    seen = _seen_by(evaluated.run.id, newest_snapshot(evaluated.run), network, images)
    return nearest(seen, network.last_hidden(image[np.newaxis])[0], NEIGHBOURS)


@st.cache_resource(max_entries=2, show_spinner=False)
def _seen_by(
    run_id: str,  # noqa: ARG001 - with the epoch, what the result is kept by
    epoch: int | None,  # noqa: ARG001
    _network: Network,
    _images: npt.NDArray[np.uint8],
) -> npt.NDArray[np.float32]:
    return _network.last_hidden(_images)
