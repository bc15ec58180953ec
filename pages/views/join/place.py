"""Who one is in a class, and by what one comes back: to read, and to print."""

import streamlit as st

from mnist_core.store import Seat
from pages.session.browser import browser_token, current_seat
from pages.text import message
from pages.text.markdown import plain

LOOK_SECONDS = 3.0


def render_place(seat: Seat) -> None:
    """Draw name, class, both codes, and the way on."""
    st.markdown(
        f"You are **{plain(seat.member.name)}** in class **{plain(seat.school_class.name)}**. "
        "What you train is yours, whichever computer you sit at."
    )
    with st.container(horizontal=True):
        st.page_link("train.py", label="Build a network", icon=":material/hub:")
        st.page_link("board.py", label="Board of the class", icon=":material/dashboard:")
        st.page_link("guess.py", label="Guess together", icon=":material/back_hand:")
    st.markdown(f"Code of the class: **{seat.school_class.code}**. Your return code:")
    st.code(seat.return_code(browser_token()), language=None)
    st.caption(
        "Write it down, or print this page: with both codes you come back to your place on "
        "another device. Nobody can look it up for you."
    )


@st.fragment(run_every=LOOK_SECONDS)
def render_waiting() -> None:
    """Say that the teacher has to let somebody in, until it is done."""
    seat = current_seat()
    if seat is None or seat.member.is_approved:
        st.rerun()
    message.info(
        "You are {name}. Your teacher has to let you in: this page goes on by itself.",
        name=seat.member.name,
    )
