"""The same figure, larger: for a projector and its back row."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go

# The keys of Plotly's layout and traces that hold pixels: of text and markers, of lines, and of
# the margins that the text stands in.
_LENGTHS: Final = frozenset({"size", "width", "l", "r", "t", "b"})
_OF_THE_WHOLE_FIGURE: Final = frozenset({"width", "height"})
_SUBTREES: Final = (dict, list, tuple)
_PLOTLY_FONT: Final = 12  # pixels, where a figure says nothing


def enlarged(figure: go.Figure, factor: float) -> go.Figure:
    """Copy a figure with its text, lines, markers and margins enlarged; the data stay as they are.

    Args:
        figure: left unchanged.
        factor: 1.0 changes nothing that can be seen.
    """
    layout = figure.layout.to_plotly_json()
    font = layout.setdefault("font", {})
    font.setdefault("size", figure.layout.template.layout.font.size or _PLOTLY_FONT)
    larger = {
        name: part if name in _OF_THE_WHOLE_FIGURE else _scaled(name, part, factor)
        for name, part in layout.items()
    }
    traces = [_scaled("", trace.to_plotly_json(), factor) for trace in figure.data]
    return go.Figure({"data": traces, "layout": larger})


def _scaled(name: str, value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return {inner: _scaled(inner, part, factor) for inner, part in value.items()}
    if isinstance(value, (list, tuple)) and any(isinstance(part, _SUBTREES) for part in value):
        return [_scaled("", part, factor) for part in value]
    if name in _LENGTHS and isinstance(value, (int, float)) and not isinstance(value, bool):
        return value * factor
    return value
