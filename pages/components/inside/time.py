"""Back in time: which of the kept epochs is looked at."""

from __future__ import annotations

import streamlit as st

from mnist_core.store import Run
from pages.components.server import get_store


def pick_epoch(run: Run) -> int | None:
    """Draw the slider over a run's kept epochs and give the chosen one, the last at first.

    Returns:
        The epoch, counted from 0, -1 before the first batch; None where nothing is kept.
    """
    epochs = get_store().snapshot_epochs(run.id)
    if len(epochs) < 2:
        return epochs[0] if epochs else None
    return st.select_slider("Epoch", epochs, epochs[-1], format_func=_named, key=f"epoch-{run.id}")


def _named(epoch: int) -> str:
    return "start" if epoch < 0 else str(epoch + 1)
