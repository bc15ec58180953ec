"""Look inside: what every layer and node of a network makes of a digit, at any epoch."""

from collections.abc import Callable
from typing import Any, NamedTuple

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
from pages.views.inside.training_digits import pick_training_digits
from pages.views.inside.update_view import render_update
from pages.views.shared.no_run import render_no_run
from pages.views.shared.predict_first import is_closed, render_question
from pages.widgets.page_head import render_page_head


class View(NamedTuple):
    """One of the views.

    Attributes:
        pick: draws the choice of what goes through the network, and gives it.
        render: draws the view with it.
        begins_at_start: whether it begins with the network before the first batch.
    """

    pick: Callable[[Snapshot], Any]
    render: Callable[[Snapshot, Any], None]
    begins_at_start: bool = False


VIEWS = {
    "Network": View(pick_digit, render_network),
    "Map": View(pick_digit, render_map),
    "Shake it": View(pick_digit, render_perturbation),
    "One update": View(pick_training_digits, render_update, begins_at_start=True),
}


def render_run(run: Run, view: View) -> None:
    """Draw one run's network in the chosen view."""
    time, digit = st.columns([5, 8], gap="medium")
    with time:
        epoch = pick_epoch(run, begins_at_start=view.begins_at_start)
    if epoch is None:
        render_no_network(run)
        return
    snapshot = Snapshot(run, epoch)
    with digit:
        picked = view.pick(snapshot)
    view.render(snapshot, picked)
    keep_time(run)


with render_page_head("Look inside"):
    run = pick_run()
    if run is not None:
        view = st.segmented_control(
            "View", VIEWS, default="Network", required=True, key="view", bind="query-params"
        )
if run is None:
    render_no_run("Train a network first: then its nodes can be looked at here.")
elif is_closed(run, "look_inside"):
    render_question(run)
else:
    render_run(run, VIEWS[view])
