"""Runs: everything trained so far, as a table to sort, to search and to choose from."""

import streamlit as st

from mnist_core.formatting import counted, size
from pages.services.server import get_store
from pages.session.refusal import render_refusal
from pages.text import message
from pages.views.runs.actions import render_actions, render_undo
from pages.views.runs.bring_back import render_bring_back
from pages.views.runs.filters import render_filters
from pages.views.runs.housekeeping import render_housekeeping
from pages.views.runs.run_table import chosen_runs, render_table
from pages.views.shared.no_run import render_no_run
from pages.widgets.run_follower import render_run_follower

st.title("Runs", anchor=False)
render_refusal()
render_undo()
runs = get_store().list_runs()
if not runs:
    render_no_run("Train a network, and it is listed here.")
else:
    shown = render_filters(runs)
    render_actions(chosen_runs(runs))
    if shown:
        render_table(shown, runs)
        render_run_follower(shown, "runs-in-sight")
    else:
        message.info("No run is like that. Search for less, or show all.")
    used = sum(get_store().sizes().values())
    st.caption(f"{counted(len(shown), 'run')} of {len(runs):,}; all take {size(used)}.")
render_bring_back()
render_housekeeping()
