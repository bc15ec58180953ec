"""The task that this tab works on: opened by a link, kept through pages and reloads, put away.

The address keeps the task through a reload, the session through the other pages. Where the
controls stood when the page was left is kept here as well: Streamlit loses what was set by code.
"""

from typing import Any

import streamlit as st

from mnist_core.config import CHOICES, TrainingConfig
from mnist_core.errors import ConfigError
from mnist_core.lesson.assignment import (
    PARTS,
    START,
    Assignment,
    as_controls,
    control_values,
    link_problems,
    read_settings,
    read_value,
)
from pages.session.draft import has_draft, note_runs, noted_runs, read_draft
from pages.text import message

OPTIMIZER_WORDS = {
    "adam": "Adam",
    "sgd": "SGD",
    "momentum": "SGD with momentum",
    "rmsprop": "RMSprop",
}
WITH_STOPS = ("batch_size", "learning_rate", "l2", "fraction")
OTHER_PARAMETERS = ("run", "behind", "projector", "embed", "embed_options")
TRAIN = "train"
_TASK = "task"
_STANDING = "standing"
_PAGE = "page"
_PROBLEM = "task_problem"
_PROBLEMS = "link_problems"
_STOPS = "linked_stops"


def open_task() -> Assignment | None:
    """Take up the task in the address, or else the one that this tab has open.

    A new link sets the controls as it says; call it before they are drawn.
    """
    _write_settings_as_controls_do()
    _read_link()
    linked = _task_in_address()
    task = current_task() if linked is None else linked
    if task is not None and (page_before() != TRAIN or not has_draft(task)):
        read_draft(task)
    if linked is not None:
        _take_up_link(linked)
    if task is None or START not in st.query_params:
        _put_controls_back()
    if task is not None:
        st.session_state.update(task.fixed_values())
        _keep_in_url(task)
    return task


def note_controls(standing: dict[str, Any]) -> None:
    """Remember where the controls stand."""
    st.session_state[_STANDING] = standing


def noted_settings() -> TrainingConfig:
    """Return the settings that this tab has left on the Train page, or those at the start."""
    standing: dict[str, Any] = st.session_state.get(_STANDING, start_values())
    return read_settings({name: str(value) for name, value in standing.items()})


def note_page(path: str) -> None:
    """Remember which page is shown, so that the next one can tell whether it is another."""
    st.session_state[_PAGE] = path


def page_before() -> str | None:
    """Return which page was drawn last before this one, or before this time: its path."""
    return st.session_state.get(_PAGE)


def format_stop(number: float) -> str:
    """Write a number as the sliders with stops do, on the page and in the address."""
    return f"{number:,g}"


def current_task() -> Assignment | None:
    """Return the task that this tab has open; None where there is none."""
    return st.session_state.get(_TASK)


def start_values() -> dict[str, Any]:
    """Return where the controls begin: as the task wants them, or at the default settings."""
    task = current_task()
    return control_values(TrainingConfig() if task is None else task.settings)


def fixed_values() -> dict[str, Any]:
    """Return the values that the task lets nobody change."""
    task = current_task()
    return {} if task is None else task.fixed_values()


def take_up(task: Assignment) -> None:
    """Open a task on the Train page itself; its controls stand as the task wants them."""
    st.session_state[_TASK] = task
    st.session_state.update(control_values(task.settings))
    _keep_in_url(task)


def set_controls(config: TrainingConfig) -> None:
    """Let the controls stand as these settings have them; what the task has locked stays."""
    values = control_values(config) | fixed_values()
    stops = st.session_state.setdefault(_STOPS, {})
    for name in filter(has_stops, values):
        stops.setdefault(name, set()).add(values[name])
    st.session_state[_STANDING] = values  # taken up where another page is open
    st.session_state.update(values)


def put_away() -> None:
    """Close the task. Every control comes back, and stands where it stood."""
    st.session_state.update(fixed_values())
    st.session_state.pop(_TASK, None)
    for name in PARTS:
        st.query_params.pop(name, None)


def linked_stops(name: str) -> set[float]:
    """Return where links have put a slider in this tab, though it has no stop there."""
    stops: dict[str, set[float]] = st.session_state.get(_STOPS, {})
    return stops.get(name, set())


def render_problem() -> None:
    """Show what is wrong with the link, where it or a part of it can't be read."""
    problem = st.session_state.get(_PROBLEM)
    if problem:
        message.warning(
            "The task in this link can't be read. {problem} Training works all the same.",
            problem=problem,
        )
    elif parts := st.session_state.get(_PROBLEMS):
        message.warning(
            "Not all of this link can be used. {parts} The rest is.", parts=" ".join(parts)
        )


def _take_up_link(task: Assignment) -> None:
    if START not in st.query_params:
        st.session_state[_TASK] = task
        st.session_state[_STANDING] = control_values(task.settings)
    elif task != current_task():  # loaded anew; where the sliders stand is in the address too
        st.session_state[_TASK] = task
        if "run" in st.query_params and not noted_runs(task):
            note_runs(task, [st.query_params["run"]])


def _task_in_address() -> Assignment | None:
    try:
        return Assignment.from_query(_query())
    except ConfigError as error:
        st.session_state[_PROBLEM] = str(error)
        return None


def _read_link() -> None:
    """Note what in the address can't be used, and the values that no slider has a stop for."""
    st.session_state.pop(_PROBLEM, None)
    query = _query()
    st.session_state[_PROBLEMS] = link_problems(query, OTHER_PARAMETERS)
    stops = st.session_state.setdefault(_STOPS, {})
    for name, text in query.items():
        if has_stops(name) and not link_problems({name: text}):
            stops.setdefault(name, set()).add(read_value(text, name))


def _put_controls_back() -> None:
    """Let the controls stand where they stood when another page was opened."""
    came_from_another = page_before() not in (None, TRAIN)
    if came_from_another and _STANDING in st.session_state:
        st.session_state.update(st.session_state[_STANDING])


def _write_settings_as_controls_do() -> None:
    """Turn "1000" into "1,000" and "sgd" into "SGD": the controls read nothing else."""
    query = st.query_params.to_dict()
    written = {name: _as_control_writes(name, text) for name, text in as_controls(query).items()}
    if written != query:
        st.query_params.from_dict(written)
        st.rerun()


def has_stops(name: str) -> bool:
    """Check whether a control is a slider with stops."""
    return name.startswith("nodes_") or name in WITH_STOPS


def _as_control_writes(name: str, text: str) -> str:
    value = read_value(text, name)
    if name == "optimizer":
        return OPTIMIZER_WORDS.get(str(value), text)
    return format_stop(value) if has_stops(name) and not isinstance(value, str) else text


def _keep_in_url(task: Assignment) -> None:
    kept = task.to_kept_query()
    if any(st.query_params.get(name) != kept.get(name) for name in PARTS):
        for name in PARTS:
            st.query_params.pop(name, None)
        st.query_params.update(kept)


def _query() -> dict[str, str]:
    """Read the address; the page's own words for the optimizers may stand there too."""
    query = st.query_params.to_dict()
    for name in CHOICES["optimizer"]:
        if query.get("optimizer") == OPTIMIZER_WORDS[name]:
            query["optimizer"] = name
    return query
