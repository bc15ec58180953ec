"""What is told to programs that watch a server: a real server, a real store."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from mnist_core.errors import StoreError
from mnist_core.serving import probes
from mnist_core.serving.dispatcher import NOBODY_JOINED
from mnist_core.serving.live_words import WARMING_UP
from mnist_core.serving.probes import probe_routes
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import Store

WELL = {"server": "ok", "store": "ok", "workers": "ok"}
NO_WORKER = "No trainer is running at the moment."

Answer = tuple[int, dict[str, str]]
Ask = Callable[..., Answer]


@pytest.fixture
def health() -> StoreHealth:
    return StoreHealth()


@pytest.fixture
def ask(store: Store, health: StoreHealth, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Ask a server that keeps nothing between two questions."""
    monkeypatch.setattr(probes, "KEPT_SECONDS", 0.0)
    routes = probe_routes(store, health)
    with asyncio.Runner() as runner:

        def get(path: str = "/readyz") -> Answer:
            return runner.run(_get(routes, path))[0]

        yield get


async def _get(routes: list[Any], path: str, times: int = 1) -> list[Answer]:
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
        answers = await asyncio.gather(*(client.get(path) for _ in range(times)))
    assert {each.headers["cache-control"] for each in answers} == {"no-store"}
    return [(each.status_code, json.loads(each.text)) for each in answers]


def test_a_worker_that_is_warmed_up_makes_a_server_ready(store: Store, ask: Ask) -> None:
    assert ask() == (503, WELL | {"workers": NO_WORKER})
    store.report_dispatcher("one", 0, 0, NOBODY_JOINED)
    assert ask() == (503, WELL | {"workers": f"{NO_WORKER} {NOBODY_JOINED}"})
    store.report_dispatcher("one", 2, 0)
    assert ask() == (503, WELL | {"workers": WARMING_UP})
    store.report_dispatcher("one", 2, 1)
    assert ask() == (200, WELL)
    store.forget_dispatcher("one")
    assert ask() == (503, WELL | {"workers": NO_WORKER})


def test_a_store_that_can_be_read_and_not_written_is_not_well(
    store: Store, ask: Ask, health: StoreHealth
) -> None:
    store.report_dispatcher("one", 1, 1)
    health.report(StoreError("The disk is full."))
    assert ask() == (503, WELL | {"store": "The disk is full."})
    health.report_well()
    assert ask() == (200, WELL)


def test_a_store_whose_tables_are_of_another_version_is_not_well(store: Store, ask: Ask) -> None:
    store.report_dispatcher("one", 1, 1)
    engine = sa.create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'future'"))
    engine.dispose()
    status, told = ask()
    assert status == 503
    assert "another version of this program" in told["store"]


def test_a_server_whose_store_is_gone_lives_and_is_not_ready(
    store: Store, ask: Ask, tmp_path: Path
) -> None:
    store.report_dispatcher("one", 1, 1)
    store.close()
    (tmp_path / "mnist.db").write_text("no database " * 100)
    status, told = ask()
    assert (status, told["server"]) == (503, "ok")
    assert told["store"] != "ok" != told["workers"]
    assert ask("/healthz") == (200, {"server": "ok"})


def test_many_who_ask_cost_one_look_at_the_store_a_second(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, look = [], store.workers_seen
    monkeypatch.setattr(store, "workers_seen", lambda: looks.append(1) or look())
    monkeypatch.setattr(probes, "KEPT_SECONDS", float("inf"))

    async def story() -> None:
        routes = probe_routes(store, StoreHealth())
        for _ in range(3):
            assert len(await _get(routes, "/readyz", times=30)) == 30

    asyncio.run(story())
    assert looks == [1]


def test_a_store_that_is_silent_keeps_nobody_waiting_and_is_asked_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, looks = threading.Event(), []
    monkeypatch.setattr(store, "check_schema", lambda: looks.append(1) or answers.wait())
    monkeypatch.setattr(probes, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(probes, "ANSWER_SECONDS", 0.01)

    async def story() -> None:
        routes = probe_routes(store, StoreHealth())
        try:
            for _ in range(2):
                for status, told in await _get(routes, "/readyz", times=5):
                    assert (status, told["store"]) == (503, "The store does not answer.")
        finally:
            answers.set()

    asyncio.run(story())
    assert looks == [1]
