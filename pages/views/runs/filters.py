"""Which runs the table shows: whose, with a star, and those that a search finds."""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.session.browser import may_change
from pages.session.draft import noted_runs
from pages.session.open_task import current_task

# A part of a word is enough, a part of a number is another number.
_NUMBER = re.compile(r"(?<!\w)\d+(?:\.\d+)?(?!\w)")
MINE, TASK, ALL = "Mine", "This task's", "All"


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
            live=True,
            width=320,
        )
        starred = st.toggle("With a star", key="starred", bind="query-params")
    belongs = _belonging(whose)
    words = (wanted or "").casefold().replace(",", "").split()
    return [
        run
        for run in runs
        if belongs(run) and (run.starred or not starred) and _is_found(run, words)
    ]


def _belonging(whose: str) -> Callable[[Run], bool]:
    if whose == MINE:
        return may_change  # one's own, and those that the command line has trained
    task = current_task()
    if whose == TASK and task is not None:
        noted = set(noted_runs(task))
        return lambda run: run.id in noted
    return lambda _: True


def _is_found(run: Run, words: Sequence[str]) -> bool:
    if not words:
        return True
    described = run.config.describe()
    text = f"{run.id} {run.name} {run.note} {described} {run.dataset_name} {state(run)}"
    text = text.casefold().replace(",", "")
    numbers = set(_NUMBER.findall(text.removeprefix(run.id)))  # an id holds any figures
    return all(word in (numbers if _NUMBER.fullmatch(word) else text) for word in words)
