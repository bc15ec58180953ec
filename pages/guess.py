"""Guess together: what a class predicts before a network trains, by devices or by raised hands."""

import streamlit as st

from pages.session.browser import current_seat
from pages.session.refusal import render_refusal
from pages.text import message
from pages.views.guess.hands import render_hands
from pages.views.guess.own_guess import render_own_guess

seat = current_seat()
st.title("Guess together", anchor=False)
render_refusal()
if seat is None:
    render_hands()
elif seat.member.is_approved:
    render_own_guess(seat)
else:
    message.info("Your teacher has to let you in first.")
    st.page_link("join.py", label="Your place in the class", icon=":material/group:")
