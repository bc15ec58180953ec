"""Runs on Home: what is going on now, and the last ones as cards with a small curve each.

Everybody's runs, as on the page Runs: anybody can watch them. Nothing here changes a run.
"""

import base64
from collections.abc import Sequence

import streamlit as st

from mnist_core.charts import Scale, common_scale, scale_words, small_curve_svg, small_curve_words
from mnist_core.formatting import capitalized, date_and_time
from mnist_core.serving.run_words import accuracy, state
from mnist_core.store import Run, RunStatus
from pages.services.server import get_store
from pages.session.browser import is_mine
from pages.text import message
from pages.text.markdown import plain

CARDS = 6
CARDS_IN_A_ROW = 3
RUNS_LOOKED_AT = 200
SECONDS = 3.0


def render_runs(data_in_use: str) -> None:
    """Draw what is going on and what was done last; it keeps up while something is moving.

    Args:
        data_in_use: named where there is no run at all.
    """
    runs = get_store().list_runs(RUNS_LOOKED_AT)
    if not runs:
        message.info(
            "No run yet: open **Build a network**, and press **Train** there. Data in use: {data}.",
            data=data_in_use,
        )
        return
    seconds = SECONDS if any(map(_is_moving, runs)) else None
    st.fragment(_render_current, run_every=seconds)(is_watched=seconds is not None)


def _render_current(*, is_watched: bool) -> None:
    runs = get_store().list_runs(RUNS_LOOKED_AT)
    if is_watched and not any(map(_is_moving, runs)):
        st.rerun()  # nothing moves any more: the page needs no clock
    # Of many runs asked for at once, those that train are news.
    going_on = [
        run
        for run in runs
        if not run.status.is_over and (run.status is RunStatus.RUNNING or not run.background)
    ]
    over = [run for run in runs if run.status.is_over and not run.background]
    if going_on:
        _render_going_on(going_on)
    if over:
        _render_last(over)
    if len(runs) > CARDS:
        st.page_link("runs.py", label="See all runs", icon=":material/list:")


def _is_moving(run: Run) -> bool:
    return not run.status.is_over and run.status is not RunStatus.PAUSED


def _render_going_on(runs: list[Run]) -> None:
    st.subheader("Going on now", anchor=False)
    for run in runs[:CARDS]:
        st.page_link(
            "train.py",
            label=f"Watch {plain(run.label)}: {state(run)}{_whose(run)}",
            icon=":material/visibility:",
            query_params={"run": run.id},
        )
    if len(runs) > CARDS:
        st.caption(f"And {len(runs) - CARDS} more.")


def _render_last(runs: list[Run]) -> None:
    st.subheader("Last runs", anchor=False)
    shown = runs[:CARDS]
    curves = {run.id: get_store().read_history(run.id)["val_accuracy"] for run in shown}
    scale = common_scale(curves.values())
    if words := scale_words(scale):
        st.caption(f"Validation accuracy, epoch by epoch. {words}")
    for first in range(0, len(shown), CARDS_IN_A_ROW):
        columns = st.columns(CARDS_IN_A_ROW)
        for column, run in zip(columns, shown[first : first + CARDS_IN_A_ROW], strict=False):
            with column.container(border=True, key=f"card-{run.id}"):
                _render_card(run, curves[run.id], scale)


def _render_card(run: Run, values: Sequence[float], scale: Scale | None) -> None:
    page = "train.py" if run.status is RunStatus.FAILED else "results.py"
    st.page_link(page, label=f"**{plain(run.label)}**", query_params={"run": run.id})
    image = base64.b64encode(small_curve_svg(values, scale).encode()).decode()
    st.html(
        f'<img src="data:image/svg+xml;base64,{image}" alt="{small_curve_words(values)}" '
        'style="display: block; width: 100%; max-width: 22rem; aspect-ratio: 8 / 3">'
    )
    st.markdown(f"{capitalized(state(run))} · {accuracy(run)}")
    st.caption(f"{date_and_time(run.created_at)}{_whose(run)} · {plain(run.dataset_name)}")


def _whose(run: Run) -> str:
    return " · yours" if is_mine(run) else ""
