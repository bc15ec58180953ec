"""Under every page: its address, to copy and as a QR code for phones of the same network."""

import html

import streamlit as st

from pages.session.address import (
    is_for_this_computer_only,
    is_reached_by_others,
    link_to_here,
    qr_code,
)
from pages.widgets.copy_link import render_copy_link


@st.fragment
def render_share() -> None:
    """Draw the button; what is behind it is made when somebody opens it."""
    share = st.popover("Share this view", icon=":material/share:", key="share", on_change="rerun")
    if share.open:
        with share:
            _render_address(link_to_here())


def _render_address(address: str) -> None:
    render_copy_link(address, key="copy-link")
    code = "" if is_for_this_computer_only(address) else qr_code(address)
    if code:
        st.html(
            f'<img src="{code}" alt="QR code of {html.escape(address)}" '
            'style="display: block; width: 15rem">'
        )
        st.caption("A phone in the same network opens it by its camera.")
    elif not is_for_this_computer_only(address):
        st.caption("This address is too long for a QR code: copy it.")
    elif is_reached_by_others():
        st.caption("This computer is in no network, so the link works here only.")
    else:
        st.caption(
            "The server listens on this machine only, so the link works here only. For a class, "
            "start it with `STREAMLIT_SERVER_ADDRESS=0.0.0.0`."
        )
