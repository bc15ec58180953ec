"""What a tab hears of one run over the live socket, and when; as the browser's half does it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, NamedTuple

from websockets.exceptions import ConnectionClosed

from benchmarks.classroom.tab import Tab, connect_to
from mnist_core.store import RunStatus


class Heard(NamedTuple):
    """An event of the run, and the moment by ``time.perf_counter`` at which it arrived."""

    seq: int
    kind: str
    at: float


class Watch:
    """One run as one tab follows it.

    Args:
        tab: whose browser listens.
        run_id: of the run.

    Attributes:
        heard: its events as they arrived, those that came twice included.
        status: as far as is known.
        status_seq: the last event by which it is known.
        is_caught_up: whether what happened before it began to listen is known.
        ended: the moment at which the run was known to be over; None before.
        lost: how often the connection was lost.
        news: set at every message.
    """

    def __init__(self, tab: Tab, run_id: str) -> None:
        self._tab, self._run_id = tab, run_id
        self.heard: list[Heard] = []
        self.status = ""
        self.status_seq = self._seq = 0
        self._situation_seq: int | None = None
        self.is_caught_up = False
        self.ended: float | None = None
        self.lost = 0
        self.news = asyncio.Event()

    @property
    def is_complete(self) -> bool:
        """Whether the run is over and all of it has arrived."""
        return self.ended is not None and self._seq >= (self._situation_seq or 0)

    async def follow(self) -> None:
        """Listen until cancelled; where the connection is lost, ask for what came after."""
        async for socket in connect_to(f"{self._tab.url}/api/live", self._tab.cookies):
            try:
                await socket.send(json.dumps({"watch": self._run_id, "after": self._seq}))
                async for text in socket:
                    self.take(json.loads(text), time.perf_counter())
            except ConnectionClosed:
                pass
            self.lost += 1

    def take(self, message: dict[str, Any], now: float) -> None:
        """Take a message of the server that arrived at this moment."""
        if situation := message.get("situation"):
            self._situation_seq = self.status_seq = situation["last_seq"]
            self.status = situation["status"]
        for event in message.get("events", ()):
            self._take_event(event, now)
        self.is_caught_up |= self._situation_seq is not None and self._seq >= self._situation_seq
        if self.ended is None and self.status and RunStatus(self.status).is_over:
            self.ended = now
        self.news.set()

    def _take_event(self, event: dict[str, Any], now: float) -> None:
        self.heard.append(Heard(event["seq"], event["kind"], now))
        self._seq = max(self._seq, event["seq"])
        # One who comes late hears of the past, too: it does not undo what the situation says.
        if event["kind"] == "status" and event["seq"] > (self._situation_seq or 0):
            self.status, self.status_seq = event["data"]["status"], event["seq"]
