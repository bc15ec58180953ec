"""By what people join a class, large enough for the projector; opening and closing it."""

import html

import streamlit as st

from mnist_core.store import SchoolClass
from pages.services.server import get_store
from pages.session.address import (
    is_for_this_computer_only,
    link_to_join,
    qr_code,
    why_only_here,
)
from pages.session.teacher import for_teachers

_CODE = '<p style="font: 700 3.5rem monospace; letter-spacing: 0.2em; margin: 0">{code}</p>'
_ADDRESS = (
    '<img src="{picture}" alt="QR code of {address}" '
    'style="display: block; width: min(100%, 20rem); margin: 0.5rem 0">'
    '<p style="font-size: 1.2rem; overflow-wrap: anywhere; margin: 0">{address}</p>'
)


def render_invitation(opened: SchoolClass) -> None:
    """Draw code, link and QR code of an open class, and the button that closes or opens it."""
    if opened.archived_at:
        st.markdown("This class is archived: nobody is in it.")
        return
    if opened.is_open:
        render_address(link_to_join(opened.code), _CODE.format(code=opened.code))
        st.button("Close", on_click=_close, args=(opened.id,), icon=":material/lock:")
        return
    st.markdown(f"Closed: nobody can join, and who is here stays. Its code is **{opened.code}**.")
    st.button("Open", on_click=_open, args=(opened.id,), icon=":material/lock_open:")


def render_address(address: str, above: str = "") -> None:
    """Draw an address as a QR code and to be read, large enough for the projector.

    Args:
        address: for phones and computers of the same network.
        above: HTML that stands above it.
    """
    st.html(above + _ADDRESS.format(picture=qr_code(address), address=html.escape(address)))
    if is_for_this_computer_only(address):
        st.markdown(why_only_here())  # small print would be too pale for the code in it


@for_teachers
def _close(class_id: str) -> None:
    get_store().close_class(class_id)


@for_teachers
def _open(class_id: str) -> None:
    get_store().open_class(class_id)
