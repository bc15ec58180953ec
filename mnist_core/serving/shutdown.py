"""The end of the server: soon, whatever the browsers do.

Knows uvicorn only.
"""

from __future__ import annotations

import signal
from typing import Final

import uvicorn

LONGEST_FAREWELL: Final = 3
"""Seconds in which answers that are on their way may still arrive."""


def limit_farewell() -> None:
    """Let the uvicorn that runs this process end within seconds once it is told to.

    Without a limit it waits until every browser has closed its connections: for a tab that fell
    asleep while it loaded, or one that connected at the last moment and asked for nothing, forever.
    Streamlit starts uvicorn and has no setting for the limit; whom a signal would end is known to
    the process. Under another server nothing is changed.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        server.config.timeout_graceful_shutdown = LONGEST_FAREWELL
