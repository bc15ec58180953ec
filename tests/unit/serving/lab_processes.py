"""Scheduler and workers as a lab starts them: by their commands, in another folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

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

    def doors(self) -> set[tuple[str, int]]:
        """Give the addresses and ports on which it listens, with its own processes."""
        process = psutil.Process(self.process.pid)
        return doors(process, *process.children(recursive=True))

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


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something; give up after so many seconds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def doors(*processes: psutil.Process) -> set[tuple[str, int]]:
    """Give the addresses and ports on which processes listen."""
    return {
        connection.laddr
        for each in processes
        for connection in each.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
