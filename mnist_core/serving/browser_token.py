"""Which browser asks: a random token in a cookie, so that a run belongs to who started it.

Knows Starlette's ASGI interface only. The token says nothing about a person and leaves the
browser only towards this server; the store keeps no more than its hash.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "mnist_browser"
TOKEN_BYTES = 16
SECONDS_KEPT = 365 * 24 * 3600


class BrowserToken:
    """ASGI middleware that gives every browser without a token a new one.

    The cookie is HttpOnly (no script can read it) and SameSite=Lax (no other site can use it).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the cookie to the answer where it is missing."""
        if scope["type"] != "http" or _has_token(scope):
            await self._app(scope, receive, send)
            return
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = (
            f"{COOKIE}={secrets.token_urlsafe(TOKEN_BYTES)}; Path=/; Max-Age={SECONDS_KEPT}; "
            f"HttpOnly; SameSite=Lax{secure}"
        )

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _is_page(message: Message) -> bool:
    """Only pages carry the cookie: a cached script with one would give it to everybody."""
    content_type: str = MutableHeaders(scope=message).get("content-type", "")
    return content_type.startswith("text/html")


def _has_token(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"cookie" and COOKIE in cookie_parser(value.decode("latin-1")):
            return True
    return False
