"""Sockets of one server: what each costs, and how many events a second go through them.

Every socket is the live socket of another browser. Idle ones say nothing; those that watch follow
runs that move as fast as a page ever shows one. Meanwhile one more browser moves a slider.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.capacity.unlimited import MODULE
from benchmarks.capacity.writes import digits, make_run, progress
from benchmarks.classroom.figures import spread
from benchmarks.classroom.tab import Tab, connect_to
from benchmarks.processes import Meter
from mnist_core.serving.browser_token import COOKIE
from mnist_core.store import Run, RunStatus, Store
from tests.e2e.server import Server

SPARE_FILES: Final = 200  # besides the sockets, of the server and of this process
LEASE_SECONDS: Final = 600.0
AT_ONCE: Final = 50  # browsers that connect at the same moment
SLIDER: Final = "Nodes in layer 1"
STOPS: Final = ("64", "100", "160", "200")
PAUSE_SECONDS: Final = 0.5  # between two moves of the slider


@dataclass
class Heard:
    """What arrived at all sockets of what happened while it counted.

    Attributes:
        since: the moment from which on it counts; None while it does not.
        events: how many arrived.
        delays: of some of them, seconds from when they happened until they arrived.
        lost: connections that the server ended.
    """

    since: float | None = None
    events: int = 0
    delays: list[float] = field(default_factory=list)
    lost: int = 0

    def take(self, text: str | bytes, now: float) -> None:
        """Take a message of the server that arrived at this moment by ``time.time``."""
        if self.since is None:
            return
        happened = [event["at"] / 1000 for event in json.loads(text).get("events", ())]
        new = [at for at in happened if at >= self.since]  # newcomers are told the past as well
        self.events += len(new)
        self.delays += [now - at for at in new[-1:]]


def measure_sockets(
    server: Server, counts: Sequence[int], *, runs: int, rate: float, seconds: float
) -> dict[str, Any]:
    """Measure a server with ever more idle sockets, or with ever more that watch.

    Args:
        server: it runs; nobody else is connected.
        counts: numbers of sockets, each larger than the one before.
        runs: that go on, watched by as many each; 0 leaves the sockets idle.
        rate: events a second of each run.
        seconds: how long each number is measured.

    Returns:
        by the number of sockets what there was: with none, and with each.
    """
    with (
        multiprocessing.get_context("spawn").Pool(2) as helpers,
        server.store() as store,
        _going_on(store, runs) as going_on,
    ):
        return asyncio.run(_measure(server, counts, helpers, going_on, rate, seconds))


@contextmanager
def _going_on(store: Store, count: int) -> Iterator[list[Run]]:
    store.save_dataset(digits())
    runs = [make_run(store, lease_seconds=LEASE_SECONDS) for _ in range(count)]
    yield runs
    for run in runs:
        store.finish(run.claim, RunStatus.STOPPED)


async def _measure(
    server: Server,
    counts: Sequence[int],
    helpers: Pool,
    runs: Sequence[Run],
    rate: float,
    seconds: float,
) -> dict[str, Any]:
    heard, measured = Heard(), {}
    async with AsyncExitStack() as stack:
        tasks: list[asyncio.Task[None]] = []
        stack.callback(lambda: [task.cancel() for task in tasks])
        for count in (0, *counts):
            for first in range(len(tasks), count, AT_ONCE):
                some = range(first, min(first + AT_ONCE, count))
                sockets = await asyncio.gather(*(_connect(server, each) for each in some))
                for number, socket in zip(some, sockets, strict=True):
                    stack.push_async_callback(socket.close)
                    if runs:
                        run = runs[number % len(runs)]
                        await socket.send(json.dumps({"watch": run.id}))
                    tasks.append(asyncio.create_task(_listen(socket, heard)))
            measured[str(count)] = await _look(server, heard, helpers, runs, rate, seconds)
    return measured


async def _connect(server: Server, number: int) -> ClientConnection:
    return await connect_to(f"{server.url}/api/live", f"{COOKIE}=browser-{number}")


async def _listen(socket: ClientConnection, heard: Heard) -> None:
    try:
        async for text in socket:
            heard.take(text, time.time())
    except ConnectionClosed:
        pass
    heard.lost += 1


async def _look(
    server: Server,
    heard: Heard,
    helpers: Pool,
    runs: Sequence[Run],
    rate: float,
    seconds: float,
) -> dict[str, Any]:
    """Measure for a while with the sockets that there are."""
    helpers.starmap(warm_up, [()] * 2, chunksize=1)
    lost = heard.lost
    sliding = helpers.apply_async(slide, (server.url, seconds))
    telling = helpers.apply_async(tell, (server.store_url, runs, rate, seconds))
    heard.events, heard.delays, heard.since = 0, [], time.time()
    meter = Meter(server.pid)
    told = await asyncio.to_thread(telling.get) if runs else await asyncio.sleep(seconds, 0)
    heard.since = None
    lasted, costs = meter.read()
    figures: dict[str, Any] = {
        **costs,
        "slider_seconds": spread(await asyncio.to_thread(sliding.get)),
        "lost": heard.lost - lost,
    }
    if runs:
        figures |= {
            "told_a_second": round(told / lasted, 1),
            "delivered_a_second": round(heard.events / lasted, 1),
            "delay_seconds": spread(heard.delays),
        }
    return figures


def warm_up() -> None:
    """Do nothing, in a process that has imported what it needs when this is over."""
    time.sleep(0.1)  # so that the other process takes the other one


def slide(url: str, seconds: float) -> list[float]:
    """Move a slider now and then, as a browser of its own; return how long each answer took."""
    return asyncio.run(_slide(url, seconds))


async def _slide(url: str, seconds: float) -> list[float]:
    end, answers = time.monotonic() + seconds, []
    async with Tab.opened(url, "train") as tab:
        for stop in itertools.cycle(STOPS):
            answers.append(await tab.slide(SLIDER, stop))
            if time.monotonic() > end:
                return answers
            await asyncio.sleep(PAUSE_SECONDS)
    raise AssertionError("a cycle has no end")


def tell(url: str, runs: Sequence[Run], rate: float, seconds: float) -> int:
    """Write events of each run in even steps, as workers do; return how many were written."""
    written, began = 0, time.monotonic()
    with Store(url) as store:
        steps = {run.id: store.get_run(run.id).step for run in runs}
        while runs and (now := time.monotonic() - began) < seconds:
            if now * rate * len(runs) < written:
                time.sleep(0.001)
                continue
            run = runs[written % len(runs)]
            steps[run.id] += 1
            store.record(run.claim, events=[progress(steps[run.id])])
            written += 1
        for run in runs:
            store.heartbeat(run.claim, LEASE_SECONDS)
    return written


@contextmanager
def unlimited_server(folder: Path) -> Iterator[Server]:
    """Start a dashboard that opens any number of sockets."""
    server = Server(folder, module=MODULE, MNIST_PATH=None, OPENBLAS_NUM_THREADS="1").start()
    try:
        server.wait_for_workers()
        yield server
    finally:
        server.stop()


def room_for_sockets(counts: Sequence[int]) -> list[int]:
    """Let this process and its children open as many files as they may; leave out what is more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    room = [each for each in counts if most < 0 or each + SPARE_FILES <= most]
    for each in counts[len(room) :]:
        print(f"{each} sockets are left out: the system allows {most} files.", flush=True)
    return room
