"""What a run leaves to take away, in one place; each file is made when its button is pressed."""

import pandas as pd
import streamlit as st

from mnist_core.config import SERIES
from mnist_core.data import MNIST_DIGEST, pack_npz
from mnist_core.export import (
    archive_bytes,
    has_saved_model,
    load_saved_model,
    run_notebook,
    run_report,
)
from mnist_core.lesson.keras_code import run_script
from mnist_core.store import EpochRecord, Run
from pages.services.datasets import run_dataset
from pages.services.server import get_store
from pages.views.shared.take_away import ZIP, render_download

BINARY = "application/octet-stream"


def render_take_away(run: Run, epochs: list[EpochRecord]) -> None:
    """Draw the button that opens the choice of files.

    Args:
        run: any run.
        epochs: its complete ones.
    """
    with st.popover("Take away", icon=":material/download:", key="take-away"):
        st.caption("To read and to show")
        with st.container(horizontal=True):
            _render_reading(run, epochs)
        st.caption("To go on with in Python")
        with st.container(horizontal=True):
            _render_code(run)
        st.caption("To keep, and to bring back here or elsewhere")
        render_download(
            "Download everything (.zip)",
            lambda: archive_bytes(get_store(), [run.id]),
            f"run-{run.id}.zip",
            ZIP,
            "Settings, history, weights as arrays, guesses, model. “Bring back runs” on the page "
            "Runs takes it.",
        )


def model_file(run: Run) -> str:
    """Name the file of a run's model."""
    return f"digits-{run.id}.keras"


def epochs_table(epochs: list[EpochRecord]) -> pd.DataFrame:
    """Return the numbers behind the curves, a row an epoch, counted from 1."""
    table = pd.DataFrame(epochs).assign(epoch=lambda frame: frame["epoch"] + 1)
    return table.set_index("epoch")[[*SERIES, "seconds"]]


def _render_reading(run: Run, epochs: list[EpochRecord]) -> None:
    render_download(
        "Download the report (.html)",
        lambda: run_report(get_store(), run.id),
        f"run-{run.id}.html",
        "text/html",
        "One page with all of it, which opens without a network; its first part says what this "
        "network is good for, and what not.",
    )
    if epochs:
        render_download(
            "Download the numbers (.csv)",
            lambda: epochs_table(epochs).to_csv(),
            f"run-{run.id}.csv",
            "text/csv",
            "Accuracy and loss after every epoch, for a spreadsheet.",
        )


def _render_code(run: Run) -> None:
    render_download(
        "Download the notebook (.ipynb)",
        lambda: run_notebook(get_store(), run.id),
        f"run-{run.id}.ipynb",
        "application/x-ipynb+json",
        "The lesson step by step in plain Keras, with this run's settings. Opens in Jupyter and "
        "Colab.",
    )
    render_download(
        "Download the script (.py)",
        lambda: run_script(run.config, run_dataset(run.dataset_digest)),
        "this_run.py",
        "text/x-python",
        "Exactly this run in plain Keras, without a word more.",
    )
    if run.dataset_digest != MNIST_DIGEST:
        render_download(
            "Download the digits (.npz)",
            lambda: pack_npz(run_dataset(run.dataset_digest)),
            "digits.npz",
            BINARY,
            "Notebook and script read them: put the file beside the notebook, or start the script "
            "with its name.",
        )
    if has_saved_model(get_store(), run):
        render_download(
            "Download the model (.keras)",
            lambda: load_saved_model(get_store(), run) or b"",
            model_file(run),
            BINARY,
            "Opens with keras.saving.load_model in Keras 3.0 or newer.",
        )
