"""Which runs the table shows: whose, with a star, and those that a search finds."""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.session.browser import owner
from pages.session.draft import noted_runs
from pages.session.open_task import current_task

# A part of a word is enough, a part of a number is another number.
_NUMBER = re.compile(r"(?<!\w)\d+(?:\.\d+)?(?!\w)")
MINE, TASK, ALL = "Mine", "This task's", "All"
PAUSE = "100ms"  # in typing, after which is searched


def render_filters(runs: Sequence[Run]) -> list[Run]:
    """Draw what narrows the table down, and return the runs that are left, in their order."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        whose = st.segmented_control(
            "Whose",
            (MINE, ALL) if current_task() is None else (MINE, TASK, ALL),
            default=ALL,
            required=True,
            key="whose",
            bind="query-params",
        )
        wanted = st.text_input(
            "Search",
            key="search",
            type="search",
            placeholder="name, note, setting, state",
            bind="query-params",
            live=PAUSE,
            width=320,
        )
        starred = st.toggle("With a star", key="starred", bind="query-params")
    belongs = _belonging(whose)
    is_found = _finding((wanted or "").casefold().replace(",", "").split())
    return [run for run in runs if belongs(run) and (run.starred or not starred) and is_found(run)]


def _belonging(whose: str) -> Callable[[Run], bool]:
    if whose == MINE:
        mine = (owner(), None)  # one's own, and those that the command line has trained
        return lambda run: run.owner in mine
    task = current_task()
    if whose == TASK and task is not None:
        noted = set(noted_runs(task))
        return lambda run: run.id in noted
    return lambda _: True


def _finding(words: Sequence[str]) -> Callable[[Run], bool]:
    if not words:
        return lambda _: True
    numbers = {word for word in words if _NUMBER.fullmatch(word)}
    parts = [word for word in words if word not in numbers]

    def is_found(run: Run) -> bool:
        described = run.config.describe()
        text = f"{run.id} {run.name} {run.note} {described} {run.dataset_name} {state(run)}"
        text = text.casefold().replace(",", "")
        if not all(part in text for part in parts):
            return False
        # An id holds any figures.
        return not numbers or numbers.issubset(_NUMBER.findall(text.removeprefix(run.id)))

    return is_found
