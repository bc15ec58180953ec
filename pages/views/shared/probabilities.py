"""The ten likelihoods of a digit as a chart: the same on every page."""

import numpy as np
import numpy.typing as npt

from mnist_core.charts import plot_probabilities
from mnist_core.formatting import percent
from mnist_core.inspection.network import has_guess
from pages.views.shared.chart import render_chart


def render_probabilities(y_prob: npt.NDArray[np.float32], true: int | None, key: str) -> None:
    """Draw what a network says of a digit.

    Args:
        y_prob: float32 (10,), 0 to 1; NaN where the network's numbers overflowed.
        true: the digit it is, 0 to 9; None where nobody has said it.
        key: the element's key.
    """
    render_chart(plot_probabilities(y_prob, true), key=key, alt=_in_words(y_prob))


def guess_in_words(y_prob: npt.NDArray[np.float32]) -> str:
    """Write the guess and how sure it is, of ten likelihoods that did not overflow."""
    return f"It says {y_prob.argmax()}, {percent(float(y_prob.max()))} sure"


def _in_words(y_prob: npt.NDArray[np.float32]) -> str:
    if not has_guess(y_prob):
        return "The ten likelihoods: none, because the network's numbers overflowed."
    shares = ", ".join(f"{digit}: {percent(float(p))}" for digit, p in enumerate(y_prob))
    return f"The ten likelihoods: {shares}"
