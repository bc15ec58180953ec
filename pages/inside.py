"""Look inside: what every layer and node of a network makes of a digit, at any epoch."""

import streamlit as st

from mnist_core.store import Run
from pages.services.networks import render_no_network
from pages.session.watched_run import pick_run
from pages.views import inside
from pages.views.inside import Snapshot
from pages.widgets.page_head import render_page_head

VIEWS = {
    "Network": inside.render_network,
    "Map": inside.render_map,
    "Shake it": inside.render_perturbation,
}


def render_run(run: Run, view: str) -> None:
    """Draw one run's network in the chosen view."""
    time, digit = st.columns([5, 8], gap="medium")
    with time:
        epoch = inside.pick_epoch(run)
    if epoch is None:
        render_no_network(run)
        return
    snapshot = Snapshot(run, epoch)
    with digit:
        shown = inside.pick_digit(snapshot)
    VIEWS[view](snapshot, shown)
    inside.keep_time(run)


with render_page_head("Look inside"):
    run = pick_run()
    if run is not None:
        view = st.segmented_control(
            "View", VIEWS, default="Network", required=True, key="view", bind="query-params"
        )
if run is None:
    st.info("No run yet. Train a network first: then its nodes can be looked at here.")
    st.page_link("train.py", label="Train a network", icon=":material/play_circle:")
else:
    render_run(run, view)
