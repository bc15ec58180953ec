"""By which names a server lets itself be called, and what a page may fetch.

A page of another site can let its own name point to this server (DNS rebinding); its requests then
look like those of our own pages. Names give it away: ours are known. Knows ASGI only.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

ANY: Final = "*"

_POLICY: Final = (
    "img-src 'self' data: blob:; media-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
_ADVICE: Final = (
    "Let the proxy pass Host on, or start the server with "
    "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS=https://{name}."
)
_STRANGERS: Final = 100  # further ones are refused all the same, without a word
_UNKNOWN: Final = 421  # Misdirected Request
_REFUSED: Final = 1008  # a WebSocket's "policy violation"

_log = logging.getLogger(__name__)


class HostNames:
    """ASGI middleware that answers by the server's own names only, and lets pages fetch from it.

    Addresses in numbers are always its own: no name can be made to point at them. Of pictures and
    the like, browsers take those that come from this server; nothing that somebody wrote makes
    them ask another.

    Args:
        app: what is served.
        names: further names by which it is reached, ``*.example`` for all below one, ``*`` for
            any.
        trusts: whether pages of another origin, such as "https://school.example", may listen. Where
            a proxy rewrites Host, our own pages are of another; a page that is not trusted is told
            what to set, the next time that it is asked for.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: Iterable[str] = (),
        trusts: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._app, self._trusts = app, trusts
        self._strangers: set[str] = set()
        host = socket.gethostname().lower()
        self._names = {"localhost", host, host.partition(".")[0], *(name.lower() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it with a sentence."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if scope["type"] == "websocket":
            await self._note_stranger(headers.get("origin", ""), host)
        if host and not self.knows(host):
            await _refuse(_unknown_name(host), scope, receive, send)
        elif headers.get("x-forwarded-host") in self._strangers:
            await _refuse(_stranger(headers["x-forwarded-host"]), scope, receive, send)
        elif scope["type"] == "http":
            await self._app(scope, receive, _with_policy(send))
        else:
            await self._app(scope, receive, send)

    def knows(self, host: str) -> bool:
        """Check whether a Host header names this server; its port does not matter."""
        name = _without_port(host).rstrip(".").lower()
        return (
            ANY in self._names
            or name in self._names
            or name.endswith((".localhost", ".local"))
            or _is_address(name)
            or any(each.startswith("*.") and name.endswith(each[1:]) for each in self._names)
        )

    async def _note_stranger(self, origin: str, host: str) -> None:
        """Note whose pages are not listened to: those of other sites, or ours behind a proxy."""
        name = urlsplit(origin).netloc
        if not name or name in self._strangers or len(self._strangers) >= _STRANGERS:
            return
        if not await is_own_page(origin, host, self._trusts):
            self._strangers.add(name)
            _log.warning(
                "A page of %s wants to listen and may not. If it is this server's own, behind a "
                "proxy: %s",
                _shown(origin),
                _ADVICE.format(name=_shown(name)),
            )


async def is_own_page(origin: str, host: str, trusts: Callable[[str], bool]) -> bool:
    """Check whether a page of this origin is one of the server's own, by any of its names.

    Args:
        origin: of the page, such as "https://school.example:8443"; "null" has no name.
        host: by which the server was asked.
        trusts: for a page of another origin; is called in a thread, as it may ask the network.
    """
    return urlsplit(origin).netloc == host or await asyncio.to_thread(trusts, origin)


async def _refuse(sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose(_REFUSED, "unknown host")(scope, receive, send)
    else:
        await PlainTextResponse(f"{sentence}\n", _UNKNOWN)(scope, receive, send)


def _unknown_name(host: str) -> str:
    name = _shown(_without_port(host))
    return (
        f"This server does not know that it is called {name}. Open it by its address in "
        f"numbers, or start it with STREAMLIT_SERVER_ALLOWED_HOSTS={name}."
    )


def _stranger(name: str) -> str:
    return (
        f"The proxy before this server tells it another name than {_shown(name)}, so nothing on "
        f"its pages would move. {_ADVICE.format(name=_shown(name))}"
    )


def _shown(name: str) -> str:
    return name[:80].encode(errors="backslashreplace").decode()


def _with_policy(send: Send) -> Send:
    async def send_with_policy(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers.setdefault("content-security-policy", _POLICY)
        await send(message)

    return send_with_policy


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
