"""Scheduler and workers in real processes: what they listen on, and that they answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import psutil
from distributed import Client

from mnist_core.serving.cluster import local_cluster


@contextlib.asynccontextmanager
async def local_client(workers: int) -> AsyncIterator[Client]:
    async with local_cluster(workers) as cluster:
        yield cluster.client


def listening() -> set[tuple[str, int]]:
    """List host and port of every open door of this process and of those it started."""
    here = psutil.Process()
    return {
        (connection.laddr.ip, connection.laddr.port)
        for process in [here, *here.children(recursive=True)]
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def door(address: str) -> tuple[str | None, int | None]:
    parts = urlsplit(address)
    return parts.hostname, parts.port


async def workers_of(client: Client) -> dict[str, dict[str, Any]]:
    identity = await client.scheduler.identity(n_workers=-1)
    return identity["workers"]


def test_scheduler_and_workers_listen_on_this_machine_only_and_serve_no_pages() -> None:
    async def story() -> None:
        before = listening()
        async with local_client(2) as client:
            workers = await workers_of(client)
            assert len(workers) == 2
            expected = {door(client.scheduler.address)}
            for address, worker in workers.items():
                expected |= {door(address), door(worker["nanny"])}
            assert listening() - before == expected
            assert {host for host, _ in expected} == {"127.0.0.1"}
            assert len(expected) == 5
        assert listening() == before

    asyncio.run(story())


def test_another_dask_on_this_machine_is_no_trouble() -> None:
    """Its pages take port 8787; a warning would be an error here."""

    async def story() -> None:
        async with local_client(1) as client:
            pids = await client.run(os.getpid)
            assert len(pids) == 1
            assert os.getpid() not in pids.values()

    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # somebody has it already
            stack.enter_context(socket.create_server(("127.0.0.1", 8787)))
        asyncio.run(story())


def test_a_worker_keeps_the_memory_that_it_will_need_again() -> None:
    """A training gives it back at each step, and takes it again at the next."""

    async def story() -> None:
        async with local_client(1) as client:
            for variable, expected in (("MALLOC_TRIM_THRESHOLD_", None), ("OMP_NUM_THREADS", "1")):
                assert [*(await client.run(os.environ.get, variable)).values()] == [expected]

    asyncio.run(story())


def test_a_worker_that_is_killed_is_replaced() -> None:
    async def story() -> None:
        async with local_client(1) as client, asyncio.timeout(60):
            [(address, pid)] = (await client.run(os.getpid)).items()
            psutil.Process(pid).kill()
            while not (now := await workers_of(client)) or address in now:
                await asyncio.sleep(0.05)
            assert pid not in (await client.run(os.getpid)).values()

    asyncio.run(story())
