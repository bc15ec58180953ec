"""A proxy before several dashboards, the smallest there is: bytes to the first one that answers."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from types import SimpleNamespace

from tests.e2e.server import Server, free_port

_PIECE = 65_536


class Forwarder:
    """Sends every connection to the first of the servers that can be reached, whole.

    Args:
        host: what it listens on.
        servers: dashboards, in the order in which they are tried.
    """

    def __init__(self, host: str, *servers: Server) -> None:
        self._host, self._port, self._servers = host, free_port(), servers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        # What a page's tests want to know of a server.
        self.server = SimpleNamespace(url=f"http://{host}:{self._port}", store=servers[0].store)

    def __enter__(self) -> Forwarder:
        self._thread.start()
        listening = asyncio.start_server(self._forward, self._host, self._port)
        self._listener = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.CancelledError):
            there, back = await self._connect()
            with contextlib.closing(back):
                ways = [_copy(reader, back), _copy(there, writer)]
                tasks = [asyncio.ensure_future(way) for way in ways]
                try:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in tasks:
                        task.cancel()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for server in self._servers:
            with contextlib.suppress(ConnectionRefusedError):
                return await asyncio.open_connection(server.host, server.port)
        raise ConnectionRefusedError


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(_PIECE):
            target.write(data)
            await target.drain()
