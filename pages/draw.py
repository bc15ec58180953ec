"""Draw: write a digit or photograph one, and see what a network makes of it."""

import streamlit as st

from pages.services.networks import newest_snapshot, render_no_network
from pages.session.watched_run import pick_run
from pages.views.draw.ways import NOTHING_IS_KEPT, WAYS
from pages.views.shared.no_run import render_no_run
from pages.widgets.page_head import render_page_head

with render_page_head("Draw"):
    run = pick_run()
    if run is not None:
        way = st.segmented_control(
            "How", WAYS, default="Draw", required=True, key="way", bind="query-params"
        )
    st.page_link("my_digits.py", label="My digits", icon=":material/bookmark:")
if run is None:
    render_no_run("Train a network first: then it reads here what you draw.")
elif newest_snapshot(run) is None:
    render_no_network(run)
else:
    WAYS[way](run)
    st.caption(NOTHING_IS_KEPT)
