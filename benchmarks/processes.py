"""What processes cost: processor time and memory."""

from __future__ import annotations

import time
from typing import Any, Final

import psutil

MEGABYTE: Final = 1_000_000


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time that a process has used since it began."""
    times = process.cpu_times()
    return times.user + times.system


class Meter:
    """Measures, from now on, what a server and this process take of the machine that both are on.

    Args:
        server_pid: of the server's process.
    """

    def __init__(self, server_pid: int) -> None:
        self._server = psutil.Process(server_pid)
        self._processes = {"server": self._server, "measuring": psutil.Process()}
        self._used = self._cpu_seconds()
        self.began = time.perf_counter()

    def read(self) -> tuple[float, dict[str, Any]]:
        """Return how many seconds have passed, and the figures.

        Returns:
            Shares are of a core; memory is in 10⁶ bytes, what processes share shared out.
        """
        lasted = time.perf_counter() - self.began
        used = self._cpu_seconds()
        info = self._server.memory_full_info()
        return lasted, {
            "server_megabytes": round(getattr(info, "pss", info.rss) / MEGABYTE, 1),
            **{
                f"{name}_share_of_a_core": round((used[name] - before) / lasted, 2)
                for name, before in self._used.items()
            },
        }

    def _cpu_seconds(self) -> dict[str, float]:
        return {name: cpu_seconds(process) for name, process in self._processes.items()}
