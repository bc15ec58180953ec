"""What a program that watches the server asks every few seconds: does it live, can it train?

``/healthz`` answers as long as the process does. ``/readyz`` looks at the store and for a worker,
and says of each part that is not well why, in the words of the pages. One look at the store a
second answers all who ask. Knows Starlette and the store only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mnist_core.errors import StoreError
from mnist_core.serving.live_words import WARMING_UP, no_trainer
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import Store

KEPT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 3.0
"""How long the store may take to answer before it counts as silent."""

WELL: Final = "ok"
_ALIVE: Final = {"server": WELL}
_SILENT: Final = "The store does not answer."
_NOT_KNOWN: Final = "Nothing is known of workers while the store can't be read."

_OK, _UNAVAILABLE = 200, 503
_ANEW: Final = {"Cache-Control": "no-store"}


class _Parts:
    """The store and the workers, each ``WELL`` or what is wrong with it in a sentence or two."""

    def __init__(self, store: Store, health: StoreHealth) -> None:
        self._store, self._health = store, health
        self._looked_at = float("-inf")
        self._look: asyncio.Task[dict[str, str]] | None = None

    async def now(self) -> dict[str, str]:
        """Return how they were within the last second; a look under way is waited for."""
        now = time.monotonic()
        if self._look is None or (self._look.done() and now - self._looked_at >= KEPT_SECONDS):
            self._looked_at = now
            self._look = asyncio.create_task(asyncio.to_thread(self._find))
        try:
            found = await asyncio.wait_for(asyncio.shield(self._look), ANSWER_SECONDS)
        except TimeoutError:
            found = {"store": _SILENT, "workers": _NOT_KNOWN}
        # What can be read may still refuse to be written: a disk that is full.
        return found | ({"store": self._health.problem} if self._health.problem else {})

    def _find(self) -> dict[str, str]:
        try:
            self._store.check_schema()
            seen = self._store.workers_seen()
        except StoreError as error:
            return {"store": str(error), "workers": _NOT_KNOWN}
        if not seen.workers:
            return {"store": WELL, "workers": no_trainer(seen.problem)}
        return {"store": WELL, "workers": WELL if seen.ready else WARMING_UP}


def probe_routes(store: Store, health: StoreHealth) -> list[Route]:
    """Return the routes of both probes.

    Each answers with an object of JSON: the name of a part, and "ok" or what is wrong with it. The
    status is 200 where all is well, else 503.
    """
    parts = _Parts(store, health)

    async def alive(_: Request) -> JSONResponse:
        return _told(_ALIVE)

    async def ready(_: Request) -> JSONResponse:
        return _told(_ALIVE | await parts.now())

    return [Route("/healthz", alive), Route("/readyz", ready)]


def _told(parts: Mapping[str, str]) -> JSONResponse:
    is_well = all(said == WELL for said in parts.values())
    return JSONResponse(parts, _OK if is_well else _UNAVAILABLE, headers=_ANEW)
