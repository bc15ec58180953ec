"""The dispatcher: which worker trains which run, and when.

The order of the queue, its fairness and its limits live in the store; Dask places the work,
restarts dead workers and carries it to other machines. The web process that runs this never
imports TensorFlow: the worker's functions are named as strings and looked up over there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, TypeVar

from distributed import Future
from distributed.client import ClosedClientError

from mnist_core import environment
from mnist_core.errors import StoreError, WorkerRefusedError
from mnist_core.logs.lines import about_run
from mnist_core.serving.cluster import Cluster, distant_cluster, local_cluster
from mnist_core.serving.joining import Hidden, call, join, versions
from mnist_core.serving.precompile import PrecompileRequest, PrecompileRequests
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import LEASE_SECONDS, Store

TICK_SECONDS = 0.05
"""How often the dispatcher looks whether anything happened, which costs microseconds."""
LOOK_SECONDS = 0.1
"""How often it asks for waiting runs in a database that does not say whether it has changed."""
HOUSEKEEPING_SECONDS = 2.0
RETRY_SECONDS = 0.5
HAND_BACK_TRIES = 20
ASK_AGAIN_SECONDS = 30.0
"""How long a worker that did not fit is left alone: the store may be there again for it."""
WARM = "mnist_core.training.worker:warm"
RUN = "mnist_core.training.worker:run"
PREPARE = "mnist_core.training.worker:prepare"
GROWN_MEMORY = 1_500_000_000
"""Bytes from which a worker is replaced by a new one while nobody waits for it.

TensorFlow never frees a compiled function (tensorflow 64170), about 12 MB for each kind of network.
"""
MOST_MEMORY = 2_500_000_000
"""Bytes from which a worker is replaced before its next run, even if the run has to wait."""
SERVICES_BEFORE_RENEWAL = 10
"""However much memory it takes, a worker is not replaced more often than this."""

SCHEDULER_AWAY = "The scheduler of the lab's computers does not answer."
NOBODY_JOINED = "No computer of the lab is there."
NONE_FITS = "The lab's computers can't be used as they are; the server's log says why."

T = TypeVar("T")

_log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def trainers(
    store: Store,
    precompile_requests: PrecompileRequests | None = None,
    health: StoreHealth | None = None,
) -> AsyncIterator[None]:
    """Run workers and dispatcher for as long as the server runs.

    What ``precompile_requests`` holds is compiled while a worker has nothing else to do, and
    ``health`` is told of trouble with the store. With ``DASK_SCHEDULER_ADDRESS`` the workers are
    those of that scheduler, as soon as it answers; else they are started here, bound to this
    machine.
    """
    async with contextlib.AsyncExitStack() as stack:
        address = environment.scheduler_address()
        cluster = await stack.enter_async_context(
            distant_cluster(address) if address else local_cluster(environment.worker_count())
        )
        dispatcher = Dispatcher(
            store, cluster, precompile_requests or PrecompileRequests(), health or StoreHealth()
        )
        task = asyncio.create_task(dispatcher.run(), name="dispatcher")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await dispatcher.hand_back()


@dataclass(frozen=True)
class _Job:
    """A worker's work on claimed runs: one of them, or several that take turns.

    Attributes:
        address: of the worker.
        worker: the name under which runs are claimed for it.
    """

    address: str
    worker: str
    future: Future


@dataclass
class _Worker:
    """A worker process as the dispatcher sees it.

    Attributes:
        errand: what it does apart from runs: warming up, then compiling ahead now and then.
        ready: whether it can train.
        problem: why it was refused, or could not be warmed up; empty while it may be fit.
        asked_at: when it was last asked to make itself ready, on the event loop's clock.
        memory: bytes it held when it last told.
        prepared: what it compiled ahead last.
        services: jobs and errands since it started.
        name: under which runs are claimed for it; another process never has the same.
    """

    errand: Future | None = None
    ready: bool = False
    problem: str = ""
    asked_at: float = 0.0
    memory: int = 0
    prepared: PrecompileRequest | None = None
    services: int = 0
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def is_unfit(self) -> bool:
        """Whether it was refused, and is not asked again at this moment."""
        return bool(self.problem) and self.errand is None

    def exceeds(self, memory: int) -> bool:
        """Check whether it holds more bytes than this and has served long enough to be replaced."""
        return self.memory > memory and self.services >= SERVICES_BEFORE_RENEWAL


class Dispatcher:
    """Hands queued runs to free workers and tells the store what became of them.

    One asyncio task in the server. Any number of servers may do the same on one store: a claim
    is won by one of them, and so is a worker that several of them reach.
    """

    def __init__(
        self,
        store: Store,
        cluster: Cluster,
        precompile_requests: PrecompileRequests,
        health: StoreHealth,
    ) -> None:
        self._store, self._cluster, self._precompile_requests = store, cluster, precompile_requests
        self._health = health
        self._client = cluster.client
        self._versions = versions() if cluster.is_elsewhere else {}
        self._id = uuid.uuid4().hex
        self._workers: dict[str, _Worker] = {}
        self._jobs: list[_Job] = []
        self._joined = 0
        self._renewals: set[asyncio.Task[None]] = set()
        self._looked_at: float | None = None

    async def run(self) -> None:
        """Dispatch until cancelled. A store that fails is tried again, more and more rarely."""
        loop = asyncio.get_running_loop()
        housekeeping = 0.0
        while True:
            try:
                if self._client is not self._cluster.client:
                    await self._change_client()
                    housekeeping = 0.0
                due = loop.time() >= housekeeping
                if due or self._something_is_done():
                    await self._watch_workers()
                    await self._keep_house()
                    housekeeping = loop.time() + HOUSEKEEPING_SECONDS
                await self._collect()
                await self._hand_out()
                await self._use_idle_time()
                if due:  # the store was written, and all else that waited is done
                    self._health.report_well()
            except StoreError as error:
                await asyncio.sleep(self._health.report(error))
                housekeeping = 0.0  # which writes: then all is well again, or not
            except (OSError, ClosedClientError) as error:
                _log.warning("The workers can't be reached just now: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
            await asyncio.sleep(TICK_SECONDS)

    async def hand_back(self) -> None:
        """Mark what is still running as interrupted, so that the next server goes on with it."""
        for job in self._jobs:
            with contextlib.suppress(StoreError):
                await self._hand_back(job)
        with contextlib.suppress(StoreError):
            await _aside(self._store.forget_dispatcher, self._id)

    async def _hand_back(self, job: _Job) -> None:
        """Take back what a worker that still lives holds: between two turns nothing, for a moment.

        Once its claim is lost, it claims no other.
        """
        for _ in range(HAND_BACK_TRIES):
            lost = await _aside(self._store.interrupt_worker, job.worker, counts=False)
            if lost or job.future.done():
                return
            await asyncio.sleep(TICK_SECONDS)

    async def _change_client(self) -> None:
        """Begin anew with a scheduler that is back, or without one that is gone.

        What its workers held goes on elsewhere, or with them: a claim is all they could lose.
        """
        client = self._cluster.client
        for job in self._jobs:
            await _aside(self._store.interrupt_worker, job.worker, counts=False)
        self._jobs, self._workers, self._looked_at = [], {}, None
        self._client = client

    def _something_is_done(self) -> bool:
        errands = (worker.errand for worker in self._workers.values() if worker.errand)
        return any(future.done() for future in (*errands, *(job.future for job in self._jobs)))

    async def _watch_workers(self) -> None:
        """Warm workers that are new, forget those that are gone, see what errands came to."""
        if self._client is None:
            return
        scheduler = await self._client.scheduler.identity(n_workers=-1)
        alive = scheduler["workers"]
        self._joined = len(alive)
        for address in self._workers.keys() - alive.keys():
            del self._workers[address]
        for address in await self._hold(scheduler["id"], alive):
            worker = self._workers.get(address)
            if worker is None:
                worker = self._workers[address] = _Worker()
            elif not worker.is_unfit or self._is_left_alone(worker):
                continue
            self._make_ready(address, worker)
        for address, worker in self._workers.items():
            worker.memory = alive[address].get("metrics", {}).get("memory", 0)
            if worker.errand is not None and worker.errand.done():
                await self._end_errand(address, worker, worker.errand)

    async def _hold(self, scheduler: str, alive: Collection[str]) -> set[str]:
        """Take the workers that no other server has, and leave to others what they have taken.

        What trains on a worker that was lost to another server goes on there. One that does not
        fit here is free for others until it is asked again.
        """
        if not self._cluster.is_elsewhere:
            return set(alive)
        left = {address for address, each in self._workers.items() if self._is_left_alone(each)}
        names = {f"{scheduler} {address}": address for address in alive if address not in left}
        mine = {names[each] for each in await _aside(self._store.hold_workers, self._id, names)}
        lost = self._workers.keys() - left - mine
        self._jobs = [job for job in self._jobs if job.address not in lost]
        for address in lost:
            del self._workers[address]
        return mine

    def _is_left_alone(self, worker: _Worker) -> bool:
        now = asyncio.get_running_loop().time()
        return worker.is_unfit and now - worker.asked_at < ASK_AGAIN_SECONDS

    def _make_ready(self, address: str, worker: _Worker) -> None:
        worker.asked_at = asyncio.get_running_loop().time()
        if self._cluster.is_elsewhere:
            where = Hidden(self._store.url)
            worker.errand = self._send(address, join, self._versions, where, WARM)
        else:
            worker.errand = self._submit(address, WARM)

    async def _end_errand(self, address: str, worker: _Worker, errand: Future) -> None:
        error = await errand.exception()
        worker.errand = None
        if error is None:
            worker.ready, worker.problem = True, ""
        elif worker.ready:
            _log.info("Worker %s could not compile ahead: %r", address, error)
        elif worker.problem != (problem := repr(error)):
            worker.problem = problem
            if isinstance(error, WorkerRefusedError):
                await self._refuse(address, error)
                return
            _log.error("Worker %s can't train: %s", address, problem)
            if self._cluster.is_elsewhere:
                _log.error("Start it, and its scheduler, with “python -m mnist_core”.")

    async def _refuse(self, address: str, error: WorkerRefusedError) -> None:
        if self._cluster.is_elsewhere or self._client is None:
            _log.error("Worker %s is refused: %s", address, error)
        else:
            _log.warning("Worker %s is one too many and ends: %s", address, error)
            await self._client.retire_workers([address])

    async def _keep_house(self) -> None:
        ready = sum(worker.ready for worker in self._workers.values())
        warming = sum(not (worker.ready or worker.problem) for worker in self._workers.values())
        why = "" if ready + warming else self._why_no_worker()
        await _aside(self._store.report_dispatcher, self._id, ready + warming, ready, why)
        for run_id in await _aside(self._store.expire_leases):
            with about_run(run_id):
                _log.warning("Its worker gave it up; it goes on with the next.")
        await _aside(self._store.forget_due_classes)

    def _why_no_worker(self) -> str:
        if not self._cluster.is_elsewhere:
            return ""
        if self._client is None:
            return SCHEDULER_AWAY
        if not self._joined:
            return NOBODY_JOINED
        unfit = sum(bool(worker.problem) for worker in self._workers.values())
        return NONE_FITS if unfit == self._joined else ""

    async def _collect(self) -> None:
        """Settle the jobs that ended, one way or another."""
        for job in [*self._jobs]:
            if job.address not in self._workers:
                await job.future.cancel()
                await _aside(self._store.interrupt_worker, job.worker)
            elif job.future.done():
                await self._settle(job)
            else:
                continue
            self._jobs.remove(job)

    async def _settle(self, job: _Job) -> None:
        error = await job.future.exception()
        if job.future.cancelled():  # with its scheduler
            await _aside(self._store.interrupt_worker, job.worker, counts=False)
        elif isinstance(error, StoreError):
            await _aside(
                self._store.interrupt_worker,
                job.worker,
                error=str(error),
                advice="Make room or find what holds the store, then train again.",
            )
        elif error is not None:
            lost = await _aside(self._store.interrupt_worker, job.worker)
            for run_id in lost or [""]:
                with about_run(run_id):
                    _log.warning("Worker %s died: %r", job.address, error)

    async def _hand_out(self) -> None:
        for address, worker in self._idle():
            if worker.exceeds(MOST_MEMORY):
                self._begin_renewal(address, worker)
                continue
            state = self._store_state()
            if state == self._looked_at:
                return
            claim = await _aside(self._store.claim_next, LEASE_SECONDS, worker.name)
            if claim is None:
                self._looked_at = state
                return
            where = Hidden(self._store.url)
            try:
                future = self._submit(address, RUN, where, claim.run_id, claim.attempt, worker.name)
            except (OSError, ClosedClientError):
                await _aside(self._store.interrupt, claim, counts=False)
                raise
            with about_run(claim.run_id):
                _log.info("Attempt %d goes to worker %s.", claim.attempt, address)
            self._jobs.append(_Job(address, worker.name, future))
            worker.services += 1

    def _store_state(self) -> float:
        """Return a number that is another one once a run may have been put in."""
        version = self._store.data_version()
        return time.monotonic() // LOOK_SECONDS if version is None else version

    async def _use_idle_time(self) -> None:
        """Replace workers that have grown, and let the others compile what somebody looks at."""
        wish = self._precompile_requests.present
        for address, worker in self._idle():
            if worker.exceeds(GROWN_MEMORY):
                self._begin_renewal(address, worker)
            elif wish is not None and wish != worker.prepared:
                await _aside(self._store.save_dataset, wish.dataset)
                settings = wish.kind.to_dict()
                worker.errand = self._submit(
                    address, PREPARE, Hidden(self._store.url), wish.dataset.digest, settings
                )
                worker.prepared = wish
                worker.services += 1

    def _begin_renewal(self, address: str, worker: _Worker) -> None:
        worker.ready = False
        renewal = asyncio.create_task(self._renew(address))
        self._renewals.add(renewal)
        renewal.add_done_callback(self._renewals.discard)

    async def _renew(self, address: str) -> None:
        """Let a worker's process end; the one that takes its place is warmed like any other."""
        if self._client is None:
            return
        try:
            await self._client.restart_workers([address], raise_for_error=False)
        except (ValueError, OSError) as error:  # a worker of somebody's own, without a nanny
            _log.warning("Worker %s can't be renewed: %s", address, error)
            if worker := self._workers.get(address):
                worker.ready, worker.services = True, 0

    def _idle(self) -> list[tuple[str, _Worker]]:
        busy = {job.address for job in self._jobs}
        return [
            (address, worker)
            for address, worker in sorted(self._workers.items())
            if worker.ready and worker.errand is None and address not in busy
        ]

    def _submit(self, worker: str, name: str, *arguments: Any) -> Future:
        return self._send(worker, call, name, *arguments)

    def _send(self, worker: str, function: Callable[..., Any], *arguments: Any) -> Future:
        if self._client is None:
            raise OSError("the scheduler is gone")
        return self._client.submit(
            function, *arguments, workers=[worker], pure=False, allow_other_workers=False
        )


async def _aside(function: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """Call the store in a thread, so that the server's loop never waits for a disk."""
    return await asyncio.to_thread(function, *arguments, **options)
