"""What is being typed, kept while it is typed: from the field in the browser to the store.

Streamlit hears of words only when their field is left, and of those not always, where the page is
left in the same moment. Knows Starlette and the store only.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mnist_core.config import LONGEST_ANSWER
from mnist_core.errors import ConfigError, LimitError, StoreError
from mnist_core.serving.browser_token import COOKIE
from mnist_core.store import Store, hash_owner

_ADDRESS: Final = "api/drafts/{}"
_A_TASK: Final = re.compile("[0-9a-f]{12}")
_MOST_BYTES: Final = 4 * LONGEST_ANSWER  # UTF-8

_KEPT, _NOBODY, _NO_TASK, _TOO_LONG, _UNAVAILABLE = 204, 403, 404, 413, 503


def draft_url(task: str) -> str:
    """Return where the words for a task are sent, as seen from a page."""
    return _ADDRESS.format(task)


def draft_route(store: Store) -> Route:
    """Return the route that keeps the words for a task, for the browser that sends them.

    It takes PUT, which no other site can send in this browser's name, with the words as UTF-8.
    """

    async def keep(request: Request) -> Response:
        token = request.cookies.get(COOKIE)
        if not token:
            return PlainTextResponse("A draft is kept for a browser with its cookie.", _NOBODY)
        task = request.path_params["task"]
        if not _A_TASK.fullmatch(task):
            return PlainTextResponse("No task has this name.", _NO_TASK)
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > _MOST_BYTES:
                return PlainTextResponse("That is too long for an answer.", _TOO_LONG)
        words = content.decode(errors="replace").replace("\0", "")
        try:
            await asyncio.to_thread(_keep, store, token, task, words)
        except ConfigError as error:
            return PlainTextResponse(str(error), _TOO_LONG)
        except (LimitError, StoreError) as error:
            return PlainTextResponse(str(error), _UNAVAILABLE)
        return Response(status_code=_KEPT)

    return Route(f"/{_ADDRESS.format('{task}')}", keep, methods=["PUT"])


def _keep(store: Store, token: str, task: str, words: str) -> None:
    store.keep_answer(task, words, owner=store.acting_as(hash_owner(token)))
