"""Scheduler and workers as a lab starts them: by their commands, in another folder."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[3]
PATIENCE = 120


class Command:
    """A running ``python -m mnist_core ...``; its output is a file.

    Attributes:
        output: what it has said so far, on both streams.
    """

    def __init__(self, folder: Path, *arguments: str, project: Path = PROJECT) -> None:
        self._log = folder / f"{arguments[0]}-{len([*folder.iterdir()])}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mnist_core", *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(project), "MNIST_WORKERS": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def end(self) -> int:
        """End it as a service is ended, and wait until it has."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def interrupt(self) -> int:
        """End it as Ctrl+C in its terminal does: all its processes hear of it."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def command(folder: Path, *arguments: str, project: Path = PROJECT) -> Iterator[Command]:
    running = Command(folder, *arguments, project=project)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
