"""The average digits as pictures, and which of them look alike."""

import streamlit as st

from mnist_core.data import Likeness
from pages.text import message
from pages.views.data import digit_facts
from pages.widgets.digit_grid import render_digit_grid

PAIRS_SHOWN = 3


def render_averages(likeness: Likeness) -> None:
    """Draw the average of each digit that is there."""
    _render_pictures(likeness, likeness.present, "Average digits", "averages", picture_size=5.5)


def render_most_alike(likeness: Likeness) -> None:
    """Draw the pairs of digits that are most alike, and the distances of all pairs."""
    if not likeness.pairs:
        message.info("It takes two different digits to compare, and here is only one.")
        return
    for rank, pair in enumerate(likeness.pairs[:PAIRS_SHOWN]):
        label = f"The averages of {pair.first} and {pair.second}"
        with st.container(horizontal=True, vertical_alignment="center", key=f"pair-{rank}"):
            with st.container(width=160):
                _render_pictures(
                    likeness, [pair.first, pair.second], label, f"pair-pictures-{rank}"
                )
            st.markdown(digit_facts.pair_in_words(pair, rank), width="content")
    with st.expander("All pairs"):
        st.dataframe(
            digit_facts.distance_table(likeness).style.format("{:.0f}"),
            alt="By how many grey levels a pixel differs on average, for any two digits",
        )


def _render_pictures(
    likeness: Likeness, digits: list[int], label: str, key: str, picture_size: float = 3.5
) -> None:
    names = [str(digit) for digit in digits]
    render_digit_grid(
        likeness.pictures(digits),
        names,
        [f"the average {name}" for name in names],
        label=label,
        key=key,
        picture_size=picture_size,
    )
