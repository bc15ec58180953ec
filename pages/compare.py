"""Compare: two to eight runs, finished or still going on: curves, settings, costs."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.charts import LETTERS
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.compared_runs import compared_runs, render_picker
from pages.text import message
from pages.views.compare.cost import render_cost
from pages.views.compare.curves import render_curves
from pages.views.compare.luck import render_luck
from pages.views.compare.settings import render_difference, render_settings


def render_comparison(runs: Sequence[Run]) -> None:
    """Draw everything that sets runs apart."""
    render_curves(runs, get_store().read_epochs_of(run.id for run in runs))
    render_difference(runs)
    with st.container(horizontal=True):
        for letter, run in zip(LETTERS, runs, strict=False):
            st.page_link(
                "results.py",
                label=f"Results of {letter}",
                icon=":material/show_chart:",
                query_params={"run": run.id},
            )
        if len(runs) == 2 and all(run.test_accuracy is not None for run in runs):
            first, second = (run.id for run in runs)
            st.page_link(
                "mistakes.py",
                label="Which digits only one reads right",
                icon=":material/search:",
                query_params={"run": first, "view": "Two runs", "other_run": second},
            )
    render_settings(runs)
    render_cost(runs)
    if len(runs) == 2:
        render_luck(*runs)


runs = compared_runs()
if len(runs) < 2:
    st.title("Compare", anchor=False)
    render_picker(runs)
    message.info("Choose two to eight runs here, or in the table of the page Runs.")
    st.page_link("runs.py", label="See all runs", icon=":material/list:")
else:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Compare", anchor=False, width="content")
        with st.popover("Choose runs", icon=":material/checklist:"):
            render_picker(runs)
    render_comparison(runs)
