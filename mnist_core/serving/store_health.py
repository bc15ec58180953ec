"""Whether the store can be used just now: told by the dispatcher, said on pages, and to watchdogs.

Knows nothing of pages and of what is written.
"""

from __future__ import annotations

import logging
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0

_WELL: Final = 200
_UNAVAILABLE: Final = 503

_log = logging.getLogger(__name__)


class StoreHealth:
    """The latest trouble with the store. One task reports it; any thread may read it.

    Attributes:
        problem: why nothing can be saved at the moment, in a sentence or two; empty while all is
            well.
    """

    def __init__(self) -> None:
        self.problem = ""
        self._wait = FIRST_WAIT

    def report(self, error: Exception) -> float:
        """Note that the store failed; each new kind of trouble is logged once.

        Returns:
            Seconds to wait before the next try, longer each time.
        """
        problem = str(error)
        if problem != self.problem:
            _log.warning("The store can't be used; it is tried again and again: %s", problem)
        self.problem = problem
        wait, self._wait = self._wait, min(2 * self._wait, LONGEST_WAIT)
        return wait

    def report_well(self) -> None:
        """Note that the store was written."""
        if self.problem:
            _log.warning("The store can be used again.")
        self.problem, self._wait = "", FIRST_WAIT

    def words(self) -> str:
        """What people are told, wherever they look; empty while all is well."""
        return self.problem and (
            f"{self.problem} No run is started meanwhile; what is there goes on by itself "
            "when this is mended."
        )


def health_route(health: StoreHealth) -> Route:
    """Return the route for whoever watches the server: 503 with a sentence while there is trouble.

    Streamlit's own, ``/_stcore/health``, stays as it is: browsers ask it before they show anything.
    """

    async def answer(_: Request) -> PlainTextResponse:
        status = _UNAVAILABLE if health.problem else _WELL
        return PlainTextResponse(health.problem or "ok", status)

    return Route("/api/health", answer)
