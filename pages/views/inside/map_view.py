"""The map: test digits as points, by what a layer makes of them."""

import contextlib
from typing import NamedTuple

import numpy as np
import streamlit as st

from mnist_core.errors import EvaluationError
from mnist_core.formatting import article, capitalized, moment, percent
from mnist_core.inspection.projection import PIXEL_LAYER, Neighbourhood
from mnist_core.serving.digit_sprite import sprite_url
from pages.text import message
from pages.text.markdown import plain
from pages.views.inside.digit_picker import show_digit
from pages.views.inside.epoch_picker import is_moving
from pages.views.inside.map_progress import render_progress
from pages.views.inside.projection import (
    Layer,
    Mapped,
    digits_of,
    evaluate,
    features,
    layers_of,
    map_by_pca,
    map_by_tsne,
    principal_map,
)
from pages.views.inside.snapshot import Snapshot
from pages.views.shared.look_inside import ShownDigit
from pages.views.shared.probabilities import render_probabilities
from pages.widgets.digit_grid import render_digit_grid
from pages.widgets.digit_map import Spot, render_digit_map

COMPARED_NODES = 1200  # more would hold the page up for seconds
PCA, TSNE = "PCA", "t-SNE"
PCA_EXPLAINED = (
    "**PCA** looks at all digits at once from the side from which they lie farthest apart, as a "
    "lamp throws a shadow of something on a wall. It is exact, but what lies behind each other "
    "falls on one spot."
)
KEPT_EXPLAINED = "This map keeps {share} of the differences."
TSNE_EXPLAINED = (
    "**t-SNE** moves the points about until those that were alike lie together. So it shows "
    "groups that PCA hides. What it can't show: how far two groups are from each other, and how "
    "large a group is, means nothing."
)
MAP_EXPLAINED = (
    "Each point is a test digit. Here {name} stand{verb} for it, **{numbers:,} number{s}** a "
    "digit{more}, and the map squeezes them into two. Points that lie near each other are alike."
)
SUMS_EXPLAINED = " (the sums from which the likelihoods are made)"
LINE_EXPLAINED = " With one number, the map is a line."
USE_EXPLAINED = (
    "A click on a point chooses its digit. The numbers below the map show only some digits: try 4 "
    "and 9. **+** and a double click enlarge the map. With the keyboard: arrow keys and Enter."
)


class Ring(NamedTuple):
    """What the ring is drawn round.

    Attributes:
        spot: where it is; None where there is no place for it.
        stand_in: the number of the test digit that it marks instead of the shown one.
    """

    spot: Spot | None
    stand_in: int | None = None


def render_map(snapshot: Snapshot, shown: ShownDigit) -> None:
    """Draw the map with its choices, and the digit that is looked at beside it."""
    layer, how = _render_choices(snapshot)
    try:
        pca = map_by_pca(layer)
    except EvaluationError as error:
        message.info("{error} Choose another layer or epoch.", error=error)
        return
    tsne = map_by_tsne(layer) if how == TSNE else None
    # There in any case: were the map at another place on the page, it would be another map.
    with st.container():
        if how == TSNE and tsne is None:
            render_progress(layer)
    wide, narrow = st.columns([7, 4], gap="medium")
    mapped = pca if tsne is None else tsne
    ring = _ring(layer, mapped, shown, by_pca=tsne is None)
    with wide:
        st.markdown(f"**{_name(layer, by_pca=tsne is None)}**")
        _render_points(layer, mapped, ring.spot, by_pca=tsne is None)
    with narrow:
        st.markdown(f"{_neighbours_in_words(mapped.neighbourhood)} {_mistakes_in_words(layer)}")
        if not is_moving(snapshot.run):
            _render_comparison(snapshot)
        _render_explanation(layer, by_pca=tsne is None)
        _render_digit(snapshot, shown, ring)


def _render_choices(snapshot: Snapshot) -> tuple[Layer, str]:
    layers = layers_of(snapshot)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # A key for each number of layers: another run may not have the layer that was chosen.
        words = st.segmented_control(
            "Of", layers, default=[*layers][-1], required=True, key=f"map-of-{len(layers)}"
        )
        how = st.segmented_control(
            "How", (PCA, TSNE), default=PCA, required=True, key="map-how", bind="query-params"
        )
    return layers[words], how


def _render_points(layer: Layer, mapped: Mapped, spot: Spot | None, *, by_pca: bool) -> None:
    snapshot, evaluation = layer.snapshot, evaluate(layer.snapshot)
    render_digit_map(
        mapped.positions,
        evaluation.y_true,
        evaluation.y_pred,
        evaluation.indices,
        pictures=sprite_url(snapshot.run.dataset_digest),
        description=(
            f"{_name(layer, by_pca=by_pca)}, {len(evaluation):,} test digits. "
            f"{_neighbours_in_words(mapped.neighbourhood)} {_mistakes_in_words(layer)}"
        ),
        shown=spot,
        on_choose=show_digit,
        key="chart-map",
    )


def _ring(layer: Layer, mapped: Mapped, shown: ShownDigit, *, by_pca: bool) -> Ring:
    """Find where the shown digit lies. Only PCA finds a place for one that is not on the map."""
    dataset = layer.snapshot.dataset
    digits = digits_of(dataset)
    same = np.flatnonzero((dataset.x_test[digits] == shown.image).all(axis=(1, 2)))
    if len(same):
        return Ring(Spot(*mapped.positions[same[0]].tolist()))
    its = features(layer, shown.image[np.newaxis])
    if by_pca:
        placed = principal_map(layer).place(its)[0]
        return Ring(Spot(*placed.tolist()) if np.isfinite(placed).all() else None)
    distances = np.linalg.norm(features(layer, dataset.x_test[digits]) - its, axis=1)
    if not np.isfinite(distances).all():
        return Ring(None)
    nearest = int(distances.argmin())
    return Ring(Spot(*mapped.positions[nearest].tolist()), int(digits[nearest]))


def _render_explanation(layer: Layer, *, by_pca: bool) -> None:
    numbers = features(layer, layer.snapshot.dataset.x_test[:1]).shape[1]
    share = percent(principal_map(layer).share)
    with st.expander("What is this map?"):
        st.markdown(
            MAP_EXPLAINED.format(
                name=layer.name,
                numbers=numbers,
                s="s" * (numbers != 1),
                verb="" if layer.number == PIXEL_LAYER else "s",
                more=SUMS_EXPLAINED if layer.is_output else "",
            )
            + (LINE_EXPLAINED if numbers == 1 else "")
        )
        st.markdown(
            f"{PCA_EXPLAINED} {KEPT_EXPLAINED.format(share=share)}" if by_pca else TSNE_EXPLAINED
        )
        st.markdown(USE_EXPLAINED)


def _render_digit(snapshot: Snapshot, shown: ShownDigit, ring: Ring) -> None:
    y_prob = snapshot.network.probabilities(shown.image[np.newaxis])[0]
    words = (
        shown.name if shown.true is None else f"{shown.name}, {article(shown.true)} {shown.true}"
    )
    with st.container(horizontal=True, vertical_alignment="center", key="map-digit"):
        with st.container(width=110):
            render_digit_grid(
                shown.image[np.newaxis],
                [""],
                [words],
                label=words,
                key="map-shown",
                picture_size=5.5,
            )
        with st.container(width="stretch"):
            st.markdown(_ring_in_words(ring, plain(words)))
            st.button(
                "Open it in Network",
                on_click=st.session_state.update,
                args=({"view": "Network"},),
                icon=":material/hub:",
            )
    render_probabilities(y_prob, shown.true, "chart-map-likelihoods")


def _render_comparison(snapshot: Snapshot) -> None:
    """Show for every layer how well its map by PCA parts the digits: what layers do."""
    if sum(snapshot.run.config.layers) > COMPARED_NODES:
        return
    found = []
    for words, layer in layers_of(snapshot).items():
        with contextlib.suppress(EvaluationError):
            found.append(f"{words} **{map_by_pca(layer).neighbourhood.same:.1f}**")
    st.markdown(
        "From layer to layer, on the maps by PCA, of a digit's ten nearest neighbours so many are "
        f"the same digit: {' → '.join(found)}."
    )


def _ring_in_words(ring: Ring, words: str) -> str:
    if ring.spot is None:
        return f"Its numbers overflowed, so it has no place here: **{words}**."
    if ring.stand_in is None:
        return f"In the ring: **{words}**."
    return (
        f"**{capitalized(words)}** is not one of the digits on this map. In the ring: number "
        f"{ring.stand_in:,}, the one most like it here."
    )


def _name(layer: Layer, *, by_pca: bool) -> str:
    return f"Map by {PCA if by_pca else TSNE} of {_where(layer)}"


def _where(layer: Layer) -> str:
    if layer.number == PIXEL_LAYER:
        return layer.name
    return f"{layer.name} {moment(layer.snapshot.epoch)}"


def _neighbours_in_words(found: Neighbourhood) -> str:
    mixed = f" Most mixed: {found.mixed[0]} and {found.mixed[1]}." if found.mixed else ""
    return (
        f"Of a digit's ten nearest neighbours on the map, {found.same:.1f} are the same digit "
        f"(by chance about 1).{mixed}"
    )


def _mistakes_in_words(layer: Layer) -> str:
    evaluation = evaluate(layer.snapshot)
    wrong = int((~evaluation.right).sum())
    if not wrong:
        return f"The network reads all {len(evaluation):,} digits right."
    return f"Crosses mark the {wrong:,} of {len(evaluation):,} digits that the network reads wrong."
