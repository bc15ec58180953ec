"""Join a class: by its code, under a name, or back to one's place by the return code."""

import streamlit as st

from pages.session.browser import current_seat
from pages.session.person import has_left_a_class
from pages.session.refusal import render_refusal
from pages.text import message
from pages.views.join.entry import render_entry
from pages.views.join.place import render_place, render_waiting

seat = current_seat()
with st.container(key="join", width=600):
    st.title("Join a class" if seat is None else "Your place in the class", anchor=False)
    if has_left_a_class():
        message.info("Nobody of a class sits at this browser now.")
    render_refusal()
    if seat is None:
        render_entry()
    elif seat.member.is_approved:
        render_place(seat)
    else:
        render_waiting()
