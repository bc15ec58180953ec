"""The settings of the compared runs side by side, and what came of each."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mnist_core.charts import LETTERS
from mnist_core.evaluation.comparison import Trained, compare_settings, describe_difference
from mnist_core.formatting import NOTHING, duration, percent
from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.text.markdown import plain


def render_difference(runs: Sequence[Run]) -> None:
    """Say in a sentence what came of the one setting that differs, where it is one."""
    if words := describe_difference(_trained(runs)):
        st.markdown(plain(words))


def render_settings(runs: Sequence[Run]) -> None:
    """Draw the table: settings above, results below; what differs is bold and has a sign."""
    st.subheader("Settings", anchor=False)
    only_differing = st.toggle("Only what differs", key="differing", bind="query-params")
    settings = compare_settings(_trained(runs))
    rows = {
        ("≠ " if setting.differs else "") + setting.title: [
            f"**{plain(value)}**" if setting.differs else plain(value) for value in setting.values
        ]
        for setting in settings
        if setting.differs or not only_differing
    }
    rows |= {
        "Parameters": [f"{run.config.parameters:,}" for run in runs],
        "Training digits": [
            NOTHING if run.training_digits is None else f"{run.training_digits:,}" for run in runs
        ],
        "State": [state(run) for run in runs],
        "Training time": [duration(run.seconds) for run in runs],
        "Validation accuracy": [percent(run.val_accuracy) for run in runs],
        "Test accuracy": [percent(run.test_accuracy) for run in runs],
    }
    st.html("<style>.st-key-compared-settings {overflow-x: auto}</style>")
    with st.container(key="compared-settings"):
        st.table(
            pd.DataFrame.from_dict(rows, orient="index", columns=list(LETTERS[: len(runs)])),
            alt="Settings and results of each run",
        )


def _trained(runs: Sequence[Run]) -> list[Trained]:
    return [
        Trained(run.config, run.dataset_digest, run.dataset_name, run.test_accuracy, run.device)
        for run in runs
    ]
