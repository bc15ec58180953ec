"""The run that a tab looks at: its id stands in the URL and goes along from page to page."""

import streamlit as st

from mnist_core.errors import RunNotFoundError
from mnist_core.store import Run
from pages.components.server import get_store
from pages.components.wording import in_short

PARAMETER = "run"


def watch(run_id: str | None) -> None:
    """Look at this run from now on, on every page of this tab; None looks at nothing."""
    st.session_state["watched_run"] = run_id
    if run_id is None:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = run_id


def keep_in_url() -> None:
    """Carry the run's id along to a page that was opened without it."""
    run_id = st.session_state.get("watched_run")
    if run_id and PARAMETER not in st.query_params:
        st.query_params[PARAMETER] = run_id


def watched_run() -> Run | None:
    """Read the run this tab looks at, and keep its id in the URL.

    A run that is gone is said to be gone, once, and then forgotten.
    """
    run_id = st.query_params.get(PARAMETER)
    if not run_id:
        return None
    try:
        run = get_store().get_run(run_id)
    except RunNotFoundError as error:
        watch(None)
        st.warning(str(error))
        return None
    watch(run.id)
    return run


def pick_run() -> Run | None:
    """Draw a picker of all runs, on the watched one first, and give the run that is picked."""
    watched = watched_run()
    runs = {run.id: run for run in get_store().list_runs()}
    if not runs:
        return None
    first = watched.id if watched and watched.id in runs else next(iter(runs))
    picked = st.selectbox(
        "Run",
        runs,
        index=list(runs).index(first),
        format_func=lambda run_id: in_short(runs[run_id]),
    )
    watch(picked)
    return runs[picked]
