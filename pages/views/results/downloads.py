"""What a run leaves: the numbers behind its curves, and its model."""

import functools

import streamlit as st

from mnist_core.config import SERIES
from mnist_core.export import has_saved_model
from mnist_core.formatting import metric_text
from mnist_core.lesson.keras_code import history_code, reading_code
from mnist_core.store import EpochRecord, Run
from pages.services.server import get_store
from pages.text.terms import linked_term
from pages.views.results.take_away import epochs_table, model_file

DICTIONARY_HEIGHT = 300  # pixels
SUMMARY_COLUMNS = f"""\
- **Layer (type)**: the name of each {linked_term("layer")}, and its kind. `Flatten` lays the 28
  rows of pixels into one row, `Dense` connects every node with everything in the row before.
- **Output Shape**: what it gives to the next one, a number a node. `None` stands for however many
  images come at once.
- **Param #**: how many {linked_term("parameter", "parameters")} it has, weights and biases
  together. `Flatten` has none: there is nothing to learn in it."""


def render_table(epochs: list[EpochRecord]) -> None:
    """Draw the numbers behind the curves, and what Keras keeps."""
    table = epochs_table(epochs)
    st.subheader("The numbers behind the curves", anchor=False)
    written = {name: functools.partial(metric_text, name) for name in SERIES}
    numbers, dictionary = st.columns([3, 2], gap="medium")
    with numbers:
        st.dataframe(
            table.style.format(written | {"seconds": "{:.4f}"}),
            alt="Accuracy and loss after every epoch",
        )
    with dictionary:
        st.markdown(
            f"Keras gives back the {linked_term('history')} as a dictionary, `history.history`: "
            "under each name a list, with a number an epoch. The table is made of it; only the "
            "seconds are measured beside."
        )
        st.code(
            history_code({name: table[name].tolist() for name in SERIES}),
            language="python",
            height=DICTIONARY_HEIGHT,
            wrap_lines=True,
        )


def render_model(run: Run) -> None:
    """Draw the model as Keras describes it, and how its file is used."""
    store = get_store()
    st.subheader("The model", anchor=False)
    summary = store.load_summary(run.id)
    if summary:
        st.code(summary, language=None)
        st.markdown(SUMMARY_COLUMNS)
    if has_saved_model(store, run):
        _render_use(model_file(run))


def _render_use(file: str) -> None:
    with st.expander("How to use the model's file"):
        st.markdown(
            "“Take away” above gives it. It opens in **Keras 3.0 or newer**. The network takes "
            "digits of 28 rows of 28 pixels, as numbers from 0 for black to 1 for white, in an "
            "array of the shape (digits, 28, 28), and gives ten likelihoods for each."
        )
        st.code(reading_code(file), language="python")
        st.markdown(
            "It has learned from **white ink on black**. Of a picture with dark ink on white paper "
            "take `1 - digit`. The digit should fill the middle 20 × 20 pixels."
        )
