"""What the pages of a class ask every few seconds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from mnist_core.serving import class_changes
from mnist_core.serving.class_changes import revision_route, revision_url
from mnist_core.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'runs.db'}")


def ask(store: Store, class_id: str, times: int = 1) -> list[tuple[int, str]]:
    async def get() -> list[tuple[int, str]]:
        transport = httpx.ASGITransport(Starlette(routes=[revision_route(store)]))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            answers = [await client.get(revision_url(class_id)) for _ in range(times)]
        return [(each.status_code, each.text) for each in answers]

    return asyncio.run(get())


def test_a_change_is_told_by_another_number(store: Store) -> None:
    made = store.create_class("7b")
    assert ask(store, made.id) == [(200, str(made.revision))]
    store.pause_class(made.id)
    assert ask(store, made.id) == [(200, str(made.revision + 1))]


def test_many_tabs_cost_one_look_at_the_store_a_second(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = store.create_class("7b")
    looks = []
    look = store.class_revision
    monkeypatch.setattr(store, "class_revision", lambda asked: looks.append(asked) or look(asked))
    monkeypatch.setattr(class_changes, "KEPT_SECONDS", float("inf"))
    assert len(set(ask(store, made.id, times=100))) == 1
    assert looks == [made.id]
    monkeypatch.setattr(class_changes, "KEPT_SECONDS", 0.0)
    ask(store, made.id, times=3)
    assert looks == [made.id] * 4


@pytest.mark.parametrize("class_id", ["0" * 12, "x", "%00"])
def test_a_class_that_is_not_there_is_told(store: Store, class_id: str) -> None:
    assert ask(store, class_id)[0][0] == 404


def test_a_store_that_can_not_be_read_is_asked_again_later(store: Store, tmp_path: Path) -> None:
    made = store.create_class("7b")
    store.close()
    (tmp_path / "runs.db").write_text("no database " * 100)
    assert ask(store, made.id)[0][0] == 503
