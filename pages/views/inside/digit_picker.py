"""Which digit goes through the network: one of the test set, or one that was brought along."""

import numpy as np
import streamlit as st

from mnist_core.formatting import capitalized
from pages.text import message
from pages.text.markdown import plain
from pages.views.inside.snapshot import Snapshot
from pages.views.shared.evaluated_run import TEST, evaluate_at
from pages.views.shared.look_inside import BROUGHT_KEY, DIGIT_KEY, SHOWS_BROUGHT_KEY, ShownDigit


def pick_digit(snapshot: Snapshot) -> ShownDigit:
    """Draw the choice of a digit and give the chosen one."""
    dataset = snapshot.dataset
    last = len(dataset.x_test) - 1
    if st.session_state.get(DIGIT_KEY, 0) > last:  # from a run with more test digits
        st.session_state[DIGIT_KEY] = last
    with st.container(horizontal=True, vertical_alignment="bottom", key="pick-digit"):
        number = st.number_input(
            "Test digit",
            0,
            last,
            key=DIGIT_KEY,
            bind="query-params",
            on_change=_show_brought,
            kwargs={"shows": False},
            width=240,
        )
        st.button("Another digit", icon=":material/shuffle:", on_click=_another, args=(last + 1,))
        st.button("One it gets wrong", icon=":material/close:", on_click=_wrong, args=(snapshot,))
        brought: ShownDigit | None = st.session_state.get(BROUGHT_KEY)
        if brought is not None:
            st.button(
                plain(capitalized(brought.name)),
                icon=":material/draw:",
                on_click=_show_brought,
                kwargs={"shows": True},
            )
    if st.session_state.pop("no-mistake", False):
        message.info("It gets every test digit right.")
    if brought is not None and st.session_state.get(SHOWS_BROUGHT_KEY):
        return brought
    return ShownDigit(
        dataset.x_test[number], int(dataset.y_test[number]), f"test digit number {number:,}", number
    )


def show_digit(position: int) -> None:
    """Look at a test digit from the next run of the page on; for callbacks."""
    st.session_state[DIGIT_KEY] = position
    _show_brought(shows=False)


def _show_brought(*, shows: bool) -> None:
    st.session_state[SHOWS_BROUGHT_KEY] = shows


def _another(count: int) -> None:
    show_digit(int(np.random.default_rng().integers(count)))


def _wrong(snapshot: Snapshot) -> None:
    """Go to the next test digit that this network reads wrong; after the last, to the first."""
    wrong = np.flatnonzero(~evaluate_at(snapshot.run, snapshot.epoch, TEST).right)
    if not len(wrong):
        st.session_state["no-mistake"] = True
        return
    later = wrong[wrong > st.session_state.get(DIGIT_KEY, 0)]
    show_digit(int(later[0] if len(later) else wrong[0]))
