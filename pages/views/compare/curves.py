"""The curves of the compared runs over each other: which number, of which digits, over what."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_core.charts import (
    HALVING,
    LETTERS,
    PLAIN,
    PLAIN_IN_WORDS,
    ComparedRun,
    plot_comparison,
)
from mnist_core.config import SERIES
from mnist_core.formatting import metric_text
from mnist_core.store import EpochRecord, Run
from pages.widgets.comparison_figure import render_comparison_figure

METRICS = {"Accuracy": "accuracy", "Loss": "loss"}
DIGITS = {"Validation": "val_", "Training": ""}
OVER = {"Epochs": "epochs", "Updates": "updates", "Seconds": "seconds"}
PLAIN_KEY = "plain-accuracy"


def render_curves(runs: Sequence[Run], epochs: Mapping[str, Sequence[EpochRecord]]) -> None:
    """Draw the choices and the figure; curves of runs that are going on grow by themselves.

    Args:
        runs: as the store had them before their epochs were read.
        epochs: for each run's id, its complete epochs.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric_name = _choice("Number", METRICS, "metric")
        digits = _choice("Digits", DIGITS, "digits")
        over = _choice("Over", OVER, "over")
        is_plain = st.toggle(
            PLAIN_IN_WORDS,
            key=PLAIN_KEY,
            persist_state="session",
            disabled=metric_name != "Accuracy",
        )
    metric, by = DIGITS[digits] + METRICS[metric_name], OVER[over]
    axis = PLAIN if is_plain else HALVING
    compared = [_compared(run, epochs[run.id]) for run in runs]
    render_comparison_figure(
        runs,
        compared,
        plot_comparison(compared, metric, by, accuracy_axis=axis),
        metric=metric,
        by=by,
        axis=axis if metric_name == "Accuracy" else None,
        alt=f"{digits} {metric_name.lower()} over {over.lower()}. {_ends(compared, metric)}",
    )


def _choice(label: str, options: Mapping[str, str], key: str) -> str:
    chosen: str = st.segmented_control(
        label, list(options), default=next(iter(options)), required=True, key=key,
        bind="query-params",
    )  # fmt: skip
    return chosen


def _compared(run: Run, records: Sequence[EpochRecord]) -> ComparedRun:
    digits = run.training_digits
    return ComparedRun(
        key=run.id,
        name=run.label,
        history={
            name: [None if math.isnan(value) else value for value in _values(records, name)]
            for name in SERIES
        },
        seconds=_values(records, "seconds"),
        epochs=run.config.epochs,
        steps_per_epoch=run.config.steps_per_epoch(digits) if digits else None,
    )


def _values(records: Sequence[EpochRecord], name: str) -> list[float]:
    return [getattr(record, name) for record in records]


def _ends(compared: Sequence[ComparedRun], metric: str) -> str:
    words = []
    for letter, run in zip(LETTERS, compared, strict=False):
        values = run.history[metric]
        last = metric_text(metric, values[-1] if values else None)
        words.append(f"{letter}: {last} after epoch {len(values)}.")
    return " ".join(words)
