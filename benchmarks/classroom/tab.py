"""A browser's tab without the browser: Streamlit's protocol and nothing that draws.

One WebSocket a tab. It asks for a run of the page's script with the values of all widgets, and
gets the page's elements and a word that the script is done. Elements that the server has sent
before come as their hash, as with a browser.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlencode

import httpx
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.classroom.widgets import Widget, Widgets, moved, pressed, stated, told

OPENING_SECONDS: Final = 120
OVERTAKEN: Final = ForwardMsg.FINISHED_EARLY_FOR_RERUN  # the script runs again at once


class Tab:
    """One tab of one browser, with a cookie jar of its own.

    What a person does gives the seconds until the page's script has answered; one thing is done
    after the other. Belongs to one event loop.

    Args:
        url: of the server, such as "http://127.0.0.1:8501".
        socket: connected to its stream.
        cookies: as the server gave them with the page.

    Attributes:
        url, cookies: as above.
        query: what stands in the address after the question mark.
        problems: exceptions and red boxes on the page, and what else went wrong.
        on_element: called with the kind of each element as it arrives.
        on_finish: called when a script has come to its end.
    """

    def __init__(self, url: str, socket: ClientConnection, cookies: str) -> None:
        self.url, self.cookies = url, cookies
        self.query: dict[str, str] = {}
        self.problems: list[str] = []
        self.on_element: Callable[[str], None] = lambda _: None
        self.on_finish: Callable[[], None] = lambda: None
        self._socket = socket
        self._widgets = Widgets()
        self._cache = _Cache()
        self._pages: dict[str, str] = {}
        self._page = self._frame = ""
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[None] | None = None

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, path: str = "", query: str = "") -> AsyncIterator[Self]:
        """Open a page as a new browser does, and leave it at the end."""
        async with httpx.AsyncClient(verify=False, timeout=OPENING_SECONDS) as browser:
            (await browser.get(f"{url}/{path}")).raise_for_status()
            cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        async with connect_to(f"{url}/_stcore/stream", cookies, ["streamlit"]) as socket:
            tab = cls(url, socket, cookies)
            tab.query = dict(parse_qsl(query))
            listening = asyncio.create_task(tab._listen())
            try:
                await tab._ask(page_name=path)
                yield tab
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def slide(self, name: str, stop: str) -> float:
        """Move a slider to one of its stops."""
        began = time.perf_counter()
        async with self._turn:
            widget = self.find("slider", name)
            self._widgets.set(moved(widget, stop))
            if widget.proto.query_param_key:
                self.query[widget.proto.query_param_key] = stop
            await self._ask(fragment_id=widget.fragment)
        return time.perf_counter() - began

    async def press(self, name: str) -> float:
        """Press a button."""
        began = time.perf_counter()
        async with self._turn:
            widget = self._button(name)
            await self._ask(pressed(widget), fragment_id=widget.fragment)
        return time.perf_counter() - began

    async def press_and_go_on(self, name: str) -> None:
        """Press a button and wait for nothing."""
        async with self._turn:
            widget = self._button(name)
            await self._send(pressed(widget), fragment_id=widget.fragment)

    async def tell(self, component: str, event: str, value: object) -> float:
        """Let a component say something once."""
        began = time.perf_counter()
        async with self._turn:
            widget = self.find("bidi_component", component)
            await self._ask(told(widget, event, value), fragment_id=widget.fragment)
        return time.perf_counter() - began

    async def state(self, component: str, **values: object) -> float:
        """Let a component hold other values."""
        began = time.perf_counter()
        async with self._turn:
            widget = self.find("bidi_component", component)
            self._widgets.set(stated(widget, **values))
            await self._ask(fragment_id=widget.fragment)
        return time.perf_counter() - began

    async def visit(self, path: str) -> float:
        """Go to another page by its link."""
        began = time.perf_counter()
        async with self._turn:
            self._widgets.keep_only(self._frame)
            self._page, self.query = self._pages[path], {}
            await self._ask()
        return time.perf_counter() - began

    def find(self, kind: str, name: str) -> Widget:
        """Find a widget of the page.

        Raises:
            LookupError: the page has none.
        """
        return self._widgets.find(kind, name)

    def data(self, component: str) -> Mapping[str, Any]:
        """Return what the page's script has given to a component.

        Raises:
            LookupError: the page has no such component.
        """
        data: Mapping[str, Any] = json.loads(self.find("bidi_component", component).proto.json)
        return data

    def _button(self, name: str) -> Widget:
        widget = self.find("button", name)
        if widget.proto.disabled:
            raise LookupError(f"the button “{name}” is grey")
        return widget

    async def _ask(self, *once: WidgetState, **where: str) -> None:
        """Let the script run, and wait until it has come to its end."""
        self._answer = asyncio.get_running_loop().create_future()
        await self._send(*once, **where)
        await self._answer

    async def _send(self, *once: WidgetState, **where: str) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = urlencode(self.query)
        rerun.page_script_hash = self._page
        rerun.cached_message_hashes.extend(self._cache.hashes())
        rerun.widget_states.widgets.extend([*self._widgets.values(), *once])
        rerun.context_info.CopyFrom(
            ContextInfo(url=self.url, timezone="UTC", locale="en", color_scheme="light")
        )
        for name, value in where.items():
            setattr(rerun, name, value)
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        try:
            async for payload in self._socket:
                message = ForwardMsg()
                message.ParseFromString(payload)
                self._take(message)
        except Exception as error:  # noqa: BLE001 - whoever waits for an answer is to hear of it
            self._fail(error)
        else:
            self._fail(ConnectionError("the server closed the connection"))

    def _take(self, message: ForwardMsg) -> None:
        metadata = message.metadata
        message = self._cache.whole(message)
        match message.WhichOneof("type"):
            case "new_session":
                self._widgets.begin()
                self._frame = message.new_session.main_script_hash
                self._cache.longest = message.new_session.config.max_cached_message_age
            case "navigation":
                self._page = message.navigation.page_script_hash
                self._pages = {
                    page.url_pathname: page.page_script_hash
                    for page in message.navigation.app_pages
                }
            case "page_info_changed":
                self.query = dict(parse_qsl(message.page_info_changed.query_string))
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._take_element(message, metadata.active_script_hash)
            case "page_not_found":
                self.problems.append("There is no such page.")
            case "session_event" if message.session_event.HasField("script_compilation_exception"):
                self.problems.append(message.session_event.script_compilation_exception.message)
            case "script_finished" if message.script_finished != OVERTAKEN:
                self._finish(list(metadata.run.fragment_ids))

    def _take_element(self, message: ForwardMsg, script: str) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind is None:
            return
        self.on_element(kind)
        proto = getattr(element, kind)
        if kind == "exception" and not proto.is_warning:
            self.problems.append(f"{proto.type}: {proto.message}")
        elif kind == "alert" and proto.format == Alert.ERROR:
            self.problems.append(proto.body)
        elif getattr(proto, "id", ""):
            self._widgets.take(Widget(kind, proto, message.delta.fragment_id, script))

    def _fail(self, error: Exception) -> None:
        self.problems.append(f"{type(error).__name__}: {error}")
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _finish(self, fragments: list[str]) -> None:
        self._widgets.end(fragments)
        if not fragments:
            self._cache.age()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)
        self.on_finish()


class _Cache:
    """Large messages, by their hashes, for as many runs of the script as the server says."""

    def __init__(self) -> None:
        self.longest = 2
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}
        self._runs = 0

    def whole(self, message: ForwardMsg) -> ForwardMsg:
        """Return a message as it is, or the one that it stands for."""
        if message.WhichOneof("type") == "ref_hash":
            message, _ = self._kept[message.ref_hash]
        elif not message.metadata.cacheable:
            return message
        self._kept[message.hash] = message, self._runs
        return message

    def hashes(self) -> list[str]:
        """Say what need not be sent again."""
        return [*self._kept]

    def age(self) -> None:
        """Note the end of a run of the script, and let go what was not needed of late."""
        self._runs += 1
        for hash_, (_, used) in [*self._kept.items()]:
            if self._runs - used > self.longest:
                del self._kept[hash_]


def connect_to(url: str, cookies: str, protocols: list[str] | None = None) -> connect:
    """Connect as this browser, without the pings that browsers do not send either.

    Args:
        url: with "http", as a page has it.
        cookies: as the server gave them.
        protocols: what else is asked for.
    """
    return connect(
        url.replace("http", "ws", 1),
        additional_headers={"Cookie": cookies} if cookies else None,
        subprotocols=protocols,  # type: ignore[arg-type]
        compression=None,
        max_size=None,
        ping_interval=None,
        open_timeout=OPENING_SECONDS,
    )
