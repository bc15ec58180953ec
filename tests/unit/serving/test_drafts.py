"""Words on their way from the field in a browser to the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from mnist_core.config import LONGEST_ANSWER
from mnist_core.serving.browser_token import COOKIE
from mnist_core.serving.drafts import draft_route, draft_url
from mnist_core.store import Draft, Store, drafts, hash_owner

TASK, TOKEN = "0123456789ab", "a-token"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'runs.db'}")


def put(store: Store, words: str | bytes, *, token: str = TOKEN, task: str = TASK) -> int:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=[draft_route(store)]))
        cookies = {COOKIE: token} if token else {}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://server", cookies=cookies
        ) as client:
            return await client.put(draft_url(task), content=words)

    return asyncio.run(send()).status_code


def kept(store: Store) -> str:
    return store.read_draft(TASK, owner=hash_owner(TOKEN)).answer


@pytest.mark.parametrize("words", ["It is lower: é 手", "", "𝟙" * LONGEST_ANSWER])
def test_words_are_kept_for_the_browser_that_sends_them(store: Store, words: str) -> None:
    assert put(store, words) == 204
    assert kept(store) == words
    assert store.read_draft(TASK, owner=hash_owner("another")) == Draft()


def test_what_no_database_takes_is_left_out(store: Store) -> None:
    assert put(store, b"one\0two\xff") == 204
    assert kept(store) == "onetwo\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("refused", "status"),
    [
        ({"token": ""}, 403),
        ({"task": "0123"}, 404),
        ({"task": "0123456789aG"}, 404),
        ({"words": "x" * (LONGEST_ANSWER + 1)}, 413),
        ({"words": "x" * 5 * LONGEST_ANSWER}, 413),
    ],
)
def test_what_is_refused_changes_nothing(
    store: Store, refused: dict[str, str], status: int
) -> None:
    put(store, "before")
    assert put(store, **{"words": "after"} | refused) == status
    assert kept(store) == "before"


def test_a_store_that_can_not_be_written_is_said(store: Store, tmp_path: Path) -> None:
    store.close()
    (tmp_path / "runs.db").write_bytes(b"no database")
    assert put(store, "words") == 503


def test_where_no_more_are_kept_it_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS_OF_ALL", 0)
    assert put(store, "It is lower.") == 503
    assert kept(store) == ""


def test_other_sites_can_not_write_in_somebodys_name(store: Store) -> None:
    # A browser lets other sites send GET and POST without asking, and PUT never.
    assert draft_route(store).methods == {"PUT"}
