"""Digit sets: what people drew and kept, how a network reads it, and how it is deleted."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.data import pack_npz
from mnist_core.evaluation.accuracy import describe_accuracy
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import article, capitalized, counted, guessed, moment, percent
from mnist_core.store import DigitSet, Run
from pages.services.digit_sets import delete_digits
from pages.services.networks import network_at, newest_snapshot
from pages.services.server import get_shelf, get_store
from pages.session.browser import owner
from pages.session.refusal import with_refusals_shown
from pages.session.rights import ends_as
from pages.text import message
from pages.text.markdown import plain
from pages.views.shared.look_inside import ICON, LABEL, render_look_inside
from pages.views.shared.paging import render_pages
from pages.widgets.digit_grid import render_digit_grid

HOW_LONG = (
    "Kept digits stay on this server until they are deleted here: by whoever drew them, or by "
    "whoever began the set. What was drawn, uploaded or photographed without “Keep it” was never "
    "kept."
)
HOW_TO_CHOOSE = "Click a digit, then look inside with it."
CHOSEN = "chosen-kept-digit"
KEPT_DIGITS_A_PAGE = 120


def pick_digit_set() -> DigitSet | None:
    """Draw the choice of a set and give it, the one that got a digit last at first."""
    names = [each.name for each in get_store().list_digit_sets()]
    if not names:
        return None
    name = st.selectbox("Set", names, key="digit-set", bind="query-params")
    return get_store().read_digit_set(name)


def render_score(kept: DigitSet, run: Run | None) -> None:
    """Draw the digits of a set with what the network of a run makes of them."""
    epoch = None if run is None else newest_snapshot(run)
    if run is None or epoch is None:
        message.info("No network has read them yet. Train one, or choose a run that has begun.")
        _render_chosen(kept, None)
        _render_digits(kept, None)
        return
    found = Evaluation(kept.labels, network_at(run, epoch).probabilities(kept.images))
    accuracy = describe_accuracy(int(found.right.sum()), len(kept))
    score, compared = st.columns([1, 3], vertical_alignment="center")
    score.metric("Read right", percent(accuracy.fraction))
    compared.markdown(f"**{accuracy.counted}** by the network as it was {moment(epoch)}.")
    if run.test_accuracy is not None:
        compared.caption(f"Of its own test digits it read {percent(run.test_accuracy)} right.")
    _render_chosen(kept, found)
    _render_digits(kept, found)


def _render_chosen(kept: DigitSet, found: Evaluation | None) -> None:
    """Draw the chosen digit in words with the way into the network; as high without a digit."""
    place = _chosen(kept)
    with st.container(horizontal=True, vertical_alignment="center"):
        if place is None:
            st.button(LABEL, icon=ICON, key="look-inside-nothing", disabled=True)
            st.markdown(HOW_TO_CHOOSE)
        else:
            name = f"kept digit number {place + 1}"
            render_look_inside(kept.images[place], int(kept.labels[place]), name)
            st.markdown(f"{capitalized(_describe(kept, found, place))}.")


def _render_digits(kept: DigitSet, found: Evaluation | None) -> None:
    places = render_pages(len(kept), KEPT_DIGITS_A_PAGE, key=f"page-of-{kept.name}")
    render_digit_grid(
        kept.images[places.start : places.stop],
        [_caption(kept, found, place) for place in places],
        [_describe(kept, found, place) for place in places],
        label="The digits of the set; choose one to look inside with it or to delete it",
        key="kept-digits",
        right=None if found is None else found.right[places.start : places.stop],
        numbers=places,
        chosen=_chosen(kept),
        on_choose=lambda place: st.session_state.update({CHOSEN: kept.ids[place]}),
    )


def _caption(kept: DigitSet, found: Evaluation | None, place: int) -> str:
    label = str(kept.labels[place])
    return label if found is None else f"{label} → {guessed(found.y_pred[place])}"


def _describe(kept: DigitSet, found: Evaluation | None, place: int) -> str:
    label = kept.labels[place]
    words = f"digit {place + 1}, {article(label)} {label}"
    if found is None:
        return words
    return (
        f"{words}, guessed {guessed(found.y_pred[place])}, {percent(found.confidence[place])} sure"
    )


def _chosen(kept: DigitSet) -> int | None:
    chosen = st.session_state.get(CHOSEN)
    return kept.ids.index(chosen) if chosen in kept.ids else None


def render_downloads(kept: DigitSet) -> None:
    """Draw the button for a data set that is tested on these digits."""
    dataset = get_shelf().current
    st.download_button(
        "Download as a data set (.npz)",
        lambda: pack_npz(dataset.tested_on(kept.images, kept.labels, kept.name)),
        f"{kept.name}.npz",
        "application/octet-stream",
        on_click="ignore",
        icon=":material/download:",
        help="x_test and y_test are these digits; x_train and y_train are the training digits in "
        f"use ({plain(dataset.name)}). A server started with MNIST_PATH set to this file trains as "
        "before and takes its test accuracy from this set.",
    )


def render_deleting(kept: DigitSet) -> None:
    """Draw the ways to delete the chosen digit, one's own, or all; asked before it is done."""
    mine = [each for each, whose in zip(kept.ids, kept.owners, strict=True) if whose == owner()]
    deletes_as = str(ends_as(kept.founder))
    place = _chosen(kept)
    with st.container(horizontal=True):
        if place is not None and kept.may_delete(place, deletes_as):
            _render_delete(kept, "Delete the chosen digit", [kept.ids[place]])
        if mine and len(mine) < len(kept):
            _render_delete(kept, f"Delete my {counted(len(mine), 'digit')}", mine)
        if kept.founder == deletes_as:
            _render_delete(kept, f"Delete the set “{plain(kept.name)}”", kept.ids)
    if place is None and mine:
        st.caption("To delete one digit, choose it above.")
    elif place is not None and not kept.may_delete(place, deletes_as):
        st.caption(
            "This digit was drawn in another browser. That one may delete it, and the one that "
            "began the set."
        )


def _render_delete(kept: DigitSet, words: str, ids: Sequence[str]) -> None:
    with st.popover(words, icon=":material/delete:"):
        st.markdown(f"{counted(len(ids), 'digit')} will be gone for good.")
        st.button("Delete", key=f"delete: {words}", on_click=_delete, args=(kept, ids))


@with_refusals_shown
def _delete(kept: DigitSet, ids: Sequence[str]) -> None:
    delete_digits(kept.name, ids, owner=str(ends_as(kept.founder)))
