"""Runs: everything trained so far; name it, open it, delete it."""

import streamlit as st

from mnist_core.formatting import counted, date_and_time, duration, size
from mnist_core.serving.run_words import accuracy, state
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.browser import may_change
from pages.session.refusal import render_refusal
from pages.text.markdown import plain
from pages.views.runs.bring_back import render_bring_back
from pages.views.runs.housekeeping import render_housekeeping
from pages.views.runs.run_list import delete, rename, render_undo
from pages.views.shared.no_run import render_no_run
from pages.views.shared.paging import render_pages

RUNS_A_PAGE = 20


def render_run(run: Run, bytes_used: int) -> None:
    """Draw one run: what it is, what came of it, what can be done with it."""
    with st.container(border=True, key=f"run-{run.id}"):
        what, came, do = st.columns([4, 3, 2], vertical_alignment="center")
        with what:
            st.markdown(f"**{plain(run.label)}**")
            st.caption(f"{run.config.describe()} · {plain(run.dataset_name)}")
        with came:
            st.markdown(f"{state(run)} · {accuracy(run)}")
            started = date_and_time(run.created_at)
            st.caption(f"{duration(run.seconds)} · {size(bytes_used)} · {started}")
        with do, st.container(horizontal=True):
            st.page_link("results.py", label="Open", query_params={"run": run.id})
            if may_change(run):
                render_changes(run)


def render_changes(run: Run) -> None:
    """Draw what only the owner of a run may do."""
    with st.popover("Change"):
        st.text_input(
            "Name",
            run.name,
            max_chars=80,
            placeholder=run.config.describe(),
            key=f"name-{run.id}",
            on_change=rename,
            args=(run,),
        )
        st.button("Delete", key=f"delete-{run.id}", on_click=delete, args=(run,))


st.title("Runs", anchor=False)
render_refusal()
render_undo()
runs = get_store().list_runs()
sizes = get_store().sizes()
if not runs:
    render_no_run("Train a network, and it is listed here.")
else:
    used = sum(sizes.get(run.id, 0) for run in runs)
    st.caption(f"{counted(len(runs), 'run')}, {size(used)} in all, newest first.")
    for place in render_pages(len(runs), RUNS_A_PAGE):
        render_run(runs[place], sizes.get(runs[place].id, 0))
render_bring_back()
render_housekeeping()
