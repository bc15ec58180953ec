"""The wall of a class: answers to read together, without a name, for the projector."""

import streamlit as st

from pages.session.readable_class import readable_class
from pages.text import message
from pages.views.wall.chosen_answers import render_chosen_answers

st.title("The wall", anchor=False)
readable = readable_class()
if readable is None:
    message.info("A class's wall is for its people and its teacher. Join the class first.")
    st.page_link("join.py", label="Join a class", icon=":material/group:")
else:
    render_chosen_answers(readable.id)
