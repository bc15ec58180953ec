"""What a browser keeps of a page's widgets: each rerun carries the value of every one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

# What a component's triggers are called in Streamlit's protocol: no page needs to know it.
TRIGGERS: Final = "$$STREAMLIT_INTERNAL_KEY_{id}__events"


@dataclass(frozen=True)
class Widget:
    """An element that a person can move or press.

    Attributes:
        kind: its name in Streamlit's protocol, such as "slider".
        proto: the element as it came.
        fragment: which part of the page runs again when it is moved; empty for all of it.
        script: the hash of the script that drew it: the page's, or that of the frame around it.
    """

    kind: str
    proto: Any
    fragment: str = ""
    script: str = ""

    @property
    def id(self) -> str:
        """Its name between browser and server."""
        return str(self.proto.id)

    @property
    def name(self) -> str:
        """What a person calls it; a component's own name where it is one."""
        return str(self.proto.component_name if self.kind == "bidi_component" else self.proto.label)

    @property
    def options(self) -> list[str]:
        """The stops of a slider that has some."""
        return list(self.proto.options)


class Widgets:
    """The widgets of one page and their values."""

    def __init__(self) -> None:
        self._shown: dict[str, Widget] = {}
        self._values: dict[str, WidgetState] = {}
        self._drawn: set[str] = set()

    def begin(self) -> None:
        """Note that the page is about to be drawn."""
        self._drawn = set()

    def take(self, widget: Widget) -> None:
        """Take an element as it was drawn: with its own value, unless a person has moved it."""
        self._drawn.add(widget.id)
        self._shown[widget.id] = widget
        if widget.id not in self._values or getattr(widget.proto, "set_value", False):
            value = value_of(widget)
            if value is not None:
                self._values[widget.id] = value

    def end(self, fragments: Iterable[str] = ()) -> None:
        """Forget what was not drawn this time: on the whole page, or in these parts of it."""
        parts = set(fragments)
        for id_, widget in [*self._shown.items()]:
            if id_ not in self._drawn and (not parts or widget.fragment in parts):
                self._forget(id_)

    def keep_only(self, script: str) -> None:
        """Leave the page: what this script has drawn stays, the frame around every page."""
        for id_, widget in [*self._shown.items()]:
            if widget.script != script:
                self._forget(id_)

    def find(self, kind: str, name: str) -> Widget:
        """Find a widget by what it is called; a component by how its name ends.

        Raises:
            LookupError: the page has none.
        """
        for widget in self._shown.values():
            if widget.kind == kind and widget.name.endswith(name):
                return widget
        raise LookupError(f"the page has no {kind} “{name}”")

    def set(self, value: WidgetState) -> None:
        """Keep a value that a person has chosen."""
        self._values[value.id] = value

    def values(self) -> list[WidgetState]:
        """Return the value of every widget that is on the page."""
        return [*self._values.values()]

    def _forget(self, id_: str) -> None:
        del self._shown[id_]
        self._values.pop(id_, None)


def value_of(widget: Widget) -> WidgetState | None:
    """Return what a browser says of a widget that nobody has moved; None where it says nothing."""
    proto = widget.proto
    state = WidgetState(id=proto.id)
    match widget.kind:
        case "slider" if proto.type == Slider.SELECT_SLIDER:
            chosen = [proto.options[int(place)] for place in proto.default]
            state.string_array_value.data[:] = proto.raw_value if proto.set_value else chosen
        case "slider":
            state.double_array_value.data[:] = proto.value if proto.set_value else proto.default
        case "button_group":
            chosen = [proto.options[place].content for place in proto.default]
            state.string_array_value.SetInParent()  # nothing chosen is a value, too
            state.string_array_value.data[:] = proto.raw_values if proto.set_value else chosen
        case "number_input":
            field = "value" if proto.set_value else "default"
            if proto.HasField(field):  # an empty one is sent without a value
                state.double_value = getattr(proto, field)
        case "checkbox":
            state.bool_value = proto.value if proto.set_value else proto.default
        case "selectbox":
            if proto.set_value and proto.HasField("raw_value"):
                state.string_value = proto.raw_value
            elif not proto.set_value and proto.HasField("default"):
                state.string_value = proto.options[proto.default]
        case "text_input" | "text_area":
            state.string_value = proto.value if proto.set_value else proto.default
        case _:
            return None
    return state


def moved(widget: Widget, stop: str) -> WidgetState:
    """Return a slider's value: one of its stops as it is written, or a number."""
    state = WidgetState(id=widget.id)
    if widget.options:
        state.string_array_value.data[:] = [stop]
    else:
        state.double_array_value.data[:] = [float(stop)]
    return state


def pressed(widget: Widget) -> WidgetState:
    """Return what a click on a button says, once."""
    return WidgetState(id=widget.id, trigger_value=True)


def told(widget: Widget, event: str, value: object) -> WidgetState:
    """Return what a component says once, such as that a run has another state."""
    events = json.dumps([{"event": event, "value": value}])
    return WidgetState(id=TRIGGERS.format(id=widget.id), json_trigger_value=events)


def stated(widget: Widget, **values: object) -> WidgetState:
    """Return what a component holds, such as the strokes of a drawing."""
    return WidgetState(id=widget.id, json_value=json.dumps(values))
