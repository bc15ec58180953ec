"""Workers and dispatcher: who trains which run, and when. The only module that knows Dask.

The order of the queue, its fairness and its limits live in the store; Dask places the work,
restarts dead workers and carries it to other machines. The web process that runs this never
imports TensorFlow: the worker's functions are named as strings and looked up over there.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import dask
from distributed import Client, Future, LocalCluster

from mnist_core.errors import ClaimLostError, MnistError, StoreError
from mnist_core.store import LEASE_SECONDS, Claim, RunStatus, Store

TICK_SECONDS = 0.1
HOUSEKEEPING_SECONDS = 1.0
WARM = "mnist_core.worker:warm"
RUN = "mnist_core.worker:run"

T = TypeVar("T")

_log = logging.getLogger(__name__)


def worker_count() -> int:
    """Say how many workers the server starts: ``MNIST_WORKERS``, or one per two cores.

    Raises:
        MnistError: ``MNIST_WORKERS`` is not a whole number from 1 to 64.
    """
    text = os.environ.get("MNIST_WORKERS", "").strip()
    if not text:
        return max(1, (os.cpu_count() or 1) // 2)
    if not (text.isdecimal() and 1 <= int(text) <= 64):
        raise MnistError(f"MNIST_WORKERS is {text!r}. Choose a whole number from 1 to 64.")
    return int(text)


@contextlib.asynccontextmanager
async def trainers(store: Store) -> AsyncIterator[None]:
    """Run workers and dispatcher for as long as the server runs.

    With ``DASK_SCHEDULER_ADDRESS`` the workers are those of that scheduler; else they are
    started here, bound to this machine.
    """
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(_connected_client(worker_count()))
        dispatcher = Dispatcher(store, client)
        task = asyncio.create_task(dispatcher.run(), name="dispatcher")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await dispatcher.hand_back()


@contextlib.asynccontextmanager
async def _connected_client(workers: int) -> AsyncIterator[Client]:
    address = os.environ.get("DASK_SCHEDULER_ADDRESS", "").strip()
    settings = {
        # A worker that dies takes its task with it: the store decides what happens to the run.
        "distributed.scheduler.allowed-failures": 0,
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": False,
        "distributed.admin.tick.limit": "30s",
    }
    with dask.config.set(settings):
        if address:
            async with Client(address, asynchronous=True, timeout="10s") as client:
                yield client
            return
        async with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
                asynchronous=True,
            ) as cluster,
            Client(cluster, asynchronous=True) as client,
        ):
            yield client


def call(name: str, *arguments: Any) -> Any:
    """Call a function by its name, "package.module:function", in the process this runs in."""
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)(*arguments)


@dataclass(frozen=True)
class _Job:
    """A claimed run on its worker."""

    claim: Claim
    worker: str
    future: Future


class Dispatcher:
    """Hands queued runs to free workers and tells the store what became of them.

    One asyncio task in the server. Any number of servers may do the same on one store: a claim
    is won by one of them.
    """

    def __init__(self, store: Store, client: Client) -> None:
        self._store, self._client = store, client
        self._id = uuid.uuid4().hex
        self._warming: dict[str, Future] = {}
        self._ready: set[str] = set()
        self._unfit: set[str] = set()
        self._jobs: list[_Job] = []

    async def run(self) -> None:
        """Dispatch until cancelled. A store that fails is tried again, with a line in the log."""
        loop = asyncio.get_running_loop()
        housekeeping = 0.0
        while True:
            try:
                await self._watch_workers()
                if loop.time() >= housekeeping:
                    await self._keep_house()
                    housekeeping = loop.time() + HOUSEKEEPING_SECONDS
                await self._collect()
                await self._hand_out()
            except StoreError as error:
                _log.warning("The dispatcher will try again: %s", error)
            except OSError as error:
                _log.warning("The workers can't be reached just now: %s", error)
            await asyncio.sleep(TICK_SECONDS)

    async def hand_back(self) -> None:
        """Mark what is still running as interrupted, so that the next server goes on with it."""
        for job in self._jobs:
            with contextlib.suppress(StoreError):
                await _aside(self._store.interrupt, job.claim, counts=False)
        with contextlib.suppress(StoreError):
            await _aside(self._store.forget_dispatcher, self._id)

    async def _watch_workers(self) -> None:
        """Warm workers that are new; forget those that are gone."""
        alive = set((await self._client.scheduler.identity(n_workers=-1))["workers"])
        for worker in alive - self._ready - self._unfit - self._warming.keys():
            self._warming[worker] = self._submit(worker, WARM)
        for worker in [*self._warming]:
            future = self._warming[worker]
            if worker not in alive:
                del self._warming[worker]
            elif future.done():
                del self._warming[worker]
                await self._admit(worker, future)
        self._ready &= alive

    async def _admit(self, worker: str, future: Future) -> None:
        error = await future.exception()
        if error is None:
            self._ready.add(worker)
        else:
            self._unfit.add(worker)
            _log.error("Worker %s can't train: %r", worker, error)

    async def _keep_house(self) -> None:
        workers = len(self._ready) + len(self._warming)
        await _aside(self._store.report_dispatcher, self._id, workers, len(self._ready))
        for run_id in await _aside(self._store.expire_leases):
            _log.warning("Run %s was given up by its worker; it goes on with the next", run_id)

    async def _collect(self) -> None:
        """Settle the jobs that ended, one way or another."""
        for job in [*self._jobs]:
            if job.worker not in self._ready:
                await job.future.cancel()
                await _aside(self._store.interrupt, job.claim)
            elif job.future.done():
                await self._settle(job)
            else:
                continue
            self._jobs.remove(job)

    async def _settle(self, job: _Job) -> None:
        error = None if job.future.cancelled() else await job.future.exception()
        if isinstance(error, StoreError):
            with contextlib.suppress(ClaimLostError):
                await _aside(
                    self._store.finish,
                    job.claim,
                    RunStatus.FAILED,
                    error=str(error),
                    advice="Make room or find what holds the store, then train again.",
                )
        elif error is not None:
            _log.warning("The worker of run %s died: %r", job.claim.run_id, error)
            await _aside(self._store.interrupt, job.claim)

    async def _hand_out(self) -> None:
        busy = {job.worker for job in self._jobs}
        for worker in sorted(self._ready - busy):
            claim = await _aside(self._store.claim_next, LEASE_SECONDS)
            if claim is None:
                return
            future = self._submit(worker, RUN, self._store.url, claim.run_id, claim.attempt)
            self._jobs.append(_Job(claim, worker, future))

    def _submit(self, worker: str, name: str, *arguments: Any) -> Future:
        return self._client.submit(
            call, name, *arguments, workers=[worker], pure=False, allow_other_workers=False
        )


async def _aside(function: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """Call the store in a thread, so that the server's loop never waits for a disk."""
    return await asyncio.to_thread(function, *arguments, **options)
