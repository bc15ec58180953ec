"""A set of drawn digits: how a network reads it, one of them chosen, and to take away."""

import numpy as np
import streamlit as st

from mnist_core.data import pack_npz
from mnist_core.evaluation.accuracy import describe_accuracy
from mnist_core.evaluation.contact_sheet import (
    MOST_ON_A_SHEET,
    draw_contact_sheet,
    draw_labelled_sheet,
)
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import article, capitalized, guessed, moment, percent
from mnist_core.store import DigitSet, Run
from pages.services.networks import network_at, newest_snapshot
from pages.services.server import get_shelf
from pages.text import message
from pages.text.markdown import plain
from pages.views.shared.look_inside import ICON, LABEL, render_look_inside
from pages.views.shared.paging import render_pages
from pages.widgets.digit_grid import render_digit_grid

HOW_TO_CHOOSE = "Click a digit, then look inside with it."
CHOSEN = "chosen-kept-digit"
KEPT_DIGITS_A_PAGE = 120


def render_accuracy(kept: DigitSet, run: Run | None) -> Evaluation | None:
    """Draw how well the network of a run reads a set, and give its guesses.

    Returns:
        None where there is no network, which is said.
    """
    epoch = None if run is None else newest_snapshot(run)
    if run is None or epoch is None:
        message.info("No network has read them yet. Train one, or choose a run that has begun.")
        return None
    found = Evaluation(kept.labels, network_at(run, epoch).probabilities(kept.images))
    accuracy = describe_accuracy(int(found.right.sum()), len(kept))
    score, compared = st.columns([1, 3], vertical_alignment="center")
    score.metric("Read right", percent(accuracy.fraction))
    compared.markdown(f"**{accuracy.counted}** by the network as it was {moment(epoch)}.")
    if run.test_accuracy is not None:
        compared.caption(f"Of its own test digits it read {percent(run.test_accuracy)} right.")
    return found


def render_digits(kept: DigitSet, found: Evaluation | None) -> None:
    """Draw the digits page by page, and above them the chosen one in words.

    Args:
        kept: of which one may be chosen.
        found: what a network makes of them, if any has read them.
    """
    _render_chosen(kept, found)
    places = render_pages(len(kept), KEPT_DIGITS_A_PAGE, key=f"page-of-{kept.name}")
    render_digit_grid(
        kept.images[places.start : places.stop],
        [_caption(kept, found, place) for place in places],
        [_describe(kept, found, place) for place in places],
        label="The digits of the set; choose one to look inside with it or to delete it",
        key="kept-digits",
        right=None if found is None else found.right[places.start : places.stop],
        numbers=places,
        chosen=chosen_place(kept),
        on_choose=lambda place: st.session_state.update({CHOSEN: kept.ids[place]}),
    )


def chosen_place(kept: DigitSet) -> int | None:
    """Return where the chosen digit stands in a set; None where none of it is chosen."""
    chosen = st.session_state.get(CHOSEN)
    return kept.ids.index(chosen) if chosen in kept.ids else None


def render_downloads(kept: DigitSet, found: Evaluation | None) -> None:
    """Draw the buttons for a data set that is tested on these digits, and for a sheet of them.

    Args:
        kept: at least one digit.
        found: what a network makes of them, if any has read them: it stands on the sheet.
    """
    dataset = get_shelf().current
    with st.container(horizontal=True):
        st.download_button(
            "Download as a data set (.npz)",
            lambda: pack_npz(dataset.tested_on(kept.images, kept.labels, kept.name)),
            f"{kept.name}.npz",
            "application/octet-stream",
            on_click="ignore",
            icon=":material/download:",
            help="x_test and y_test are these digits; x_train and y_train are the training digits "
            f"in use ({plain(dataset.name)}). A server started with MNIST_PATH set to this file "
            "trains as before and takes its test accuracy from this set.",
        )
        st.download_button(
            "Download as a picture sheet",
            lambda: _sheet(kept, found),
            f"{kept.name}.png",
            "image/png",
            on_click="ignore",
            icon=":material/image:",
            help=f"The digits with what they are, the first {MOST_ON_A_SHEET} of them, to print.",
        )


def _sheet(kept: DigitSet, found: Evaluation | None) -> bytes:
    if found is None:
        return draw_labelled_sheet(kept.images, kept.labels, kept.name)
    return draw_contact_sheet(kept.images, found, np.arange(len(kept)), kept.name)


def _render_chosen(kept: DigitSet, found: Evaluation | None) -> None:
    """Draw the chosen digit in words with the way into the network; as high without a digit."""
    place = chosen_place(kept)
    with st.container(horizontal=True, vertical_alignment="center"):
        if place is None:
            st.button(LABEL, icon=ICON, key="look-inside-nothing", disabled=True)
            st.markdown(HOW_TO_CHOOSE)
        else:
            name = f"kept digit number {place + 1}"
            render_look_inside(kept.images[place], int(kept.labels[place]), name)
            st.markdown(f"{capitalized(_describe(kept, found, place))}.")


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
