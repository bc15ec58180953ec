"""Worker processes and the scheduler that reaches them: Dask, started quietly.

Dask watches itself dozens of times a second and serves its own pages, for clusters that somebody
looks into. Here nobody does: an idle server should cost nothing, and no port be open in vain.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import dask
from distributed import Client, Nanny, Scheduler, Worker
from distributed.security import Security
from distributed.utils import silence_logging_cmgr

from mnist_core import environment
from mnist_core.errors import LabError
from mnist_core.logs import lines

HOST: Final = "127.0.0.1"
ANSWER_SECONDS: Final = 10.0
"""How long a scheduler may take to answer."""
LOOK_SECONDS: Final = 0.5
"""How often a scheduler elsewhere is looked at, and how long after a failure it is tried again."""
HEARTBEAT_SECONDS: Final = 5.0
"""How often a worker tells its memory. That it died shows at once: its connection ends."""

SETTINGS: Final = {
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

_AWAY: Final = (
    "No Dask scheduler answers at %s, which DASK_SCHEDULER_ADDRESS names. Runs wait until it does. "
    "(%s)"
)
IN_THE_OPEN: Final = (
    "Scheduler and workers are open to the network: whoever is in it can run programs on them and "
    "read the store's password. “python -m mnist_core certificates” closes them."
)
_TRAINING: Final = "mnist_core.training.worker"

_log = logging.getLogger(__name__)


def security(folder: Path | None) -> Security | None:
    """Return how computers of a lab prove who they are to each other; None without certificates.

    Args:
        folder: of the certificates.

    Raises:
        LabError: they can't be used.
    """
    if folder is None:
        return None
    # A server without a lab need not load what reads certificates.
    from mnist_core.serving.certificates import find_certificates

    files = find_certificates(folder)
    own = {"cert": str(files.certificate), "key": str(files.key)}
    roles = ("client", "scheduler", "worker")
    return Security(
        require_encryption=True,
        tls_ca_file=str(files.authority),
        **{f"tls_{role}_{part}": path for role in roles for part, path in own.items()},
    )


def full_address(address: str, secured: Security | None) -> str:
    """Return the address of a scheduler with its protocol: ``tls`` where there are certificates.

    Raises:
        LabError: the address says the other one, or is another computer's and says none where
            there are no certificates: nobody goes there in the open by a slip.
    """
    needed = "tls" if secured else "tcp"
    protocol, there, _ = address.partition("://")
    if there and protocol.lower() == needed:
        return address
    if not there:
        if secured or is_this_computer(host_of(address)):
            return f"{needed}://{address}"
        raise LabError(
            f"{address} is another computer, and there are no certificates. Name their folder by "
            f"MNIST_CERTIFICATES, or write tcp://{address} for a way in the open."
        )
    if secured:
        raise LabError(f"There are certificates, and {address} would not use them. Write tls://.")
    raise LabError(
        f"{address} asks for certificates. Name their folder by MNIST_CERTIFICATES, or by "
        "--certificates."
    )


def host_of(address: str) -> str:
    """Return the host of a scheduler's address, with its protocol or without."""
    return urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""


def is_this_computer(host: str) -> bool:
    """Check whether a host is this computer for itself, the loopback."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host.lower() == "localhost"


class Cluster:
    """Workers, and the client through which they are reached.

    Attributes:
        is_elsewhere: whether they were started by somebody else, maybe on other computers.

    Args:
        client: connected; None until the scheduler answers.
    """

    def __init__(self, client: Client | None = None, *, is_elsewhere: bool = False) -> None:
        self.is_elsewhere = is_elsewhere
        self._client = client
        self._is_over = False

    @property
    def client(self) -> Client | None:
        """Another one after each loss of the scheduler; None while it does not answer."""
        return self._client if self._client and self._client.status == "running" else None

    async def keep_connected(self, address: str) -> None:
        """Connect to a scheduler, and again whenever it is back, until ``end`` was called."""
        away = False
        while not self._is_over:
            try:
                secured = security(environment.certificates())
                place = full_address(address, secured)
                async with _Client(
                    place, asynchronous=True, timeout=ANSWER_SECONDS, security=secured
                ) as client:
                    self._client, away = client, False
                    _log.warning("Connected to the Dask scheduler at %s.", place)
                    if not (secured or is_this_computer(host_of(place))):
                        _log.warning(IN_THE_OPEN)
                    while client.status == "running":
                        await asyncio.sleep(LOOK_SECONDS)
                why: object = "the connection ended"
            except Exception as error:  # noqa: BLE001 - who knows what answers there
                why = error
            self._client = None
            if not away:
                _log.warning(_AWAY, address, why)
                away = True
            await asyncio.sleep(LOOK_SECONDS)

    def end(self) -> None:
        """Connect no more. A client that is closing swallows that its task is cancelled."""
        self._is_over = True


@contextlib.asynccontextmanager
async def local_cluster(workers: int) -> AsyncIterator[Cluster]:
    """Start a scheduler and its workers, bound to this machine.

    Args:
        workers: how many.
    """
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(dask.config.set(SETTINGS))
        address = await stack.enter_async_context(_local_scheduler(workers))
        client = Client(address, asynchronous=True, timeout=ANSWER_SECONDS)
        yield Cluster(await stack.enter_async_context(client))


@contextlib.asynccontextmanager
async def distant_cluster(address: str) -> AsyncIterator[Cluster]:
    """Use the workers of a scheduler that may come and go, at once or later."""
    cluster = Cluster(is_elsewhere=True)
    with dask.config.set(SETTINGS):
        task = asyncio.create_task(cluster.keep_connected(address), name="scheduler")
        try:
            yield cluster
        finally:
            cluster.end()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@contextlib.asynccontextmanager
async def _local_scheduler(workers: int) -> AsyncIterator[str]:
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(silence_logging_cmgr(logging.CRITICAL))
        scheduler = await stack.enter_async_context(QuietScheduler(host=HOST, port=0))
        nannies = [
            Nanny(
                scheduler.address,
                host=HOST,
                nthreads=1,
                memory_limit=0,
                silence_logs=logging.CRITICAL,
                worker_class=QuietWorker,
                env={environment.PLACE: str(place)},
            )
            for place in range(workers)
        ]
        await asyncio.gather(*map(stack.enter_async_context, nannies))
        yield scheduler.address


class _Client(Client):  # type: ignore[misc]
    """A client that ends with its connection: after one of its own accord, tasks would be lost."""

    async def _reconnect(self) -> None:
        await self._close()


class QuietScheduler(Scheduler):  # type: ignore[misc]
    """A scheduler without a web server that hears of each worker every few seconds."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open no port."""

    def heartbeat_worker(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Answer a worker and tell it when to call next."""
        answer: dict[str, Any] = super().heartbeat_worker(*arguments, **options)
        return answer | {"heartbeat-interval": HEARTBEAT_SECONDS}


class QuietWorker(Worker):  # type: ignore[misc]
    """A worker without a web server that gives back the run it holds when it is told to end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        # Ctrl+C in a terminal goes to all of its processes. Its nanny tells this one what to do.
        with contextlib.suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        lines.set_up()
        super().__init__(*arguments, **options)

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open no port."""

    async def close(self, *arguments: Any, **options: Any) -> Any:
        """Leave: the run goes on elsewhere at once, and it does not count as a death."""
        # None while TensorFlow is still loaded: it holds nothing yet.
        if leave := getattr(sys.modules.get(_TRAINING), "leave", None):
            await asyncio.to_thread(leave)
        return await super().close(*arguments, **options)
