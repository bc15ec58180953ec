"""Write: on a phone, one digit after the other, for the handwriting round of one's class."""

import streamlit as st

from mnist_core.store.classes import read_class_code
from pages.session.address import CLASS_PARAMETER
from pages.session.browser import current_seat
from pages.session.refusal import render_refusal
from pages.views.join.entry import render_entry
from pages.views.join.place import render_waiting
from pages.views.write.writing import render_other_class, render_writing

seat = current_seat()
code = read_class_code(st.query_params.get(CLASS_PARAMETER, ""))
with st.container(key="write", width=480):
    if seat is None or not seat.member.is_approved:
        st.title("Write digits", anchor=False)
        render_refusal()
        if seat is None:
            render_entry()
        else:
            render_waiting()
    elif code not in ("", seat.school_class.code):
        render_other_class(seat)
    else:
        render_writing(seat)
