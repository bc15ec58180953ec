"""What runs on the computers of a lab: one scheduler, and workers that train for dashboards.

The dashboard's own are in ``cluster``. Whoever reaches a scheduler or a worker of Dask can run any
program there: they listen on this computer only, unless they are told otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Final

import dask
from distributed import Nanny
from distributed.security import Security
from distributed.utils import silence_logging_cmgr

from mnist_core import environment
from mnist_core.errors import LabError
from mnist_core.formatting import counted
from mnist_core.serving.cluster import (
    HOST,
    IN_THE_OPEN,
    SETTINGS,
    QuietScheduler,
    QuietWorker,
    full_address,
    host_of,
    is_this_computer,
)

RETRY_SECONDS: Final = 2.0
"""How long a worker waits before it looks for its scheduler again."""

_SETTINGS: Final = {**SETTINGS, "distributed.comm.timeouts.connect": "5s"}

Say = Callable[[str], object]

_log = logging.getLogger(__name__)


def check_exposure(host: str, secured: Security | None, *, insecure: bool) -> None:
    """Make sure that nothing listens to other computers in the open unless somebody said so.

    Raises:
        LabError: the host is not this computer, there are no certificates, and ``insecure`` is
            false.
    """
    if secured or is_this_computer(host):
        return
    if not insecure:
        raise LabError(
            f"{host} is not this computer alone, and whoever reaches a scheduler or a worker can "
            "run any program on it and read the store's password. Name a folder of certificates, "
            "which “python -m mnist_core certificates FOLDER” makes, by --certificates; or add "
            "--insecure where everybody in the network may do that."
        )
    _log.warning(IN_THE_OPEN)


async def run_scheduler(host: str, port: int, secured: Security | None, *, say: Say) -> None:
    """Run a scheduler until SIGINT or SIGTERM.

    Args:
        host: the address that it listens on.
        port: 0 for any that is free.
        secured: who may come in; None for everybody who reaches it.
        say: gets each sentence for the terminal.

    Raises:
        LabError: it can't listen there.
    """
    with _quiet():
        end = _told_to_end()
        try:
            scheduler = await QuietScheduler(
                host=_in_brackets(host),
                port=port,
                protocol="tls" if secured else "tcp",
                security=secured,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise LabError(
                f"Nothing can listen on port {port} of {host}: {_reason(error)}. Choose another "
                "with --port or --host."
            ) from error
        option = " --certificates FOLDER" if secured else ""
        if not (secured or is_this_computer(host)):
            option = " --insecure"
        setting = "MNIST_CERTIFICATES=FOLDER " if secured else ""
        async with scheduler:
            say(
                f"The scheduler is at {scheduler.address}.\n"
                f"Workers: python -m mnist_core worker {scheduler.address}{option}\n"
                f"Dashboard: {setting}DASK_SCHEDULER_ADDRESS={scheduler.address} scripts/run"
            )
            await end.wait()


async def run_workers(address: str, count: int, secured: Security | None, *, say: Say) -> None:
    """Run workers until SIGINT or SIGTERM: for a scheduler that may come and go.

    Args:
        address: of the scheduler.
        count: how many processes.
        secured: what they show, and what the scheduler has to; None for a way in the open.
        say: gets each sentence for the terminal.

    Raises:
        LabError: certificates and address do not go together.
    """
    address = full_address(address, secured)
    with _quiet():
        end, away = _told_to_end(), False
        while not end.is_set():
            try:
                async with _workers(address, count, secured) as nannies:
                    say(f"{counted(count, 'worker')} joined the scheduler at {address}.")
                    away = False
                    await _first(end.wait(), *(nanny.finished() for nanny in nannies))
            except (OSError, RuntimeError) as error:
                if not away:
                    say(
                        f"The scheduler at {address} can't be joined: {_reason(error)}. "
                        "It is tried again until it is there."
                    )
                    away = True
            else:
                if not end.is_set():
                    say(f"The scheduler at {address} is gone. It is looked for until it is back.")
                    away = True
            await _first(end.wait(), asyncio.sleep(RETRY_SECONDS))


@contextlib.asynccontextmanager
async def _workers(
    address: str, count: int, secured: Security | None
) -> AsyncIterator[list[Nanny]]:
    host = HOST if is_this_computer(host_of(address)) else None
    async with contextlib.AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                Nanny(
                    address,
                    host=host,  # None: the one address that the scheduler sees
                    nthreads=1,
                    memory_limit=0,
                    security=secured,
                    silence_logs=logging.CRITICAL,
                    worker_class=QuietWorker,
                    env={environment.PLACE: str(place)},
                )
            )
            for place in range(count)
        ]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let Dask say nothing: what matters is said here, and its lines may hold what tasks got."""
    with dask.config.set(_SETTINGS), silence_logging_cmgr(logging.CRITICAL):
        yield


def _told_to_end() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set; elsewhere than on Windows."""
    end, loop = asyncio.Event(), asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt does it
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end.set)
    return end


async def _first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait until the first of these is over, and cancel the others."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _reason(error: BaseException) -> str:
    """Return what lies at the bottom of an error, in short."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).rstrip(".") or type(error).__name__
