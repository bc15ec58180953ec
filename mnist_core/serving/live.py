"""Live events: from the store to every browser that watches a run.

One task a server reads the events of all watched runs and fans them out; a watcher costs a
queue, not a query. Read only: whoever connects can see runs and change nothing.
Knows nothing of Streamlit, Keras or Dask, and of events no more than their number; what they mean
is said by live_words.
"""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import hashlib
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final, NamedTuple, Self

from plotly import offline
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from mnist_core.errors import RunNotFoundError
from mnist_core.serving.host_names import is_own_page
from mnist_core.serving.live_words import LiveWords
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import Event, Situation, Store

# Seconds. Ten looks a second is as fast as an eye follows a curve.
POLL_SECONDS: Final = 0.1
SITUATION_SECONDS: Final = 0.5
# A socket that is silent for longer than a few of these is dead, and the browser tries again.
SIGN_OF_LIFE_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 1.0

EVENTS_A_READ: Final = 1000
# Messages that wait for one watcher, for each run that it watches: ten seconds at full speed.
OUTBOX_SIZE: Final = 100
# Bytes that wait for one watcher: a hundred epochs of eight runs, and as much again.
OUTBOX_BYTES: Final = 16_000_000
RUNS_AT_MOST: Final = 8
# Characters of what a browser sends: eight runs and their seqs take half of it.
LONGEST_WISH: Final = 1000

# WebSocket close codes, RFC 6455 section 7.4.1 and the registry of IANA.
NORMAL: Final = 1000
NOT_UNDERSTOOD: Final = 1003
NOT_ALLOWED: Final = 1008
RESTARTING: Final = 1012
TOO_SLOW: Final = 1013

_LARGEST_IN_JAVASCRIPT: Final = 2**53
_LONGEST_ID: Final = 64

_log = logging.getLogger(__name__)


class LiveHub:
    """Reads the events of all watched runs once, and gives each watcher what it lacks.

    Belongs to one event loop. ``async with hub:`` in the server's lifespan starts the reading
    task and, at the end, closes every socket at once.

    Args:
        store: what it reads.
        health: what is told beside each run while there is trouble.
        trusts: whether pages of another origin, such as "https://school.example", may listen.
            Where a proxy rewrites Host, our own pages are of another.

    Attributes:
        events_told: how many events were put on their way so far, each as often as it was told.
    """

    def __init__(
        self,
        store: Store,
        health: StoreHealth | None = None,
        *,
        trusts: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._store, self._health, self._trusts = store, health or StoreHealth(), trusts
        self._watchers: set[_Watcher] = set()
        self._words: dict[str, LiveWords] = {}
        self._news = asyncio.Event()
        self._situations_due = 0.0
        self._nothing_new: tuple[int | None, dict[str, int]] | None = None
        self._closed = False
        self._last_fault = ""
        self.events_told = 0

    @property
    def watchers(self) -> int:
        """How many sockets are open."""
        return len(self._watchers)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.run(), name="live events")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def run(self) -> None:
        """Read and tell until cancelled; costs nothing while nobody watches."""
        try:
            while True:
                self._news.clear()
                more_waits = await self._tell_all()
                if not more_waits:
                    await self._rest()
        finally:
            self._closed = True
            for watcher in self._watchers:
                watcher.end(RESTARTING, "the server is stopping")

    async def serve(self, websocket: WebSocket) -> None:
        """Answer one browser tab: it names runs and seqs, and gets all that came after."""
        if self._closed or not await self._is_from_own_page(websocket):
            await websocket.close(NOT_ALLOWED)
            return
        await websocket.accept()
        watcher = _Watcher()
        self._watchers.add(watcher)
        try:
            await _until_first(
                self._listen(websocket, watcher), watcher.deliver(websocket), watcher.over.wait()
            )
        finally:
            self._watchers.discard(watcher)
            self._forget_unwatched()
        await _close(websocket, watcher)

    async def _is_from_own_page(self, websocket: WebSocket) -> bool:
        """Refuse pages of other sites; what is no browser sends no Origin and could forge one."""
        origin, host = (websocket.headers.get(name) for name in ("origin", "host"))
        return origin is None or await is_own_page(origin, host or "", self._trusts)

    async def _listen(self, websocket: WebSocket, watcher: _Watcher) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                try:
                    wish = _parse_wish(await websocket.receive())
                except ValueError as error:
                    watcher.end(NOT_UNDERSTOOD, str(error))
                    return
                watcher.watch(wish)
                self._news.set()
                await asyncio.sleep(POLL_SECONDS)  # who asks without end gets no more looks

    async def _rest(self) -> None:
        somebody_watches = any(watcher.runs for watcher in self._watchers)
        with suppress(TimeoutError):
            await asyncio.wait_for(
                self._news.wait(), timeout=POLL_SECONDS if somebody_watches else None
            )

    async def _tell_all(self) -> bool:
        try:
            await self._tell_situations()
            more_waits = await self._tell_events()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look may succeed
            self._log_once(error)
            return False
        self._last_fault = ""
        return more_waits

    def _log_once(self, error: Exception) -> None:
        fault = f"{type(error).__name__}: {error}"
        if fault != self._last_fault:
            _log.warning("Live events wait, the store can't be read: %s", fault)
        self._last_fault = fault

    async def _tell_situations(self) -> None:
        now = time.monotonic()
        all_due = now >= self._situations_due
        if all_due:
            self._situations_due = now + SITUATION_SECONDS
        run_ids = {each.run_id for each in self._watched() if all_due or not each.is_told}
        if not run_ids:
            return
        self._words |= await asyncio.to_thread(self._find_words, run_ids - self._words.keys())
        self._forget_unwatched()
        situations = await asyncio.to_thread(self._store.situations, run_ids)
        for run_id in situations.keys() & self._words.keys():
            self._words[run_id].situation = situations[run_id]
        for watcher in self._watchers:
            for run_id in run_ids & watcher.runs.keys():
                watcher.tell_situation(run_id, situations.get(run_id), self._words_of(run_id), now)

    def _find_words(self, run_ids: Iterable[str]) -> dict[str, LiveWords]:
        found = {}
        for run_id in run_ids:
            with suppress(RunNotFoundError):
                run = self._store.get_run(run_id)
                found[run_id] = LiveWords(run, self._store.read_history(run_id))
        return found

    def _words_of(self, run_id: str) -> dict[str, str]:
        words = self._words[run_id].now() if run_id in self._words else {}
        if words and (trouble := self._health.words()):
            words["state"] = f"{words['state']} {trouble}"
        return words

    def _forget_unwatched(self) -> None:
        """Keep no words of a run whose events are read no more: they would miss some."""
        for run_id in self._words.keys() - {each.run_id for each in self._watched()}:
            del self._words[run_id]

    def _watched(self) -> Iterator[_Watched]:
        """Yield every run as often as somebody watches it."""
        for watcher in self._watchers:
            yield from watcher.runs.values()

    async def _tell_events(self) -> bool:
        after: dict[str, int] = {}
        for each in self._watched():
            if each.is_told:
                after[each.run_id] = min(each.seq, after.get(each.run_id, each.seq))
        if not after:
            return False
        state = self._store.data_version(), after
        if state == self._nothing_new:
            return False
        events = await asyncio.to_thread(self._store.read_events, after, EVENTS_A_READ)
        # Where the store can't tell whether it has changed, it is read again.
        self._nothing_new = None if events or state[0] is None else state
        by_run: dict[str, list[_Line]] = defaultdict(list)
        for event in events:
            by_run[event.run_id].append(_line(event))
            if event.run_id in self._words:
                self._words[event.run_id].take(event)
        for watcher in self._watchers:
            for run_id in by_run.keys() & watcher.runs.keys():
                self.events_told += watcher.tell_events(
                    run_id, by_run[run_id], self._words_of(run_id), after[run_id]
                )
        return len(events) >= EVENTS_A_READ


class _Line(NamedTuple):
    """An event as it goes over the wire, encoded once for all who watch."""

    seq: int
    text: str


class _Watched:
    """A run as one socket watches it: what it has been told of it."""

    def __init__(self, run_id: str, seq: int) -> None:
        self.run_id, self.seq = run_id, seq
        self._situation: Situation | None = None
        self._told_at = 0.0
        self._words: dict[str, str] = {}

    @property
    def is_told(self) -> bool:
        """True once it knows its run's situation, which comes before any event."""
        return self._situation is not None

    def situation_message(
        self, situation: Situation, words: Mapping[str, str], now: float
    ) -> str | None:
        """Write what is new of the situation, or give a sign of life; None where neither is due."""
        # last_seq moves with every event and says nothing that the events do not.
        news = dataclasses.replace(situation, last_seq=0)
        if news == self._situation and now - self._told_at < SIGN_OF_LIFE_SECONDS:
            return None
        self._situation, self._told_at = news, now
        told = {**vars(situation), "server_time": round(time.time() * 1000)}
        return json.dumps({"run": self.run_id, "situation": told, "words": self._new(words)})

    def events_message(
        self, lines: list[_Line], words: Mapping[str, str], after: int
    ) -> str | None:
        """Write the events that it lacks; None where there are none."""
        new = [line for line in lines if line.seq > self.seq]
        # One that asked for an earlier seq while the store was read would miss some.
        if not self.is_told or not new or self.seq < after:
            return None
        self.seq = new[-1].seq
        events = ", ".join(line.text for line in new)
        head = json.dumps({"run": self.run_id, "words": self._new(words)})
        return f'{head[:-1]}, "events": [{events}]}}'

    def _new(self, words: Mapping[str, str]) -> dict[str, str]:
        """Leave out what this watcher has been told already."""
        new = {key: text for key, text in words.items() if text != self._words.get(key)}
        self._words |= new
        return new


class _Watcher:
    """One socket: which runs it watches, and what waits to be sent."""

    def __init__(self) -> None:
        self.runs: dict[str, _Watched] = {}
        self.over = asyncio.Event()
        self.code, self.reason = NORMAL, ""
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._waiting_bytes = 0

    def watch(self, wish: Mapping[str, int]) -> None:
        """Watch these runs from now on, each from an event on, and no others."""
        self.runs = {run_id: _Watched(run_id, after) for run_id, after in wish.items()}

    def tell_situation(
        self, run_id: str, situation: Situation | None, words: Mapping[str, str], now: float
    ) -> None:
        watched = self.runs.get(run_id)  # it may have been cut off a moment ago
        if watched is None:
            return
        if situation is None:
            del self.runs[run_id]
            self._post(json.dumps({"run": run_id, "missing": True}))
        else:
            self._post(watched.situation_message(situation, words, now))

    def tell_events(
        self, run_id: str, lines: list[_Line], words: Mapping[str, str], after: int
    ) -> int:
        """Post the events that it lacks of a run, and say how many these are."""
        watched = self.runs.get(run_id)
        if watched is None:
            return 0
        before = watched.seq
        self._post(watched.events_message(lines, words, after))
        return watched.seq - before

    def end(self, code: int, reason: str) -> None:
        self.runs = {}
        self.code, self.reason = code, reason
        self.over.set()

    async def deliver(self, websocket: WebSocket) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                text = await self._outbox.get()
                self._waiting_bytes -= len(text)
                await websocket.send_text(text)

    def _post(self, text: str | None) -> None:
        if text is None:
            return
        has_room = self._outbox.qsize() < OUTBOX_SIZE * max(1, len(self.runs))
        if has_room and self._waiting_bytes < OUTBOX_BYTES:
            self._outbox.put_nowait(text)
            self._waiting_bytes += len(text)
        else:
            # Rather than hold ever more for it: it comes back with the last seq it has.
            self.end(TOO_SLOW, "too slow")


def routes(hub: LiveHub) -> list[Route | WebSocketRoute]:
    """Return the routes of live events and of the drawing library."""
    return [WebSocketRoute("/api/live", hub.serve), Route("/api/plotly.js", _plotly_js)]


@cache
def plotly_url() -> str:
    """Return the address of plotly.js, as seen from a page.

    It changes with the version, so it can be kept for good.
    """
    return f"api/plotly.js?v={offline.get_plotlyjs_version()}"


async def _plotly_js(request: Request) -> Response:
    script, etag = await asyncio.to_thread(_compressed_plotly)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        script = await asyncio.to_thread(gzip.decompress, script)
    return Response(script, media_type="text/javascript", headers=headers)


@cache
def _compressed_plotly() -> tuple[bytes, str]:
    script = gzip.compress(offline.get_plotlyjs().encode(), mtime=0)
    return script, f'"{hashlib.sha256(script).hexdigest()[:16]}"'


def _parse_wish(message: Mapping[str, Any]) -> dict[str, int]:
    """Read which runs a browser wants to watch, and the last event that it knows of each."""
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", NORMAL))
    text = message.get("text") or ""
    if len(text) > LONGEST_WISH:
        raise ValueError(f"a message has at most {LONGEST_WISH} characters")
    try:
        wish = json.loads(text)
        watched = wish["watch"]
        wanted = watched if isinstance(watched, dict) else {watched: wish.get("after", 0)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError('expected {"watch": run, "after": seq}') from None
    if len(wanted) > RUNS_AT_MOST:
        raise ValueError(f"“watch” may name {RUNS_AT_MOST} runs")
    for run_id, after in wanted.items():
        if not isinstance(run_id, str) or not 0 < len(run_id) <= _LONGEST_ID:
            raise ValueError("“watch” must be the id of a run")
        if type(after) is not int or not 0 <= after < _LARGEST_IN_JAVASCRIPT:
            raise ValueError("“after” must be a whole number from 0")
    return wanted


def _line(event: Event) -> _Line:
    message = {
        "run": event.run_id,
        "seq": event.seq,
        "kind": event.kind,
        "data": event.data,
        "at": round(event.created_at.timestamp() * 1000),
    }
    return _Line(event.seq, json.dumps(message))


async def _until_first(*steps: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(step) for step in steps]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _close(websocket: WebSocket, watcher: _Watcher) -> None:
    if websocket.client_state is not WebSocketState.CONNECTED:
        return
    # One that takes nothing does not take the farewell either.
    with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
        await asyncio.wait_for(websocket.close(watcher.code, watcher.reason), CLOSE_SECONDS)
