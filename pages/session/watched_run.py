"""The run that a tab looks at: its id stands in the URL and goes along from page to page."""

from collections.abc import Callable, Iterable

import streamlit as st

from mnist_core.errors import RunNotFoundError
from mnist_core.serving.run_words import in_short, unchanging_name
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.person import class_rules, waits_for_prediction
from pages.text import message

RUN_PARAMETER = "run"
RUNS_OFFERED = 200
HOW_TO_PICK = "Your own runs come first. To search, type part of a name."
OLDER_ONES = f" These are the newest {RUNS_OFFERED}: older ones are opened from the page Runs."


def watch(run_id: str | None) -> None:
    """Look at this run from now on, on every page of this tab; None looks at nothing."""
    st.session_state["watched_run"] = run_id
    if run_id is None:
        st.query_params.pop(RUN_PARAMETER, None)
    else:
        st.query_params[RUN_PARAMETER] = run_id


def keep_in_url() -> None:
    """Carry the run's id along to a page that was opened without it."""
    run_id = st.session_state.get("watched_run")
    if run_id and RUN_PARAMETER not in st.query_params:
        st.query_params[RUN_PARAMETER] = run_id


def watched_run() -> Run | None:
    """Read the run this tab looks at, and keep its id in the URL.

    A run that is gone is said to be gone, once, and then forgotten.
    """
    run_id = st.query_params.get(RUN_PARAMETER)
    if not run_id:
        return None
    try:
        run = get_store().get_run(run_id)
    except RunNotFoundError as error:
        watch(None)
        message.warning("{error}", error=error)
        return None
    watch(run.id)
    return run


def pick_run() -> Run | None:
    """Draw a picker of the newest runs, and give the run that is picked, the watched one at first.

    Nobody is shown somebody else's run unasked: where no run is watched, it is one's own latest,
    or none. It draws every name it offers at each click: with all runs of a year the page would be
    slow.
    """
    newest = get_store().list_runs(RUNS_OFFERED)
    shown = watched_run() or _latest_own(newest)
    runs = {run.id: run for run in newest}
    if shown:
        runs.setdefault(shown.id, shown)
    if not runs:
        return None
    names = names_to_pick_from(runs.values(), _in_short if class_rules().guess_first else in_short)
    picked = st.selectbox(
        "Run",
        names,
        index=list(names).index(shown.id) if shown else None,
        format_func=names.__getitem__,
        placeholder="Choose a run",
        help=HOW_TO_PICK + OLDER_ONES * (len(newest) == RUNS_OFFERED),
    )
    if picked is None:
        return None
    watch(picked)
    return runs[picked]


def _in_short(run: Run) -> str:
    """Name a run with what it came to, unless that is to be predicted first."""
    return unchanging_name(run) if waits_for_prediction(run) else in_short(run)


def _latest_own(newest: Iterable[Run]) -> Run | None:
    """Find this browser's latest run, or else the latest that is nobody's: of the command line."""
    own = get_store().list_runs(1, owner=owner(), background=False)
    return next(iter([*own, *(run for run in newest if run.owner is None)]), None)


def names_to_pick_from(
    runs: Iterable[Run], name: Callable[[Run], str] = in_short
) -> dict[str, str]:
    """Name runs for a picker by their ids: this browser's own first, else in the order given.

    Args:
        runs: what is offered.
        name: ``unchanging_name`` for a picker whose choice is kept while its runs go on.
    """
    mine = owner()
    own_first = sorted(runs, key=lambda run: run.owner != mine)
    return {run.id: name(run) + " · yours" * (run.owner == mine) for run in own_first}
