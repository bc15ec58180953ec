"""A line of the log: when, how serious, which process, from where, about which run, and what.

    2026-01-31 09:15:02.417 WARNING 4711 mnist_core.training.supervisor run 3f2a9c01b7de: ...

Whoever works on a run says so once, ``with about_run(run_id)``; whatever is logged meanwhile names
it. What looks like a password is blotted out. Standard library only.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import re
from collections.abc import Iterator
from typing import Final

from mnist_core import environment
from mnist_core.errors import EnvironmentVariableError

FORMAT: Final = "%(asctime)s %(levelname)-7s %(process)d %(name)s%(about)s: %(message)s"
OURS: Final = ("mnist_core", "pages")
"""The loggers that ``MNIST_LOG_LEVEL`` is for; of others' lines, warnings are enough."""

_PASSWORDS: Final = re.compile(
    r"(://[^\s:/@]*:)\S*(?=@)"  # scheme://USER:PASSWORD@HOST
    r"|((?:password|secret)=)(?:'[^']*'|[^\s&]+)",  # in a query, or among settings of libpq
    re.IGNORECASE,
)

_run: contextvars.ContextVar[str] = contextvars.ContextVar("run", default="")


@contextlib.contextmanager
def about_run(run_id: str) -> Iterator[None]:
    """Let what is logged in here name a run.

    A thread that is started meanwhile has to be given the context: ``contextvars.copy_context()``.
    """
    token = _run.set(run_id)
    try:
        yield
    finally:
        _run.reset(token)


class LineFormatter(logging.Formatter):
    """Writes records as lines of one format, with their tracebacks below."""

    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        run_id = _run.get()
        record.about = f" run {run_id}" if run_id else ""
        return _PASSWORDS.sub(r"\1\2***", super().format(record))


def set_up() -> None:
    """Let this process log to standard error, from ``MNIST_LOG_LEVEL`` on.

    Where somebody has set up where its log goes already, nothing is changed.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter())
    root.addHandler(handler)
    level = logging.WARNING
    with contextlib.suppress(EnvironmentVariableError):  # who checks all variables says so
        level = environment.log_level()
    root.setLevel(max(level, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
