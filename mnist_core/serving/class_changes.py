"""What the pages of a class ask every few seconds: has its teacher changed anything?

One answer serves all tabs of a class for a second. Whoever asks learns a number, and draws the page
anew where it is another: what may be seen and done is decided there. Knows Starlette and the store
only.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mnist_core.errors import ClassNotFoundError, StoreError
from mnist_core.store import Store

KEPT_SECONDS: Final = 1.0

_ADDRESS: Final = "api/classes/{}/revision"
_NO_CLASS, _UNAVAILABLE = 404, 503


def revision_url(class_id: str) -> str:
    """Return where the revision of a class is asked for, as seen from a page."""
    return _ADDRESS.format(class_id)


def revision_route(store: Store) -> Route:
    """Return the route that tells the revision of a class, in digits."""
    known: dict[str, tuple[float, int]] = {}  # as many as there are classes

    async def tell(request: Request) -> PlainTextResponse:
        class_id = request.path_params["class_id"]
        asked_at, revision = known.get(class_id, (float("-inf"), 0))
        now = time.monotonic()
        if now - asked_at >= KEPT_SECONDS:
            try:
                revision = await asyncio.to_thread(store.class_revision, class_id)
            except ClassNotFoundError as error:
                known.pop(class_id, None)
                return PlainTextResponse(str(error), _NO_CLASS)
            except StoreError as error:
                return PlainTextResponse(str(error), _UNAVAILABLE)
            known[class_id] = now, revision
        return PlainTextResponse(str(revision))

    return Route(f"/{_ADDRESS.format('{class_id}')}", tell)
