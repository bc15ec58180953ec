"""Browsers that send what no page expects: the session recovers, and the log stays readable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from mnist_core.config import TrainingConfig
from mnist_core.store import ClassRules, Run
from tests.e2e.server import TEACHER_SECRET, Server
from tests.e2e.train_page import PATIENCE

WIDGETS = ("slider", "number_input", "selectbox")
BROKE = "Something broke on this page"
PAGES = [
    *("", "data", "train", "results", "mistakes", "look_inside", "draw", "my_digits", "runs"),
    *("compare", "grid", "worksheets", "glossary", "ten_minutes_before_class"),
    *("join", "teacher"),
]
NONSENSE: list[dict[str, Any]] = [
    {"int_value": -(2**60)},
    {"double_array_value": {"data": [float("nan"), 1e300, -1.0]}},
    {"string_value": "\0" * 1000},
    {"string_array_value": {"data": ["x", "", "\0"]}},
]


@pytest.fixture(scope="module")
def run(server: Server) -> Run:
    config = TrainingConfig(layers=(), epochs=1, fraction=0.05, batch_size=50)
    [run] = server.train(config)
    return run


@pytest.fixture(scope="module")
def query(server: Server, run: Run) -> Iterator[Callable[[str], str]]:
    """The parameters with which a page shows all that it can."""
    with server.store() as store:
        made = store.create_class("7b", ClassRules(typed_names=True))
        store.join_class(made.id, "brave otter", "one two three", token="elsewhere")
        special = {
            "join": urlencode({"class": made.code}),
            "teacher": urlencode({"secret": TEACHER_SECRET, "class": made.id}),
        }
        yield lambda page: special.get(page, f"run={run.id}")
        store.forget_class(made.id, with_runs=True)


class Tab:
    """A browser tab as the server sees it: messages there and back.

    Attributes:
        widgets: the ids of some controls, by their labels.
        all: the ids of everything that has one.
    """

    def __init__(self, socket: ClientConnection, page: str, query: str) -> None:
        self._socket, self._page, self._query = socket, page, query
        self.widgets: dict[str, str] = {}
        self.all: set[str] = set()

    def run(self, *states: WidgetState) -> str:
        """Let the page's script run with these values; gives the coloured boxes."""
        asked = BackMsg()
        asked.rerun_script.page_name = self._page
        asked.rerun_script.query_string = self._query
        asked.rerun_script.widget_states.widgets.extend(states)
        self.send(asked.SerializeToString())
        said = []
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(PATIENCE / 1000))
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "alert":
                said.append(element.alert.body)
            elif kind in WIDGETS:
                self.widgets[getattr(element, kind).label] = getattr(element, kind).id
            if element_id := kind and getattr(getattr(element, kind), "id", ""):
                self.all.add(element_id)
            if message.WhichOneof("type") == "script_finished":
                return "\n".join(said)

    def send(self, data: bytes) -> None:
        self._socket.send(data)


def in_a_tab(
    server: Server, story: Callable[[Tab], object], page: str = "train", query: str = ""
) -> None:
    address = f"{server.url.replace('http', 'ws')}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
        tab = Tab(socket, page, query)
        assert BROKE not in tab.run()
        story(tab)


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        ("Hidden layers", {"int_value": 77}),
        ("Activation", {"int_value": 77}),
        ("Seed", {"string_value": "nonsense"}),
    ],
)
def test_a_value_of_a_wrong_type_does_not_break_a_tab_for_good(
    server: Server, label: str, wrong: dict[str, object]
) -> None:
    def story(tab: Tab) -> None:
        said = [tab.run(WidgetState(id=tab.widgets[label], **wrong))]
        said += [tab.run() for _ in range(3)]
        assert said[-1] == ""
        assert all(BROKE in each for each in said if each)

    in_a_tab(server, story)


@pytest.mark.parametrize("page", PAGES)
def test_nonsense_for_every_control_at_once_breaks_no_page_for_good(
    server: Server, query: Callable[[str], str], page: str
) -> None:
    def story(tab: Tab) -> None:
        assert page != "teacher" or any("rules-" in each for each in tab.all)
        for wrong in NONSENSE:
            tab.run(*(WidgetState(id=each, **wrong) for each in tab.all))
            assert (wrong, any(BROKE not in tab.run() for _ in range(3))) == (wrong, True)

    in_a_tab(server, story, page, query(page))


def test_a_message_that_is_none_leaves_no_traceback_in_the_log(server: Server) -> None:
    before = len(server.log.read_text())

    def story(tab: Tab) -> None:
        tab.send(b"\xff\xff\xff this is no message")
        with pytest.raises(ConnectionClosed):  # it may come back, as browsers do
            tab.run()

    in_a_tab(server, story)
    logged = server.log.read_text()[before:]
    assert "Error deserializing back message" in logged
    assert "Traceback" not in logged
