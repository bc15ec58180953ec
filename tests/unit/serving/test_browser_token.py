"""The token that says which browser asks."""

from __future__ import annotations

import asyncio
from http.cookies import Morsel, SimpleCookie
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from mnist_core.serving.browser_token import COOKIE, BrowserToken


async def page(request: Request) -> Response:
    return HTMLResponse(f"<p>{request.cookies.get(COOKIE, 'nobody')}</p>")


async def script(_: Request) -> Response:
    return PlainTextResponse("let x = 1", media_type="text/javascript")


async def themed(_: Request) -> Response:
    response = HTMLResponse("<p></p>")
    response.set_cookie("theme", "dark")
    return response


APP = Starlette(
    routes=[Route("/", page), Route("/script.js", script), Route("/themed", themed)],
    middleware=[Middleware(BrowserToken)],
)


def visit(*paths: str, base: str = "http://localhost", **cookies: str) -> list[httpx.Response]:
    """Open pages one after another in a browser of its own."""

    async def open_all() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=APP)
        async with httpx.AsyncClient(
            transport=transport, base_url=base, cookies=cookies
        ) as browser:
            return [await browser.get(path) for path in paths]

    return asyncio.run(open_all())


def token_of(answer: httpx.Response) -> Morsel[str]:
    return SimpleCookie(answer.headers["set-cookie"])[COOKIE]


def test_the_first_page_brings_a_token_that_scripts_and_other_sites_cannot_use() -> None:
    token = token_of(visit("/")[0])
    assert len(token.value) >= 20
    assert token["httponly"]
    assert token["samesite"] == "Lax"
    assert token["path"] == "/"
    assert int(token["max-age"]) > 30 * 24 * 3600


def test_the_browser_keeps_its_token() -> None:
    first, second, third = visit("/", "/", "/")
    assert "nobody" in first.text
    for again in (second, third):
        assert "set-cookie" not in again.headers
        assert token_of(first).value in again.text


def test_every_browser_gets_another_token() -> None:
    assert len({token_of(visit("/")[0]).value for _ in range(5)}) == 5


def test_scripts_carry_no_token_because_they_are_kept_for_everybody() -> None:
    assert "set-cookie" not in visit("/script.js")[0].headers


def test_other_cookies_are_left_alone() -> None:
    [answer] = visit("/themed", other="1")
    set_here = [cookie.split("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert sorted(set_here) == sorted([COOKIE, "theme"])


def test_over_https_the_token_stays_on_https() -> None:
    assert token_of(visit("/", base="https://localhost")[0])["secure"]
    assert not token_of(visit("/")[0])["secure"]


def test_sockets_pass_through_as_they_are() -> None:
    passed: list[Any] = []

    async def app(*arguments: Any) -> None:
        passed.extend(arguments)

    arguments = ({"type": "websocket", "headers": []}, object(), object())
    asyncio.run(BrowserToken(app)(*arguments))  # type: ignore[arg-type]
    assert passed == list(arguments)
