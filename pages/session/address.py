"""Addresses that people hand to each other."""

import contextlib
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import SplitResult, urlencode, urlsplit

import segno
import streamlit as st

from mnist_core.lesson.assignment import Assignment, link
from mnist_core.serving.own_address import address_in_network, is_only_here, listens_to_others

CLASS_PARAMETER = "class"
TASK_PARAMETER = "task"
_OF_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def link_to_train(task: Assignment) -> str:
    """Write the full address that opens a task, as others of the same network type it."""
    return _link_to("train", task.to_query())


def link_to_join(code: str) -> str:
    """Write the full address by which people join a class."""
    return _link_to("join", {CLASS_PARAMETER: code})


def link_to_guess() -> str:
    """Write the full address at which people predict together."""
    return _link_to("guess", {})


def link_to_write(code: str) -> str:
    """Write the full address at which people of a class write digits."""
    return _link_to("write", {CLASS_PARAMETER: code})


def _link_to(page: str, query: Mapping[str, str]) -> str:
    here = _here()
    folder = here.path.rsplit("/", 1)[0]
    return link(here._replace(path=f"{folder}/{page}").geturl(), query)


@lru_cache(maxsize=64)
def qr_code(address: str) -> str:
    """Draw an address as a QR code for phones.

    Returns:
        The address of the picture, with the white margin that it needs; empty where no QR code
        has room for so long an address.
    """
    try:
        code: str = segno.make(address, micro=False).svg_data_uri(light="white")
    except segno.DataOverflowError:
        return ""
    return code


def link_to_here() -> str:
    """Write the full address of what this tab shows, as others of the same network type it."""
    return _here()._replace(query=urlencode(st.query_params.to_dict())).geturl()


def is_reached_by_others() -> bool:
    """Check whether this server answers other computers."""
    return listens_to_others(st.get_option("server.address"))


def why_only_here() -> str:
    """Say why a link works on this computer only, and what to do for a class."""
    if is_reached_by_others():
        return "This computer is in no network, so the link works here only."
    return (
        "The server listens on this machine only, so the link works here only. For a class, "
        "start it with `STREAMLIT_SERVER_ADDRESS=0.0.0.0`."
    )


def is_at_this_computer() -> bool:
    """Check whether this browser runs on the very computer that serves the page.

    The server answers that one only, is called by a name that means it, and no proxy stands
    between, which would ask for many.
    """
    headers = st.context.headers
    if is_reached_by_others() or any(name in headers for name in _OF_PROXIES):
        return False
    asked = [f"//{headers['Host']}"] if "Host" in headers else []
    pages = [headers["Origin"]] if "Origin" in headers else []
    with contextlib.suppress(ValueError):  # no address at all
        return all(is_only_here(urlsplit(each).hostname or "") for each in (*asked, *pages))
    return False


def is_for_this_computer_only(address: str) -> bool:
    """Check whether no other computer can open the address."""
    return is_only_here(urlsplit(address).hostname or "localhost")


def _here() -> SplitResult:
    """Return the address of this page without its parameters.

    Where this browser came by a name that means its own computer, such as localhost, the address
    of this computer in the network takes its place, if the server answers there.
    """
    here = _page()
    if not (is_only_here(here.hostname or "localhost") and is_reached_by_others()):
        return here
    return here._replace(netloc=_with_host(address_in_network() or "localhost", here.port))


def _page() -> SplitResult:
    """Return the address of this page as the browser tells it; an empty one where it is none."""
    try:
        here = urlsplit(st.context.url or "")._replace(query="", fragment="")
        _ = here.hostname, here.port  # raises where they are none
    except ValueError:
        return urlsplit("")
    return here


def _with_host(host: str, port: int | None) -> str:
    written = f"[{host}]" if ":" in host else host
    return written if port is None else f"{written}:{port}"


def may_use_camera() -> bool:
    """Check whether a browser allows this page the camera: over HTTPS, or on its own computer."""
    here = _page()
    return here.scheme == "https" or is_only_here(here.hostname or "localhost")
