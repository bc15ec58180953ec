"""The ten likelihoods of a digit as a chart: the same on every page."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.charts import plot_probabilities
from mnist_core.formatting import percent
from mnist_core.inspection.network import has_guess
from pages.widgets.projector import sized


def render_probabilities(y_prob: npt.NDArray[np.float32], true: int | None, key: str) -> None:
    """Draw what a network says of a digit.

    Args:
        y_prob: float32 (10,), 0 to 1; NaN where the network's numbers overflowed.
        true: the digit it is, 0 to 9; None where nobody has said it.
        key: the element's key.
    """
    st.plotly_chart(
        sized(plot_probabilities(y_prob, true)),
        key=key,
        theme=None,
        config={"displayModeBar": False},
        alt=_in_words(y_prob),
    )


def _in_words(y_prob: npt.NDArray[np.float32]) -> str:
    if not has_guess(y_prob):
        return "The ten likelihoods: none, because the network's numbers overflowed."
    shares = ", ".join(f"{digit}: {percent(float(p))}" for digit, p in enumerate(y_prob))
    return f"The ten likelihoods: {shares}"
