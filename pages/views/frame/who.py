"""In the head of every page, for who is in a class: as whom one acts, and the way out."""

from pathlib import Path

import streamlit as st

from mnist_core.errors import ClassPausedError
from mnist_core.store import Seat
from mnist_core.store.members import SEEN_SECONDS
from pages.session.browser import browser_token, current_seat
from pages.session.person import is_class_paused, note_seen, stand_up
from pages.session.refusal import with_refusals_shown
from pages.text import message
from pages.text.markdown import plain
from pages.widgets.class_follower import render_class_follower

_STYLE = Path(__file__).with_name("who.css")


def render_who() -> None:
    """Draw name and class; what is behind them is the return code. Nothing where nobody sits.

    Below it stands, while it is so, that the class is paused.
    """
    seat = current_seat()
    if seat is None:
        return
    st.html(_STYLE)
    with st.container(key="who"):
        _render_place(seat)
        render_class_follower(seat.school_class)
    _watch(seat.member.id)
    if is_class_paused():
        message.info("{paused}", paused=ClassPausedError())


def _render_place(seat: Seat) -> None:
    name, class_name = plain(seat.member.name), plain(seat.school_class.name)
    with st.popover(f"{name}, class {class_name}", type="tertiary"):
        if not seat.member.is_approved:
            st.markdown("Your teacher has to let you in first.")
        st.markdown("Your return code:")
        st.code(seat.return_code(browser_token()), language=None)
        st.caption(
            f"With it and the class's code, {seat.school_class.code}, you come back to your runs "
            "on another device: write it down. The page **Join a class** takes it."
        )
        st.page_link("join.py", label="To print", icon=":material/print:")
        st.page_link("board.py", label="Board of the class", icon=":material/dashboard:")
        st.page_link("guess.py", label="Guess together", icon=":material/back_hand:")
        st.button(
            "I am somebody else", icon=":material/logout:", on_click=_stand_up, key="stand-up"
        )


@st.fragment(run_every=SEEN_SECONDS)
def _watch(member_id: str) -> None:
    """Tell the teacher that this page is open, and notice where somebody has left elsewhere."""
    seat = current_seat()
    if seat is None or seat.member.id != member_id:
        st.rerun()
    note_seen()


@with_refusals_shown
def _stand_up() -> None:
    stand_up()
