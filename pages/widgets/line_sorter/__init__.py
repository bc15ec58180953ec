"""Lines to be put into an order: dragged, or moved by the buttons beside them."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_line_sorter(
    lines: Sequence[tuple[str, str]], *, marked: int | None, key: str
) -> list[str] | None:
    """Draw lines, to be put into another order.

    Args:
        lines: name and text of each, in the order to begin with.
        marked: place of a line that is in the wrong place, from 0.
        key: the element's key; the order belongs to it.

    Returns:
        The names in the order that they have in the browser; None where it is not one of these
        lines' orders.
    """
    data = {"lines": [{"name": name, "text": text} for name, text in lines], "marked": marked}
    _component(key=key, data=data, on_order_change=lambda: None)
    order = (st.session_state.get(key) or {}).get("order")
    names = [name for name, _ in lines]
    if order is None:
        return names
    is_order = isinstance(order, list) and all(isinstance(name, str) for name in order)
    return order if is_order and sorted(order) == sorted(names) else None
