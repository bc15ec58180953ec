"""Under every page: its address, to copy and as a QR code for phones of the same network."""

import html

import streamlit as st

from pages.session.address import (
    is_for_this_computer_only,
    link_to_here,
    qr_code,
    why_only_here,
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
    if is_for_this_computer_only(address):
        st.caption(why_only_here())
    elif code := qr_code(address):
        st.html(
            f'<img src="{code}" alt="QR code of {html.escape(address)}" '
            'style="display: block; width: 15rem">'
        )
        st.caption("A phone in the same network opens it by its camera.")
    else:
        st.caption("This address is too long for a QR code: copy it.")
