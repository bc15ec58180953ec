"""Trouble with the store: logged once, tried more and more rarely, told to watchdogs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from mnist_core.errors import StoreError
from mnist_core.serving.store_health import FIRST_WAIT, LONGEST_WAIT, StoreHealth, health_route

FULL = StoreError("The disk is full.")


def test_the_waits_grow_and_begin_anew_when_all_is_well() -> None:
    health = StoreHealth()
    waits = [health.report(FULL) for _ in range(12)]

    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT
    health.report_well()
    assert health.report(FULL) == FIRST_WAIT


def test_each_trouble_is_logged_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    health = StoreHealth()
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            health.report(FULL)
        health.report(StoreError("The store is busy."))
        for _ in range(3):
            health.report_well()

    assert len(caplog.records) == 3


def test_people_are_told_while_it_lasts() -> None:
    health = StoreHealth()
    assert health.words() == ""
    health.report(FULL)
    assert health.words().startswith("The disk is full. No run is started meanwhile")
    health.report_well()
    assert health.words() == ""


def test_whoever_watches_the_server_hears_of_a_store_that_is_no_use() -> None:
    health = StoreHealth()

    def ask() -> tuple[int, bytes]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> dict[str, str]:
            return {"type": "http.request"}

        scope = {"type": "http", "method": "GET", "path": "/api/health", "headers": []}
        asyncio.run(health_route(health).app(scope, receive, send))
        return sent[0]["status"], sent[1]["body"]

    assert ask() == (200, b"ok")
    health.report(FULL)
    assert ask() == (503, b"The disk is full.")
