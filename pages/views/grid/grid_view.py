"""A grid while it fills: the heat map, what it says, and the buttons that steer it."""

from typing import NoReturn

import streamlit as st

from mnist_core.config import TrainingConfig, setting_words
from mnist_core.evaluation.grid import GridResult, describe_grid, gather_grid
from mnist_core.formatting import capitalized, counted, duration, percent
from mnist_core.serving.run_words import STATUS_WORDS, state
from mnist_core.store import Axis, Grid, Run, RunStatus
from pages.services.datasets import run_dataset
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import render_refusal, with_refusals_shown
from pages.session.rights import ends_as
from pages.session.teacher import is_teacher
from pages.text.markdown import plain
from pages.views.shared.background import going_on, request_runs
from pages.views.shared.cost import expected_seconds
from pages.widgets.heat_map import Cell, render_heat_map
from pages.widgets.run_follower import render_run_follower

Runs = dict[TrainingConfig, Run]
OPENED = "opened_from_grid"


def title(grid: Grid) -> str:
    """Name a grid by what changes in it."""
    plan = grid.plan
    first, second = (setting_words(axis.setting) for axis in (plan.rows, plan.columns))
    return f"{capitalized(first)} × {second}"


@st.fragment
def render_grid(grid: Grid) -> None:
    """Draw a grid; this part of the page is drawn anew when one of its runs changes its state."""
    if run_id := st.session_state.pop(OPENED, None):
        _open(run_id)
    render_refusal()
    plan = grid.plan
    runs = get_store().runs_with(list(plan.configs()), grid.dataset_digest)
    result = gather_grid(_accuracies(grid, runs), len(run_dataset(grid.dataset_digest).y_test))
    rest = plan.base.describe(without=(plan.rows.setting, plan.columns.setting))
    st.caption(f"{rest} · {plain(grid.dataset_name)}")
    _render_state(grid, runs)
    render_heat_map(
        _cells(grid, runs, result),
        label=f"Test accuracy: {title(grid)}",
        rows=_head(plan.base, plan.rows),
        columns=_head(plan.base, plan.columns),
        key="heat-map",
        on_choose=lambda row, column: _choose(runs[plan.config(row, column)]),
    )
    if result.best is not None:
        st.markdown(describe_grid(result, plan.config(*result.best).describe()))
        if len(result.as_good) > 1:
            st.caption("Framed: the highest, and what these test digits can't tell from it.")
    render_run_follower(going_on(runs.values()), "grid-follower")


def _accuracies(grid: Grid, runs: Runs) -> list[list[float | None]]:
    plan = grid.plan
    return [
        [
            run.test_accuracy if (run := runs.get(plan.config(row, column))) else None
            for column in range(len(plan.columns.values))
        ]
        for row in range(len(plan.rows.values))
    ]


def _head(base: TrainingConfig, axis: Axis) -> tuple[str, list[str]]:
    configs = (base.replace(**{axis.setting: value}) for value in axis.values)
    words = capitalized(setting_words(axis.setting))
    return words, [config.value_text(axis.setting) for config in configs]


def _cells(grid: Grid, runs: Runs, result: GridResult) -> list[list[Cell]]:
    plan = grid.plan
    return [
        [
            _cell(plan.config(row, column), runs, result, (row, column))
            for column in range(len(plan.columns.values))
        ]
        for row in range(len(plan.rows.values))
    ]


def _cell(config: TrainingConfig, runs: Runs, result: GridResult, place: tuple[int, int]) -> Cell:
    run = runs.get(config)
    if run is None:
        return Cell("–", f"{config.describe()}: not trained")
    text = STATUS_WORDS[run.status]
    if run.status is RunStatus.FINISHED:
        text = percent(run.test_accuracy)
    return Cell(
        text,
        f"{config.describe()}: {percent(run.test_accuracy)}, {state(run)}"
        if run.test_accuracy is not None
        else f"{config.describe()}: {state(run)}",
        result.shade(place),
        f"results?run={run.id}",
        is_framed=place in result.as_good,
    )


def _render_state(grid: Grid, runs: Runs) -> None:
    """Draw how far it is, and the buttons that steer it."""
    configs = list(grid.plan.configs())
    finished = sum(run.status is RunStatus.FINISHED for run in runs.values())
    moving = going_on(runs.values())
    rest = [config for config in configs if _is_missing(runs.get(config))]
    words = f"**{finished} of {counted(len(configs), 'run')} finished.**"
    if moving or rest:
        todo = [each for each in configs if each in rest or runs[each] in moving]
        seconds = expected_seconds(todo, run_dataset(grid.dataset_digest))
        words += f" The rest takes about {duration(seconds)} if nobody else trains."
    st.markdown(words)
    own = [run for run in moving if run.background and run.owner == grid.owner]
    if grid.owner != owner():
        st.caption("This is somebody else's grid: you can watch it, but not change it.")
        if own and is_teacher():
            _render_stop(grid, own)
    elif moving or rest:
        _render_buttons(grid, own, rest)


def _render_buttons(grid: Grid, own: list[Run], rest: list[TrainingConfig]) -> None:
    with st.container(horizontal=True):
        if rest:
            st.button(
                "Go on",
                type="primary",
                icon=":material/resume:",
                on_click=_go_on,
                args=(grid,),
            )
        st.button(
            "Pause",
            icon=":material/pause:",
            disabled=not any(not run.pause_requested for run in own),
            on_click=_pause,
            args=(grid,),
        )
        _render_stop(grid, own)


def _render_stop(grid: Grid, own: list[Run]) -> None:
    st.button(
        "Stop",
        icon=":material/stop:",
        disabled=not own,
        on_click=_stop,
        args=(grid,),
        help="What is training ends as far as it got; what waits is taken back.",
    )


def _is_missing(run: Run | None) -> bool:
    """Check whether nobody works on a cell; one that failed would fail again."""
    return run is None or run.status in (RunStatus.PAUSED, RunStatus.STOPPED)


def _choose(run: Run) -> None:
    st.session_state[OPENED] = run.id


def _open(run_id: str) -> NoReturn:
    st.switch_page("results.py", query_params={"run": run_id})


@with_refusals_shown
def _go_on(grid: Grid) -> None:
    configs = list(grid.plan.configs())
    runs = get_store().runs_with(configs, grid.dataset_digest)
    wanted = [
        config
        for config in configs
        if config not in runs or runs[config].status is not RunStatus.FAILED
    ]
    request_runs(wanted, grid.dataset_digest, grid.dataset_name)


@with_refusals_shown
def _pause(grid: Grid) -> None:
    get_store().pause_runs(list(grid.plan.configs()), grid.dataset_digest, owner())


@with_refusals_shown
def _stop(grid: Grid) -> None:
    whose = str(ends_as(grid.owner))
    get_store().stop_runs(list(grid.plan.configs()), grid.dataset_digest, whose)
