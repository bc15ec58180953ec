"""What excites the nodes of a network: rules, digits and images, found once for all viewers."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.inspection.feature_visualization import (
    Extremes,
    exciting_image,
    extremes,
    inked,
    rule_scale,
)
from mnist_core.inspection.trace import Node
from pages.services.caching import BY_NAME
from pages.views.inside.ablation import pruned_network
from pages.views.inside.snapshot import Snapshot

SHOWN_EXTREMES = 8


@st.cache_resource(hash_funcs=BY_NAME, max_entries=64, show_spinner="Showing it all test digits …")
def extreme_digits(snapshot: Snapshot, share: float, layer: int) -> Extremes:
    """Find the test digits that excite the nodes of a layer most and least."""
    images = snapshot.dataset.x_test
    return extremes(pruned_network(snapshot, share), images, layer, SHOWN_EXTREMES)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=1000, show_spinner=False)
def image_for(snapshot: Snapshot, share: float, node: Node) -> npt.NDArray[np.uint8]:
    """Return the image that excites a node most: uint8 (28, 28)."""
    return exciting_image(pruned_network(snapshot, share), node, inked(snapshot.dataset.x_test))


@st.cache_resource(hash_funcs=BY_NAME, max_entries=1000, show_spinner=False)
def scale_of_rules(snapshot: Snapshot, share: float) -> float:
    """Return the end of the scale that the rules of the first layer share."""
    return rule_scale(pruned_network(snapshot, share))
