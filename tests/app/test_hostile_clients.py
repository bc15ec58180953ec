"""Clients that send too little, or what no browser would: no page breaks, nothing is stored."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from mnist_core.errors import DrawingError
from mnist_core.store import Run, Store
from pages.widgets.drawing_canvas import MOST_PENS, read_strokes
from pages.widgets.network_figure.traced import picked_node
from tests.app.page_helpers import SAMPLE
from tests.unit.export.export_helpers import finished_run

PAGES: list[tuple[str, dict[str, str]]] = [
    ("", {}),
    ("data", {}),
    ("train", {}),
    ("train", {"question": "Why?", "locked": "batch_size"}),
    ("results", {}),
    *(
        ("mistakes", {"view": view})
        for view in (
            *("Mistakes", "Digit by digit", "I don't know", "Two runs", "Label court"),
            "You against the network",
        )
    ),
    *(("inside", {"view": view}) for view in ("Network", "Map", "Shake it", "One update")),
    *(("draw", {"way": way}) for way in ("Draw", "Upload")),
    ("my_digits", {}),
    ("runs", {}),
    ("compare", {}),
    ("grid", {}),
    ("board", {"class": "nonsense"}),
    ("guess", {}),
    ("worksheets", {}),
    ("wall", {}),
]
IDS = [f"{path} {' '.join(query.values())}".strip() or "home" for path, query in PAGES]
# What the browser's halves of the components say, by the names they use, and how that may be wrong.
NAMES = ("chosen", "strokes", "order", "status_changed", "again", "changed")
JUNK = [*(-1, 1.0, 10**400, "x", [1.0, 2.0], [[1], {}]), {"run_id": 1, "status": None}]


@pytest.fixture
def run(store: Store) -> Run:
    """A finished run with all that pages show of it, and a digit set."""
    store.keep_digits("7b", SAMPLE.x_test[:2], [1, 2], owner="f" * 64)
    return finished_run(store, SAMPLE, owner=None)


@pytest.fixture
def opened(request: pytest.FixtureRequest, open_page: Callable[..., AppTest], run: Run) -> AppTest:
    path, query = request.param
    app = open_page(path, run=run.id, **query)
    assert not app.exception
    return app


def elements(app: AppTest, *kinds: str) -> Iterator[str]:
    """The ids of all elements of these kinds."""
    for kind in kinds:
        yield from (each.proto.id for each in app.get(kind) if each.proto.id)


def send(app: AppTest, *states: WidgetState) -> AppTest:
    """Let the page run with these values and no others."""
    return app._run(WidgetStates(widgets=states))


@pytest.mark.parametrize("opened", PAGES, ids=IDS, indirect=True)
def test_a_client_that_sends_nothing_but_a_click_breaks_no_page(opened: AppTest) -> None:
    for button in [*elements(opened, "button")]:
        send(opened, WidgetState(id=button, trigger_value=True))
        assert (button, [*opened.exception]) == (button, [])


@pytest.mark.parametrize("opened", PAGES, ids=IDS, indirect=True)
def test_what_no_component_would_say_breaks_no_page(opened: AppTest, store: Store) -> None:
    before = store.list_runs()
    components = [*elements(opened, "bidi_component")]
    for junk in JUNK:
        said = json.dumps(dict.fromkeys(NAMES, junk))
        events = json.dumps([junk, *({"event": name, "value": junk} for name in NAMES)])
        states = [WidgetState(id=each, json_value=said) for each in components]
        states += [
            WidgetState(id=_make_trigger_id(each, "events"), json_trigger_value=events)
            for each in components
        ]
        send(opened, *states, WidgetState(id="$$ID-0-of-another-page", string_value="x"))
        assert (junk, [*opened.exception]) == (junk, [])
    assert store.list_runs() == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=20,
)


@given(JSON)
def test_strokes_are_drawn_or_refused_with_a_sentence(sent: object) -> None:
    with contextlib.suppress(DrawingError):
        assert all(len(stroke.points) for stroke in read_strokes(sent))


@given(JSON, st.lists(st.integers(1, 5), max_size=3))
def test_a_picked_node_is_one_of_the_network_or_none(sent: object, widths: list[int]) -> None:
    node = picked_node(sent, widths)
    assert node is None or 0 <= node.number < widths[node.layer]


def test_more_pens_than_there_are_would_take_too_long_to_draw() -> None:
    strokes = [[1 / number, [[0.5, 0.5]]] for number in range(2, MOST_PENS + 3)]
    with pytest.raises(DrawingError, match="too many pens"):
        read_strokes(strokes)
