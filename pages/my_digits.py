"""My digits: sets of drawn digits, read by any network, to take away and to delete."""

import streamlit as st

from pages.session.refusal import render_refusal
from pages.session.watched_run import pick_run
from pages.text import message
from pages.views.my_digits import digit_sets
from pages.widgets.page_head import render_page_head

with render_page_head("My digits"):
    chosen = digit_sets.pick_digit_set()
    run = pick_run() if chosen is not None else None
render_refusal()
if chosen is None:
    message.info(
        "No digits are kept yet. Train a network, draw a digit, press “Keep it”, and it is here."
    )
    st.page_link("draw.py", label="Draw a digit", icon=":material/draw:")
else:
    digit_sets.render_score(chosen, run)
    digit_sets.render_deleting(chosen)
st.caption(digit_sets.HOW_LONG)
