"""A server for a class: the dashboard, or the page that fits within its own script."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from benchmarks.classroom.student import DashboardStudent, PlainStudent, Student
from benchmarks.processes import MEGABYTE
from tests.e2e.server import Server, loads_tensorflow

PLAIN_SCRIPT: Final = "benchmarks/peers/streamlit_fit.py"
TRACEBACK: Final = re.compile(
    r"^Traceback \(most recent call last\):\n(?:\s.*\n)*(.*)", re.MULTILINE
)


class Room(NamedTuple):
    """A server that runs, and who comes to it."""

    server: Server
    student: type[Student]

    def memory(self) -> dict[str, dict[str, float]]:
        """Return the memory of the web process, of its workers and of what else it has started."""
        web = psutil.Process(self.server.pid)
        children = web.children(recursive=True)
        workers = [child for child in children if loads_tensorflow(child.pid)]
        others = [child for child in children if child not in workers]
        return {
            "server": _megabytes([web]),
            "workers": _megabytes(workers),
            "others": _megabytes(others),
        }

    def tracebacks(self) -> list[str]:
        """Return the last line of each traceback in the server's log."""
        return TRACEBACK.findall(self.server.log.read_text(encoding="utf-8", errors="replace"))


@contextmanager
def dashboard(data: str, workers: int | None) -> Iterator[Room]:
    """Start the dashboard as its own script starts it, with a store of its own.

    Args:
        data: what ``load_mnist`` is asked for.
        workers: how many; None leaves it to the dashboard.
    """
    environment = {
        "MNIST_WORKERS": None if workers is None else str(workers),
        "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
        **_where_digits_are(data),
    }
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), **environment).start()
        try:
            server.wait_for_workers()
            yield Room(server, DashboardStudent)
        finally:
            server.stop()


@contextmanager
def plain(data: str, epochs: int) -> Iterator[Room]:
    """Start the page that fits within its script."""
    script = (PLAIN_SCRIPT, "--", "--data", data, "--epochs", str(epochs))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), script=script).start()
        try:
            yield Room(server, PlainStudent)
        finally:
            server.kill()  # a fit in a page's script ends for nobody


def _where_digits_are(data: str) -> dict[str, str | None]:
    """Say to a dashboard what ``load_mnist`` would be asked for."""
    if data == "sample":
        return {"MNIST_PATH": None}
    return {"MNIST_OFFLINE": "0"} | ({} if data == "auto" else {"MNIST_PATH": data})


def _megabytes(processes: list[psutil.Process]) -> dict[str, float]:
    """Add up memory in 10⁶ bytes: all that is resident, and with what is shared shared out."""
    infos = [process.memory_full_info() for process in processes]
    return {
        "processes": len(infos),
        "rss": round(sum(info.rss for info in infos) / MEGABYTE),
        "pss": round(sum(getattr(info, "pss", info.rss) for info in infos) / MEGABYTE),
    }
