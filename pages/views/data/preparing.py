"""What is done with an image before a network sees it, to be done by hand."""

import streamlit as st

from mnist_core.data import Dataset
from pages.views.data import digit_facts
from pages.widgets.flattening import render_flattening


def render_preparing(dataset: Dataset, number: int) -> None:
    """Draw the two steps on a training digit, and why they are taken."""
    st.markdown(
        "**Divide by 255**: the grey levels 0 to 255 become numbers from 0 to 1. A network adds up "
        "all its inputs, each times a weight: with small numbers its first steps are small too, "
        "and it learns best. The picture looks the same.  \n"
        "**Lay the rows into one**: the first layer takes one row of 784 numbers, one for each "
        "node. Row 1 follows row 0, and so on. The network is never told which pixels were above "
        "each other; it has to find out."
    )
    render_flattening(
        dataset.x_train[number], digit_facts.describe(dataset, number), key="flattening"
    )
    st.caption(
        f"In Python: `(x_train[{number}] / 255).reshape(784)`. Row and column of a pixel are still "
        "there: row 12, column 7 has place 12 × 28 + 7 = 343."
    )
