"""Worker processes and the scheduler that reaches them: Dask, started quietly.

Dask watches itself dozens of times a second and serves its own pages, for clusters that somebody
looks into. Here nobody does: an idle server should cost nothing, and no port be open in vain.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

import dask
from distributed import Client, Nanny, Scheduler, Worker
from distributed.utils import silence_logging_cmgr

HOST: Final = "127.0.0.1"
ANSWER_SECONDS: Final = 10.0
"""How long a scheduler may take to answer."""
HEARTBEAT_SECONDS: Final = 5.0
"""How often a worker tells its memory. That it died shows at once: its connection ends."""

_SETTINGS: Final = {
    # A worker that dies takes its task with it: the store decides what happens to the run.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    # Dask would also have each piece of memory go back to the system at once, to come back empty.
    "distributed.nanny.pre-spawn-environ": {
        "OMP_NUM_THREADS": 1,
        "MKL_NUM_THREADS": 1,
        "OPENBLAS_NUM_THREADS": 1,
    },
    "distributed.admin.tick.limit": "30s",
    # What Dask looks at for its own pages, and moves between workers: here each task has its place.
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.tick.interval": "2s",
    "distributed.admin.tick.cycle": "10s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.log-length": 10,
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.gil.enabled": False,
}

_log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def connected_client(address: str | None, workers: int) -> AsyncIterator[Client]:
    """Yield a client of the scheduler at an address, or else of workers started here.

    Args:
        address: of a scheduler. None, or one that does not answer: one is started, bound to this
            machine, with its workers.
        workers: how many to start there.
    """
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(dask.config.set(_SETTINGS))
        client = await _client_of(address) if address else None
        if client is None:
            address = await stack.enter_async_context(_local_scheduler(workers))
            client = Client(address, asynchronous=True, timeout=ANSWER_SECONDS)
        yield await stack.enter_async_context(client)


async def _client_of(address: str) -> Client | None:
    try:
        return await Client(address, asynchronous=True, timeout=ANSWER_SECONDS)
    except (OSError, TypeError, ValueError):  # TypeError: tls without its certificates
        _log.warning(
            "No Dask scheduler answers at %s, which DASK_SCHEDULER_ADDRESS names. "
            "Until the next start the server has workers of its own.",
            address,
        )
        return None


@contextlib.asynccontextmanager
async def _local_scheduler(workers: int) -> AsyncIterator[str]:
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(silence_logging_cmgr(logging.CRITICAL))
        scheduler = await stack.enter_async_context(_Scheduler(host=HOST, port=0))
        nannies = [
            Nanny(
                scheduler.address,
                host=HOST,
                nthreads=1,
                memory_limit=0,
                silence_logs=logging.CRITICAL,
                worker_class=_Worker,
            )
            for _ in range(workers)
        ]
        await asyncio.gather(*map(stack.enter_async_context, nannies))
        yield scheduler.address


class _Scheduler(Scheduler):  # type: ignore[misc]
    """A scheduler without a web server that hears of each worker every few seconds."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open no port."""

    def heartbeat_worker(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Answer a worker and tell it when to call next."""
        answer: dict[str, Any] = super().heartbeat_worker(*arguments, **options)
        return answer | {"heartbeat-interval": HEARTBEAT_SECONDS}


class _Worker(Worker):  # type: ignore[misc]
    """A worker without a web server."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open no port."""
