"""The log of the web process: in the format of all others, and short about what is no message.

Whoever reaches the server can send anything; that is no fault of the program to be looked into, and
gets one line where Streamlit would write a traceback. Streamlit's own lines have their format from
``.streamlit/config.toml``.
"""

import logging
from collections.abc import Mapping
from typing import Final

from mnist_core.logs import lines

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


def set_up_log() -> None:
    """Set the loggers up, once for a process."""
    lines.set_up()
    for name, start in _LOGGERS.items():
        logging.getLogger(name).addFilter(WithoutTraceback(start))
