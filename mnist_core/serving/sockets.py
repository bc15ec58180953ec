"""How many sockets a browser, and all browsers together, may hold open: each costs memory.

Counts WebSockets of all kinds: a tab has one of Streamlit's, and one of live events while it
watches a run. Knows ASGI only.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from mnist_core.serving.browser_token import COOKIE

MOST_OF_ONE: Final = 60
"""Sockets of one browser: thirty tabs that each watch a run."""

MOST_OF_ALL: Final = 800
"""Sockets in all: four tabs for each of a hundred people. Many systems allow 1,024 open files."""

_TRY_AGAIN_LATER: Final = 1013

_log = logging.getLogger(__name__)


class SocketLimit:
    """ASGI middleware that opens no more sockets than there is room for; those open stay open.

    A browser is told by its cookie. Those without one count by their address, and behind a proxy
    these are as one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: Counter[str] = Counter()
        self._has_told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; refuse a socket for which there is no room, before it is opened."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        browser = _browser_of(scope)
        if not self._has_room(browser):
            await WebSocketClose(_TRY_AGAIN_LATER, "too many sockets")(scope, receive, send)
            return
        self._open[browser] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[browser] -= 1
            self._open += Counter()  # forgets who has none

    def _has_room(self, browser: str) -> bool:
        in_all = self._open.total()
        if in_all >= MOST_OF_ALL and not self._has_told:
            _log.warning("%d sockets are open. Further tabs wait until others close.", in_all)
        self._has_told = in_all >= MOST_OF_ALL
        return in_all < MOST_OF_ALL and self._open[browser] < MOST_OF_ONE


def _browser_of(scope: Scope) -> str:
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    client = scope.get("client")
    return cookies.get(COOKIE) or f"address {client[0] if client else ''}"
