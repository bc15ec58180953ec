"""What the log says of messages that are no messages: one line, where Streamlit writes a traceback.

Whoever reaches the server can send anything; that is no fault of the program to be looked into.
"""

import logging
from collections.abc import Mapping
from typing import Final

_LOGGERS: Final[Mapping[str, str]] = {
    "streamlit.web.server.starlette.starlette_websocket": "Error deserializing back message",
    "streamlit.components.v2.bidi_component.serialization": "Failed to deserialize component state",
}


class WithoutTraceback(logging.Filter):
    """Leaves the traceback out of what a logger says of one kind of trouble.

    Args:
        start: how such a line begins.
    """

    def __init__(self, start: str) -> None:
        super().__init__()
        self._start = start

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass; some of them without where it happened."""
        if str(record.msg).startswith(self._start):
            record.exc_info = record.exc_text = None
        return True


def quieten() -> None:
    """Set the loggers up, once for a process."""
    for name, start in _LOGGERS.items():
        logging.getLogger(name).addFilter(WithoutTraceback(start))
