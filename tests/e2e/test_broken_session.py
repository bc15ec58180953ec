"""Browsers that send what no page expects: the session recovers, and the log stays readable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.server import Server
from tests.e2e.train_page import PATIENCE

WIDGETS = ("slider", "number_input", "selectbox")
BROKE = "Something broke on this page"


class Tab:
    """A browser tab as the server sees it: messages there and back."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.widgets: dict[str, str] = {}

    def run(self, *states: WidgetState) -> str:
        """Let the page's script run with these values; gives the coloured boxes."""
        asked = BackMsg()
        asked.rerun_script.page_name = "train"
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
            if message.WhichOneof("type") == "script_finished":
                return "\n".join(said)

    def send(self, data: bytes) -> None:
        self._socket.send(data)


def in_a_tab(server: Server, story: Callable[[Tab], object]) -> None:
    address = f"{server.url.replace('http', 'ws')}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
        tab = Tab(socket)
        assert tab.run() == ""
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
