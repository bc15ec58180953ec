"""Addresses that people hand to each other."""

from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

import segno
import streamlit as st

from mnist_core.lesson.assignment import Assignment, link

ONLY_HERE = ("localhost", "127.0.0.1", "::1")


def link_to_train(task: Assignment) -> str:
    """Write the full address that opens a task, as this browser would type it."""
    here = urlsplit(st.context.url or "")
    folder = here.path.rsplit("/", 1)[0]
    page = urlunsplit((here.scheme, here.netloc, f"{folder}/train", "", ""))
    return link(page, task.to_query())


@lru_cache(maxsize=64)
def qr_code(address: str) -> str:
    """Draw an address as a QR code for phones.

    Returns:
        The address of the picture, with the white margin that it needs.
    """
    code: str = segno.make(address, micro=False).svg_data_uri(light="white")
    return code


def is_for_this_computer_only(address: str) -> bool:
    """Check whether no other computer can open the address."""
    return urlsplit(address).hostname in ONLY_HERE


def may_use_camera() -> bool:
    """Check whether a browser allows this page the camera: over HTTPS, or on its own computer."""
    here = urlsplit(st.context.url or "")
    host = here.hostname or "localhost"
    return here.scheme == "https" or host in ONLY_HERE or host.endswith(".localhost")
