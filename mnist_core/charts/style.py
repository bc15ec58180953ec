"""The visual language of every chart: one colour for one idea, and never colour alone.

Training is a solid line with circles, validation a dashed line with squares; as bars, training is
plain, validation striped and test dotted. Backgrounds are transparent, and text that sets no
colour of its own is a grey that reads on white and on black, so that one figure does for a light
and a dark page.
"""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go

TRAINING: Final = "#0072B2"
VALIDATION: Final = "#E69F00"
RIGHT: Final = "#009E73"
WRONG: Final = "#D55E00"
TEST: Final = "#CC79A7"
# Weights, products and activations above and below 0; below 0 is also dashed, or smaller.
POSITIVE: Final = "#8250DF"
NEGATIVE: Final = "#857A00"

# The ten digits where each needs a colour of its own, which no two of ten readers see alike: the
# number always stands beside it. From Petroff 2021, Accessible color sequences for data
# visualization, in an order that gives unlike colours to 4, 7 and 9, and to 3, 5 and 8, which lie
# among each other; pink in place of an orange that is too much like the vermilion of mistakes.
DIGIT_COLOURS: Final = (
    "#94a4a2",
    "#e57fc0",
    "#a96b59",
    "#832db6",
    "#3f90da",
    "#92dadd",
    "#b9ac70",
    "#bd1f01",
    "#717581",
    "#ffa90e",
)

# Up to eight runs in one chart, each with its own marker; its letter stands at the curve's end.
# All have 3.6 to 1 or more against the light and the dark page.
RUN_COLOURS: Final = (
    "#2f7fd0",
    "#c8601a",
    "#0f958c",
    "#9a5fd6",
    "#85871a",
    "#cf4f9c",
    "#74808c",
    "#a0703f",
)
RUN_SYMBOLS: Final = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "cross",
    "triangle-down",
    "x",
    "star",
)

# 4.5 to 1 against white and 4.6 to 1 against black: readable on both.
TEXT: Final = "#767676"
GRID: Final = "rgba(128, 128, 128, 0.25)"

# Pixels, chosen for a class that reads a projector from the back row.
FONT_SIZE: Final = 16
TITLE_SIZE: Final = 20
LINE_WIDTH: Final = 3
FINE_LINE_WIDTH: Final = 1.5
MARKER_SIZE: Final = 9

_TICKS_AT_MOST: Final = 6
_MANY_EPOCHS: Final = 40
_SMALL_MARKER_SIZE: Final = 5


def template() -> go.layout.Template:
    """Return the colours that a page may replace by those of its own theme."""
    axis = {"gridcolor": GRID, "linecolor": GRID, "zerolinecolor": GRID, "automargin": True}
    return go.layout.Template(
        layout={
            "font": {"color": TEXT},
            "paper_bgcolor": "rgba(0, 0, 0, 0)",
            "plot_bgcolor": "rgba(0, 0, 0, 0)",
            "xaxis": axis,
            "yaxis": axis,
        }
    )


def training_look() -> dict[str, Any]:
    """Return line and marker of what was measured on training digits."""
    return {
        "line": {"color": TRAINING, "width": LINE_WIDTH, "dash": "solid"},
        "marker": {"color": TRAINING, "size": MARKER_SIZE, "symbol": "circle"},
    }


def validation_look() -> dict[str, Any]:
    """Return line and marker of what was measured on validation digits."""
    return {
        "line": {"color": VALIDATION, "width": LINE_WIDTH, "dash": "dash"},
        "marker": {"color": VALIDATION, "size": MARKER_SIZE, "symbol": "square"},
    }


def run_look(place: int) -> dict[str, Any]:
    """Return line and marker of one of several runs, by its place among them, from 0."""
    colour = RUN_COLOURS[place % len(RUN_COLOURS)]
    symbol = RUN_SYMBOLS[place % len(RUN_SYMBOLS)]
    return {
        "line": {"color": colour, "width": LINE_WIDTH},
        "marker": {"color": colour, "size": MARKER_SIZE, "symbol": symbol},
    }


def bar_look(colour: str, pattern: str = "") -> dict[str, Any]:
    """Return the marker of bars: their colour, and a pattern that tells them apart without it.

    Args:
        colour: of the bar.
        pattern: one of plotly's shapes, such as "/" or "."; none is a plain bar.
    """
    # Without a background of its own, a patterned bar would be transparent.
    drawn = {"shape": pattern, "fgcolor": "#1B1F24", "bgcolor": colour, "size": 9}
    return {"color": colour, "pattern": drawn, "line": {"color": TEXT, "width": 1}}


def lay_out_alone(figure: go.Figure, height: int) -> None:
    """Set for a figure of one plot its height, its legend above, and its sizes; nothing zooms it.

    Args:
        figure: changed in place.
        height: in pixels.
    """
    figure.update_layout(
        template=template(),
        height=height,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        hoverlabel_font_size=FONT_SIZE,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        legend_font_size=FONT_SIZE,
    )
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(tickfont_size=FONT_SIZE, title_font_size=FONT_SIZE, fixedrange=True)


def marker_size(epochs: int) -> int:
    """Choose the size of markers in pixels: small where there are so many that they touch."""
    return MARKER_SIZE if epochs <= _MANY_EPOCHS else _SMALL_MARKER_SIZE


def epoch_step(epochs: int) -> int:
    """Choose the distance between the ticks of an axis of epochs: 1, 2, 5, 10, 20, 50 ...

    Args:
        epochs: how many epochs the axis shows.

    Returns:
        The smallest such number that needs no more than a handful of ticks.
    """
    power = 1
    while True:
        for factor in (1, 2, 5):
            if epochs <= factor * power * _TICKS_AT_MOST:
                return factor * power
        power *= 10
