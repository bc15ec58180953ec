"""A new grid: two settings, the values to try of each, and what it will take."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.config import TrainingConfig, setting_words
from mnist_core.errors import ConfigError
from mnist_core.formatting import capitalized, counted, duration
from mnist_core.lesson.assignment import read_value
from mnist_core.store import Axis, GridPlan
from pages.services.server import get_shelf, get_store
from pages.session.browser import owner
from pages.session.open_task import noted_settings
from pages.session.refusal import with_refusals_shown
from pages.text import message
from pages.views.shared.background import request_runs, unfinished
from pages.views.shared.cost import expected_seconds

GRID_PARAMETER = "grid"
USUAL_VALUES = {
    "batch_size": "10 100 1000",
    "layers": "none 32 128 128-64",
    "learning_rate": "0.0001 0.001 0.01",
    "epochs": "1 3 10",
    "activation": "relu sigmoid tanh",
    "optimizer": "sgd momentum adam",
    "dropout": "0 0.2 0.5",
    "l2": "0 0.0001 0.001",
    "fraction": "0.01 0.1 1",
    "validation_split": "0.1 0.3",
    "seed": "0 1 2 3 4",
}
HOW_TO_WRITE = {
    "layers": "With spaces between: 32 is one hidden layer of 32 nodes, 128-64 is two of them, "
    "none is no hidden layer.",
}
LONGEST = 200


def render_new_grid() -> None:
    """Draw the choice of two settings and their values, and the button that starts it."""
    st.markdown("Two settings, up to six values each: every combination is trained.")
    columns = st.columns(2, gap="medium")
    settings = list(USUAL_VALUES)
    with columns[0]:
        first = _render_axis("rows", "From row to row", settings, 0)
    with columns[1]:
        second = _render_axis("columns", "From column to column", settings, 1)
    base = noted_settings()
    rest = base.describe(without=(first[0], second[0]))
    st.caption(f"All else is as it stands on Train: {rest}.")
    try:
        _render_start(_read_plan(base, first, second))
    except ConfigError as error:
        message.error("{error} Nothing was started.", error=error)


def read_values(setting: str, text: str) -> tuple[object, ...]:
    """Read the values of a setting that somebody has typed; what says none stays text."""
    words = text[:LONGEST].replace(";", " ").replace(", ", " ").split()
    if setting == "layers":
        return tuple(() if word == "none" else _read_layers(word) for word in words)
    return tuple(read_value(word, setting) for word in words)


def _read_layers(word: str) -> object:
    nodes = word.split("-")
    return tuple(map(int, nodes)) if all(each.isdecimal() for each in nodes) else word


def _render_axis(name: str, label: str, settings: Sequence[str], index: int) -> tuple[str, str]:
    setting = st.selectbox(
        label,
        settings,
        index,
        format_func=lambda name: capitalized(setting_words(name)),
        key=f"grid-{name}",
        persist_state="session",
    )
    typed = st.text_input(
        f"Values of {setting_words(setting)}",
        USUAL_VALUES[setting],
        max_chars=LONGEST,
        key=f"grid-{name}-{setting}",
        help=HOW_TO_WRITE.get(setting, "With spaces between, up to six of them."),
    )
    return setting, typed


def _read_plan(base: TrainingConfig, rows: tuple[str, str], columns: tuple[str, str]) -> GridPlan:
    first, second = (Axis(setting, read_values(setting, text)) for setting, text in (rows, columns))
    return GridPlan(base=base, rows=first, columns=second)


def _render_start(plan: GridPlan) -> None:
    dataset, configs = get_shelf().current, list(plan.configs())
    there = get_store().runs_with(configs, dataset.digest)
    missing = unfinished(configs, there)
    seconds = expected_seconds(missing, dataset)
    st.button(
        "Start the grid",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        args=(plan,),
    )
    already = len(configs) - len(missing)
    known = f" {already} of them are there already." if already else ""
    st.caption(
        f"{counted(len(configs), 'run')}, about {duration(seconds)} if nobody else trains.{known} "
        "They wait behind other people's."
    )


@with_refusals_shown
def _start(plan: GridPlan) -> None:
    dataset = get_shelf().current
    store = get_store()
    store.save_dataset(dataset)
    request_runs(plan.configs(), dataset.digest, dataset.name)
    grid = store.keep_grid(
        plan, dataset_digest=dataset.digest, dataset_name=dataset.name, owner=owner()
    )
    st.query_params[GRID_PARAMETER] = grid.id
