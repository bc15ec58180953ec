"""How many sockets a browser may hold open, and what becomes of one too many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mnist_core.serving import sockets
from mnist_core.serving.browser_token import COOKIE
from mnist_core.serving.sockets import SocketLimit

Message = dict[str, Any]


class Crowd:
    """Sockets that stay open until they are let go."""

    def __init__(self) -> None:
        self._limit = SocketLimit(self._serve)
        self._tasks: list[tuple[asyncio.Task[None], asyncio.Event]] = []

    async def _serve(
        self, scope: Message, _: Callable[[], Awaitable[Message]], send: Callable[..., Any]
    ) -> None:
        await send({"type": "websocket.accept"})
        await scope["let_go"].wait()

    async def open(self, token: str = "", address: str = "10.0.0.1") -> str:
        """Open a socket; gives the type of the answer."""
        said: asyncio.Queue[Message] = asyncio.Queue()
        cookie = [(b"cookie", f"{COOKIE}={token}".encode())] if token else []
        let_go = asyncio.Event()
        scope = {"type": "websocket", "headers": cookie, "client": (address, 1), "let_go": let_go}
        task = asyncio.create_task(self._limit(scope, said.get, said.put))
        self._tasks.append((task, let_go))
        kind: str = (await said.get())["type"]
        return kind.removeprefix("websocket.")

    async def close_first(self) -> None:
        task, let_go = self._tasks.pop(0)
        let_go.set()
        await task


def test_a_browser_has_so_many_and_a_closed_one_makes_room(monkeypatch) -> None:
    monkeypatch.setattr(sockets, "MOST_OF_ONE", 2)

    async def story() -> None:
        crowd = Crowd()
        assert [await crowd.open("anna") for _ in range(3)] == ["accept", "accept", "close"]
        assert await crowd.open("ben") == "accept"
        await crowd.close_first()
        assert await crowd.open("anna") == "accept"
        assert await crowd.open("anna") == "close"

    asyncio.run(story())


def test_those_without_a_cookie_are_told_by_their_address(monkeypatch) -> None:
    monkeypatch.setattr(sockets, "MOST_OF_ONE", 1)

    async def story() -> None:
        crowd = Crowd()
        assert await crowd.open() == "accept"
        assert await crowd.open() == "close"
        assert await crowd.open(address="10.0.0.2") == "accept"

    asyncio.run(story())


def test_a_full_server_is_logged_once_and_takes_others_when_one_has_gone(
    monkeypatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sockets, "MOST_OF_ALL", 2)

    async def story() -> None:
        crowd = Crowd()
        said = [await crowd.open(f"browser {number}") for number in range(4)]
        assert said == ["accept", "accept", "close", "close"]
        await crowd.close_first()
        assert await crowd.open("another") == "accept"

    asyncio.run(story())
    assert [record.getMessage() for record in caplog.records] == [
        "2 sockets are open. Further tabs wait until others close."
    ]
