"""The heat map: what every combination of two settings came to, as a table of links.

A table and not a picture of one: keyboard and screen reader reach every cell, and a run can be
opened in another tab.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pages.widgets.shared.mounting import chosen_in, is_place, register_component

_component = register_component(Path(__file__).parent)


class Cell(NamedTuple):
    """What a cell shows.

    Attributes:
        text: a word or a number.
        words: the cell in full, for whoever points at it or can't see it.
        shade: 0, pale, to 1; None has no colour.
        address: where a click leads, as seen from the page; empty leads nowhere.
        is_framed: one of the best.
    """

    text: str
    words: str
    shade: float | None = None
    address: str = ""
    is_framed: bool = False


def render_heat_map(
    cells: Sequence[Sequence[Cell]],
    *,
    label: str,
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    key: str,
    on_choose: Callable[[int, int], None],
) -> None:
    """Draw the table.

    Args:
        cells: row by row.
        label: what the table is, for a screen reader.
        rows: what changes from row to row, and the value of each.
        columns: what changes from column to column, and the value of each.
        key: the element's key.
        on_choose: called with row and column of a cell with an address that was clicked.
    """

    def choose() -> None:
        place = chosen_in(key)
        if not isinstance(place, list) or len(place) != 2:
            return
        row, column = place
        if not is_place(row, len(cells)) or not is_place(column, len(cells[row])):
            return
        if cells[row][column].address:
            on_choose(row, column)

    _component(
        key=key,
        data={
            "label": label,
            "rows": [rows[0], list(rows[1])],
            "columns": [columns[0], list(columns[1])],
            "cells": [[cell._asdict() for cell in values] for values in cells],
        },
        on_chosen_change=choose,
    )
