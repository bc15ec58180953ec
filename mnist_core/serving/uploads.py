"""How much of what people upload the server holds in its memory at once.

Streamlit keeps each file until its tab is closed, and takes any number for a tab. Knows ASGI only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MOST_OF_A_TAB: Final = 250_000_000
"""Bytes: two of the largest files, and a picture."""

MOST_OF_ALL: Final = 1_000_000_000
"""Bytes: a picture of a phone for each of a hundred people, and some of the largest files."""

_PATH: Final = "/_stcore/upload_file/"
_LONGEST_NUMBER: Final = 15
_TOO_MUCH: Final = 413


class UploadLimit:
    """ASGI middleware that takes no more files than there is room for; those held stay.

    Args:
        app: what is served.
        held: gives the bytes that are held, by the id of the session.
        largest: bytes that a file may have; counted for one that does not say how long it is.
    """

    def __init__(self, app: ASGIApp, held: Callable[[], Mapping[str, int]], largest: int) -> None:
        self._app, self._held, self._largest = app, held, largest
        self._arriving: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; refuse a file for which there is no room, before it is read."""
        _, is_upload, names = scope.get("path", "").rpartition(_PATH)
        if not is_upload or scope.get("method") != "PUT":
            await self._app(scope, receive, send)
            return
        session = names.partition("/")[0]
        size = self._size_of(scope)
        if not self._has_room(session, size):
            words = "The server holds as many files as it can. Try again in a few minutes."
            await PlainTextResponse(words, _TOO_MUCH)(scope, receive, send)
            return
        self._arriving[session] += size
        try:
            await self._app(scope, receive, send)
        finally:
            self._arriving[session] -= size
            self._arriving += Counter()

    def _size_of(self, scope: Scope) -> int:
        told = Headers(scope=scope).get("content-length", "")
        is_length = told.isdecimal() and len(told) <= _LONGEST_NUMBER
        return min(int(told), self._largest) if is_length else self._largest

    def _has_room(self, session: str, size: int) -> bool:
        taken = self._arriving + Counter(self._held())
        return taken[session] + size <= MOST_OF_A_TAB and taken.total() + size <= MOST_OF_ALL
