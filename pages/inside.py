"""Look inside: what every layer and node of a network makes of a digit, at any epoch."""

import streamlit as st

from mnist_core.store import Run
from pages.services.networks import render_no_network
from pages.session.watched_run import pick_run
from pages.views.inside.digit_picker import pick_digit
from pages.views.inside.epoch_picker import keep_time, pick_epoch
from pages.views.inside.map_view import render_map
from pages.views.inside.network_view import render_network
from pages.views.inside.perturbation import render_perturbation
from pages.views.inside.snapshot import Snapshot
from pages.views.shared.no_run import render_no_run
from pages.widgets.page_head import render_page_head

VIEWS = {"Network": render_network, "Map": render_map, "Shake it": render_perturbation}


def render_run(run: Run, view: str) -> None:
    """Draw one run's network in the chosen view."""
    time, digit = st.columns([5, 8], gap="medium")
    with time:
        epoch = pick_epoch(run)
    if epoch is None:
        render_no_network(run)
        return
    snapshot = Snapshot(run, epoch)
    with digit:
        shown = pick_digit(snapshot)
    VIEWS[view](snapshot, shown)
    keep_time(run)


with render_page_head("Look inside"):
    run = pick_run()
    if run is not None:
        view = st.segmented_control(
            "View", VIEWS, default="Network", required=True, key="view", bind="query-params"
        )
if run is None:
    render_no_run("Train a network first: then its nodes can be looked at here.")
else:
    render_run(run, view)
