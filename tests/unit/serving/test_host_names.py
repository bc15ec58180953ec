"""The names by which the server answers: its own, and nobody else's."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from mnist_core.serving.host_names import HostNames

TRUSTED = "https://trusted.example"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).accept()
    else:
        kind = HTMLResponse if scope["path"] == "/page" else PlainTextResponse
        await kind("what was asked for")(scope, receive, send)


def ask(
    host: str,
    *names: str,
    path: str = "/page",
    kind: str = "http",
    headers: dict[str, str] | None = None,
    server: HostNames | None = None,
) -> list[dict[str, Any]]:
    """Ask by a Host header, and give what was sent."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    said = ({"host": host} if host else {}) | (headers or {})
    raw = [(name.encode(), value.encode()) for name, value in said.items()]
    scope = {"type": kind, "method": "GET", "path": path, "headers": raw}
    asyncio.run((server or HostNames(app, names))(scope, receive, send))
    return sent


def status(host: str, *names: str) -> int:
    number: int = ask(host, *names)[0]["status"]
    return number


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8501",
        "localhost.",
        "app.localhost:1",
        "127.0.0.1:8501",
        "192.168.4.20",
        "[::1]:8501",
        "::1",
        "teacher.local:8501",
        socket.gethostname(),
        "",
    ],
)
def test_its_own_names_and_any_address_in_numbers_are_answered(host: str) -> None:
    assert status(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "a b",
    ],
)
def test_any_other_name_is_refused_with_what_to_set(host: str) -> None:
    start, body = ask(host)

    assert start["status"] == 421
    assert f"STREAMLIT_SERVER_ALLOWED_HOSTS={host.split(':')[0]}." in body["body"].decode()


def test_names_that_were_allowed_are_answered() -> None:
    assert status("school.example:443", "School.example") == 200
    assert status("a.school.example", "*.school.example") == 200
    assert status("school.example", "*.school.example") == 421
    assert status("any.example", "*") == 200


def test_a_socket_under_another_name_is_refused() -> None:
    assert ask("localhost:1", kind="websocket")[0]["type"] == "websocket.accept"
    assert ask("evil.example", kind="websocket")[0]["type"] == "websocket.close"


def test_pages_may_fetch_pictures_from_this_server_only() -> None:
    page, text = (dict(ask("localhost", path=path)[0]["headers"]) for path in ("/page", "/text"))

    assert b"img-src 'self' data: blob:;" in page[b"content-security-policy"]
    assert b"content-security-policy" not in text


def ask_in_turn(*requests: dict[str, str]) -> list[dict[str, Any]]:
    """Ask one server for WebSockets (where there is an origin) and pages; give the last answer."""
    server = HostNames(app, trusts=lambda origin: origin == TRUSTED)
    for headers in requests:
        kind = "websocket" if "origin" in headers else "http"
        last = ask("localhost", kind=kind, headers=headers, server=server)
    return last


@pytest.mark.parametrize("name", ["school.example", "school.example:8443"])
def test_where_nothing_moves_for_the_proxy_s_sake_the_page_says_what_to_set(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    listen, page = {"origin": f"https://{name}"}, {"x-forwarded-host": name}
    assert ask_in_turn(page)[0]["status"] == 200
    start, body = ask_in_turn(page, listen, listen, page)

    assert start["status"] == 421
    advice = f"STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS=https://{name}."
    assert advice in body["body"].decode()
    assert [advice in record.message for record in caplog.records] == [True]


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        (TRUSTED, "trusted.example"),
        ("http://localhost", "school.example"),  # a proxy that rewrites Origin, too
        ("https://elsewhere.example", "school.example"),
        ("null", "null"),
    ],
)
def test_where_pages_are_listened_to_a_proxy_may_tell_any_name(origin: str, name: str) -> None:
    last = ask_in_turn({"origin": origin}, {"x-forwarded-host": name})
    assert last[0]["status"] == 200
