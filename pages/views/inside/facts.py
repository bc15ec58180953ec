"""What takes a moment to find out about a network, computed once for all viewers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.evaluation.predictions import Evaluation
from mnist_core.inspection.ablation import pruned, with_held
from mnist_core.inspection.feature_visualization import (
    Extremes,
    exciting_image,
    extremes,
    inked,
    rule_scale,
)
from mnist_core.inspection.network import Network
from mnist_core.inspection.trace import Held, Node
from pages.views.inside.seen import Seen

SHOWN_EXTREMES = 8


def pruned_network(seen: Seen, share: float) -> Network:
    """Return the network of that epoch without the weakest share of its weights."""
    return seen.network if not share else _pruned(seen.run.id, seen.epoch, share, seen)


def accuracy(seen: Seen, share: float, held: Held) -> float:
    """Return the share of test digits read right by the network as it was changed, 0 to 1."""
    return _accuracy(seen.run.id, seen.epoch, share, tuple(sorted(held.items())), seen)


def extreme_digits(seen: Seen, share: float, layer: int) -> Extremes:
    """Find the test digits that excite the nodes of a layer most and least."""
    return _extremes(seen.run.id, seen.epoch, share, layer, seen)


def image_for(seen: Seen, share: float, node: Node) -> npt.NDArray[np.uint8]:
    """Return the image that excites a node most: uint8 (28, 28)."""
    return _image(seen.run.id, seen.epoch, share, node, seen)


def scale_of_rules(seen: Seen, share: float) -> float:
    """Return the end of the scale that the rules of the first layer share."""
    return _scale(seen.run.id, seen.epoch, share, seen)


@st.cache_resource(max_entries=1000, show_spinner=False)
def _scale(run_id: str, epoch: int, share: float, _seen: Seen) -> float:  # noqa: ARG001
    return rule_scale(pruned_network(_seen, share))


@st.cache_resource(max_entries=16, show_spinner=False)
def _pruned(run_id: str, epoch: int, share: float, _seen: Seen) -> Network:  # noqa: ARG001
    return pruned(_seen.network, share)


@st.cache_resource(max_entries=1000, show_spinner="Reading all test digits …")
def _accuracy(
    run_id: str,  # noqa: ARG001 - with the rest, what the result is kept by
    epoch: int,  # noqa: ARG001
    share: float,
    held: tuple[tuple[Node, float], ...],
    _seen: Seen,
) -> float:
    network = with_held(pruned_network(_seen, share), dict(held))
    dataset = _seen.dataset
    return Evaluation(dataset.y_test, network.probabilities(dataset.x_test)).accuracy


@st.cache_resource(max_entries=64, show_spinner="Showing it all test digits …")
def _extremes(run_id: str, epoch: int, share: float, layer: int, _seen: Seen) -> Extremes:  # noqa: ARG001
    network = pruned_network(_seen, share)
    return extremes(network, _seen.dataset.x_test, layer, SHOWN_EXTREMES)


@st.cache_resource(max_entries=1000, show_spinner=False)
def _image(
    run_id: str,  # noqa: ARG001 - with the rest, what the result is kept by
    epoch: int,  # noqa: ARG001
    share: float,
    node: Node,
    _seen: Seen,
) -> npt.NDArray[np.uint8]:
    return exciting_image(pruned_network(_seen, share), node, inked(_seen.dataset.x_test))
