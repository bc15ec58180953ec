"""Training as a Streamlit page does it that knows no other way: ``fit`` within the page's script.

``python -m streamlit run benchmarks/peers/streamlit_fit.py -- --data sample``: the network and the
digits of ``keras_fit``, a chart that grows by an epoch, the test accuracy at the end.
"""

from __future__ import annotations

import argparse
from typing import Any

import keras
import streamlit as st

from benchmarks.arguments import add_data
from benchmarks.peers.base import Digits
from benchmarks.peers.keras_fit import build_model
from benchmarks.task import BATCH_SIZE, LEARNING_RATE, Work
from mnist_core.data import load_mnist


class Chart(keras.callbacks.Callback):
    """Draws the accuracies after every epoch."""

    def __init__(self) -> None:
        super().__init__()
        self._place = st.empty()
        self._history: dict[str, list[float]] = {"accuracy": [], "val_accuracy": []}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Draw a point more."""
        for name, values in self._history.items():
            values.append((logs or {})[name])
        self._place.line_chart(self._history)


@st.cache_resource
def load_digits(data: str) -> Digits:
    """Load the digits once for everybody."""
    digits = Digits(load_mnist(data))
    _ = digits.train, digits.val, digits.test
    return digits


def fit(nodes: int, epochs: int, digits: Digits) -> float:
    """Train while everybody waits for the script; return the test accuracy."""
    model = build_model(Work((nodes,)))
    model.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        *digits.train,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        validation_data=digits.val,
        callbacks=[Chart()],
        verbose=0,
    )
    return float(model.evaluate(*digits.test, verbose=0, return_dict=True)["accuracy"])


parser = argparse.ArgumentParser(description=__doc__)
add_data(parser)
parser.add_argument("--epochs", type=int, default=10)
options = parser.parse_args()

st.title("Train")
nodes = st.slider("Nodes", 1, 512, 128)
if st.button("Train"):
    st.metric("Test accuracy", f"{fit(nodes, options.epochs, load_digits(options.data)):.1%}")
