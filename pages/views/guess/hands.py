"""Raised hands, counted range by range: for a class with one computer."""

import re

import streamlit as st

from mnist_core.charts import RANGES
from mnist_core.config import TrainingConfig
from mnist_core.errors import RunNotFoundError
from mnist_core.evaluation.guesses import score_hands
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.open_task import noted_settings
from pages.session.refusal import with_refusals_shown
from pages.session.watched_run import watch
from pages.text import message
from pages.views.guess.shown import (
    render_before_training,
    render_histogram,
    render_question,
    render_state,
    render_training,
)
from pages.views.shared.new_run import prepare_run
from pages.views.shared.speed import chosen_pace

MOST_HANDS = 999
_DECIDED_BY, _HANDS = "decided_by", "hands"
_FIELDS = [f"hands-{place}" for place in range(1, len(RANGES) + 1)]


def render_hands() -> None:
    """Draw the question, a field for each range, the histogram, and the training that decides."""
    run = _deciding_run()
    config = noted_settings() if run is None else run.config
    render_question(config, "" if run else "Count the hands.")
    with st.container() if run is None else st.expander("Count again"):
        counts = _render_fields()
    columns = st.columns([2, 3], gap="medium") if run else [st.container()]
    with columns[0]:
        render_histogram(counts, run.test_accuracy if run else None)
        if run is None:
            _render_start(config)
        else:
            render_state(run)
            _render_score(counts, run)
            st.button("Ask again", on_click=_ask_again, icon=":material/restart_alt:")
    if run is not None:
        with columns[1]:
            render_training(run)


def _render_fields() -> list[int]:
    """Draw the fields for the hands; the address keeps what stands in them, and so does the tab."""
    for field, count in zip(_FIELDS, _counts_in_address(), strict=True):
        st.session_state.setdefault(field, count)
    columns = st.columns(len(RANGES))
    counts = [
        column.number_input(str(each), 0, MOST_HANDS, step=1, key=field, persist_state="session")
        for column, each, field in zip(columns, RANGES, _FIELDS, strict=True)
    ]
    if any(counts):
        st.query_params[_HANDS] = ".".join(map(str, counts))
    else:
        st.query_params.pop(_HANDS, None)
    return counts


def _counts_in_address() -> list[int]:
    """Read as many numbers as there are ranges; what is none is 0."""
    texts = st.query_params.get(_HANDS, "").split(".")
    numbers = [int(text) if re.fullmatch("[0-9]{1,3}", text) else 0 for text in texts]
    return [*numbers, *[0] * len(RANGES)][: len(RANGES)]


def _render_start(config: TrainingConfig) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train", type="primary", on_click=_train, args=(config,), icon=":material/play_arrow:"
        )
        st.page_link("train.py", label="Another network", icon=":material/tune:")
    render_before_training(config)


def _render_score(counts: list[int], run: Run) -> None:
    if run.test_accuracy is None:
        return
    if any(counts):
        hands = dict(zip(RANGES, counts, strict=True))
        st.markdown(score_hands(hands, run.test_accuracy).sentence)
    st.page_link("results.py", label="See the results", icon=":material/show_chart:")


def _deciding_run() -> Run | None:
    """Read the run that was begun here; the address keeps it, and the tab on other pages."""
    run_id = st.query_params.get(_DECIDED_BY) or st.session_state.get(_DECIDED_BY)
    try:
        run = get_store().get_run(run_id) if run_id else None
    except RunNotFoundError as error:
        message.warning("{error}", error=error)
        run = None
    _note_deciding_run(run)
    return run


def _note_deciding_run(run: Run | None) -> None:
    st.session_state[_DECIDED_BY] = run and run.id
    if run is None:
        st.query_params.pop(_DECIDED_BY, None)
    else:
        st.query_params[_DECIDED_BY] = run.id


@with_refusals_shown
def _train(config: TrainingConfig) -> None:
    run = get_store().create_run(config, **prepare_run(config), pace=chosen_pace())
    watch(run.id)
    _note_deciding_run(run)


def _ask_again() -> None:
    _note_deciding_run(None)
    st.session_state.update(dict.fromkeys(_FIELDS, 0))
