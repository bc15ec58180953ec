"""The board of a class, for the projector: runs as they come, predictions, challenges."""

import streamlit as st

from pages.session.readable_class import readable_class
from pages.session.refusal import render_refusal
from pages.session.teacher import is_teacher
from pages.text import message
from pages.text.markdown import plain
from pages.views.board.challenges import render_challenges, render_test_looks
from pages.views.board.live import render_live
from pages.views.board.names import render_names_switch
from pages.views.board.predictions import render_predictions
from pages.views.board.tiles import render_tiles
from pages.widgets.page_head import pick_view, render_page_head

VIEWS = {"Runs": render_tiles, "Predictions": render_predictions, "Challenges": render_challenges}

opened = readable_class()
if opened is None:
    st.title("Board of a class", anchor=False)
    message.info("A board is for the people of its class and for their teacher.")
    st.page_link("join.py", label="Join a class", icon=":material/group:")
else:
    with render_page_head(f"Board of class {plain(opened.name)}"):
        view = pick_view(VIEWS)
        if is_teacher():
            render_names_switch(opened)
    render_refusal()
    render_live(opened, VIEWS[view])
    if is_teacher() and view == "Challenges":
        render_test_looks(opened)
