"""Sharing a view: the address that others type, and what is said where they can't."""

from __future__ import annotations

import pytest
import streamlit as st

from pages.session import address
from tests.app.page_helpers import component, words


@pytest.fixture
def open_share(open_page, monkeypatch):
    """Open the share of a page, as it is reached and as the server listens."""

    def open_share(url: str, listens: str, network: str | None, **query: str):
        monkeypatch.setattr(st.context.__class__, "url", url)
        monkeypatch.setattr(address, "address_in_network", lambda: network)
        options = {"server.address": listens}
        asked = st.get_option
        monkeypatch.setattr(address.st, "get_option", lambda name: options.get(name) or asked(name))
        app = open_page("glossary", **query)
        app.session_state["share"] = True
        app.run()
        assert not app.exception
        return app

    return open_share


@pytest.mark.parametrize(
    ("url", "listens", "network", "link"),
    [
        ("http://localhost:8501/glossary", "0.0.0.0", "192.168.1.20", "http://192.168.1.20:8501"),
        ("http://127.0.0.1:8501/a/glossary", "::", "fd00::1", "http://[fd00::1]:8501/a"),
        ("http://192.168.1.9:8501/glossary", "0.0.0.0", "10.0.0.1", "http://192.168.1.9:8501"),
        ("https://school.example/d/glossary", "127.0.0.1", None, "https://school.example/d"),
    ],
)
def test_the_link_is_one_that_a_phone_in_the_same_network_opens(
    open_share, url, listens, network, link
):
    app = open_share(url, listens, network, view="a b&c")
    assert component(app, "copy-link")["address"] == f"{link}/glossary?view=a+b%26c"
    [picture] = [each for each in app.get("html") if "QR code" in each.proto.body]
    assert "data:image/svg+xml" in picture.proto.body
    assert "A phone in the same network opens it" in words(app)


def test_an_address_that_is_too_long_for_a_code_is_there_to_copy(open_share):
    app = open_share("http://localhost:8501/glossary", "0.0.0.0", "10.0.0.1", view="x" * 5000)
    assert "too long for a QR code" in words(app)
    assert component(app, "copy-link")["address"].endswith("x" * 5000)


@pytest.mark.parametrize("url", ["http://[", "http://a:99999", "//", "\0", "http://[::1"])
def test_an_address_that_is_none_breaks_no_page(open_share, url):
    open_share(url, "0.0.0.0", "10.0.0.1")


@pytest.mark.parametrize(
    ("listens", "network", "why"),
    [
        ("127.0.0.1", "192.168.1.20", "The server listens on this machine only"),
        ("0.0.0.0", None, "This computer is in no network"),
    ],
)
def test_where_no_phone_comes_it_is_said_and_no_code_is_shown(open_share, listens, network, why):
    app = open_share("http://localhost:8501/glossary", listens, network)
    assert why in words(app)
    assert component(app, "copy-link")["address"].startswith("http://localhost:8501/glossary")
    assert not [each for each in app.get("html") if "QR code" in each.proto.body]
