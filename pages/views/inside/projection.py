"""Where digits lie on a map of what a network makes of them, computed once for all viewers."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.inspection.network import input_values
from mnist_core.inspection.projection import (
    PIXEL_LAYER,
    Neighbourhood,
    PrincipalMap,
    choose_digits,
    draw_principal_map,
    features_of,
    fit_in_square,
    look_around,
    turn_like,
    unpack_map,
)
from mnist_core.store import MapSubject
from pages.services.caching import BY_NAME
from pages.services.server import get_store
from pages.views.inside.snapshot import Snapshot

Floats = npt.NDArray[np.float32]
KEPT_MAPS = 256
KEPT_SETS = 4


class Mapped(NamedTuple):
    """A map as it is drawn.

    Attributes:
        positions: float32 (n, 2), the digits of ``digits_of`` in their order.
        neighbourhood: how well it parts the ten digits.
    """

    positions: Floats
    neighbourhood: Neighbourhood


class Layer(NamedTuple):
    """What a map is of: the pixels, or a layer of a network after an epoch.

    Attributes:
        snapshot: the run and the epoch.
        number: from 1, the output layer last; ``PIXEL_LAYER`` for the pixels.
    """

    snapshot: Snapshot
    number: int

    @property
    def subject(self) -> MapSubject:
        """What a map by t-SNE is kept under."""
        digest = self.snapshot.run.dataset_digest
        if self.number == PIXEL_LAYER:
            return MapSubject(digest)
        return MapSubject(digest, self.snapshot.run.id, self.snapshot.epoch, self.number)

    @property
    def name(self) -> str:
        """What it is called: "the pixels", "layer 1", "the output layer"."""
        if self.number == PIXEL_LAYER:
            return "the pixels"
        return "the output layer" if self.is_output else f"layer {self.number}"

    @property
    def is_output(self) -> bool:
        """Whether it is the output layer."""
        return self.number > len(self.snapshot.run.config.layers)


def layers_of(snapshot: Snapshot) -> dict[str, Layer]:
    """Return what there are maps of, by the words of the choice."""
    hidden = {f"Layer {number}": number for number in range(1, len(snapshot.run.config.layers) + 1)}
    numbers = {"Pixels": PIXEL_LAYER, **hidden, "Output": len(hidden) + 1}
    return {words: Layer(snapshot, number) for words, number in numbers.items()}


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_SETS, show_spinner=False)
def digits_of(dataset: Dataset) -> npt.NDArray[np.intp]:
    """Choose the test digits that are on the maps of a data set: intp (n,)."""
    return choose_digits(dataset.y_test)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_MAPS, show_spinner=False)
def evaluate(snapshot: Snapshot) -> Evaluation:
    """Return the network's guesses for the digits on the map."""
    dataset, digits = snapshot.dataset, digits_of(snapshot.dataset)
    y_prob = snapshot.network.probabilities(dataset.x_test[digits])
    return Evaluation(dataset.y_test[digits], y_prob, digits)


def principal_map(layer: Layer) -> PrincipalMap:
    """Return the map by PCA, turned so that nothing flips from epoch to epoch or layer to layer.

    Raises:
        EvaluationError: there is none; says why.
    """
    if layer.number == PIXEL_LAYER:
        return _pixel_map(layer.snapshot.dataset)
    return _layer_map(layer, get_store().snapshot_epochs(layer.snapshot.run.id)[-1])


def map_by_pca(layer: Layer) -> Mapped:
    """Return the map by PCA as it is drawn.

    Raises:
        EvaluationError: there is none; says why.
    """
    positions = principal_map(layer).positions
    return Mapped(positions, _neighbourhood(positions, layer.snapshot.dataset))


def map_by_tsne(layer: Layer) -> Mapped | None:
    """Return the map by t-SNE if somebody had it drawn; turned like that by PCA."""
    data = get_store().load_map(layer.subject)
    positions = None if data is None else unpack_map(data, digits_of(layer.snapshot.dataset))
    if positions is None:
        return None
    turn = turn_like(positions, principal_map(layer).positions)
    turned = fit_in_square(positions @ turn)
    return Mapped(turned, _neighbourhood(turned, layer.snapshot.dataset))


def features(layer: Layer, images: npt.NDArray[np.uint8]) -> Floats:
    """Return what a layer makes of images: float32 (n, nodes)."""
    return features_of(images, layer.snapshot.network, layer.number)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_MAPS, show_spinner=False)
def _neighbourhood(positions: Floats, dataset: Dataset) -> Neighbourhood:
    return look_around(positions, dataset.y_test[digits_of(dataset)])


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_SETS, show_spinner=False)
def _pixel_map(dataset: Dataset) -> PrincipalMap:
    return draw_principal_map(input_values(dataset.x_test[digits_of(dataset)]))


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_MAPS, show_spinner=False)
def _layer_map(layer: Layer, last: int) -> PrincipalMap:
    """Turn the map of the last epoch like that of the pixels, and those before like the last."""
    run, epoch = layer.snapshot
    dataset = layer.snapshot.dataset
    drawn = draw_principal_map(features(layer, dataset.x_test[digits_of(dataset)]))
    try:
        if epoch == last:
            like = _pixel_map(dataset)
        else:
            like = _layer_map(Layer(Snapshot(run, last), layer.number), last)
    except EvaluationError:  # its numbers overflowed by then: there is nothing to turn this like
        return drawn
    return drawn.turned_like(like.positions)
