"""How much of uploaded files a server holds, and what becomes of one file too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mnist_core.serving import uploads
from mnist_core.serving.uploads import UploadLimit

LARGEST = 60


class Server:
    """A server that holds what it takes, as Streamlit does."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        path = "/below/_stcore/upload_file/{session}/{file}"
        self._app = Starlette(
            routes=[Route(path, self._take, methods=["PUT", "DELETE"])],
            middleware=[Middleware(UploadLimit, held=lambda: self.held, largest=LARGEST)],
        )

    async def _take(self, request: Request) -> Response:
        session = request.path_params["session"]
        if request.method == "DELETE":
            del self.held[session]
        else:
            self.held[session] = self.held.get(session, 0) + len(await request.body())
        return Response(status_code=204)

    async def send(
        self, session: str, content: bytes | AsyncIterator[bytes] = b"", method: str = "PUT"
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
            address = f"/below/_stcore/upload_file/{session}/1"
            return await browser.request(method, address, content=content)


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OF_A_TAB", 100)
    monkeypatch.setattr(uploads, "MOST_OF_ALL", 150)


def test_a_tab_has_so_much_and_all_tabs_together_so_much() -> None:
    async def story() -> None:
        server = Server()
        said = [(await server.send(tab, b"x" * 50)).status_code for tab in "aaabb"]
        assert said == [204, 204, 413, 204, 413]
        assert server.held == {"a": 100, "b": 50}
        refused = await server.send("b", b"x")
        assert refused.text == (
            "The server holds as many files as it can. Try again in a few minutes."
        )
        await server.send("a", method="DELETE")
        assert (await server.send("b", b"x")).status_code == 204

    asyncio.run(story())


def test_what_arrives_at_once_counts_before_it_is_there() -> None:
    async def story() -> None:
        server = Server()
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:  # which does not say how long it is
            begun.set()
            await go_on.wait()
            yield b"x"

        slow = asyncio.create_task(server.send("a", slowly()))
        await begun.wait()
        assert (await server.send("a", b"x" * 50)).status_code == 413
        go_on.set()
        assert (await slow).status_code == 204
        assert (await server.send("a", b"x" * 50)).status_code == 204

    asyncio.run(story())


@pytest.mark.parametrize("told", ["-1", "x", "9" * 5000])
def test_a_length_that_is_none_counts_as_the_largest(told: str) -> None:
    async def nothing() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def story() -> None:
        said: list[dict[str, object]] = []

        async def send(message: dict[str, object]) -> None:
            said.append(message)

        async def app(*_: object) -> None:
            raise AssertionError

        limit = UploadLimit(app, held=lambda: {"a": 50}, largest=LARGEST)
        scope = {
            "type": "http",
            "method": "PUT",
            "path": "/_stcore/upload_file/a/1",
            "headers": [(b"content-length", told.encode())],
        }
        await limit(scope, nothing, send)
        assert said[0]["status"] == 413

    asyncio.run(story())
