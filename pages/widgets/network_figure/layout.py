"""The drawing of a network as numbers: where its layers, nodes and connections lie.

Two forms: wide, layers from left to right, and upright, from top to bottom, for a phone. Lengths
are units of the drawing's own width; the upright form is meant to be shown about as large as it
is. Knows the settings and the standard library only; who draws it is not its business.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from mnist_core.config import CLASSES, PIXELS, TrainingConfig

MOST_DRAWN: Final = 12
"""Of a larger layer the first six nodes are drawn, three dots, and the last six."""


class Point(NamedTuple):
    """A place, from the upper left corner."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle by its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


class Text(NamedTuple):
    """A line of words: the middle of its height, and which end of it or its middle is at x."""

    words: str
    x: float
    y: float
    anchor: Literal["start", "middle"] = "middle"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as it is drawn.

    Attributes:
        name: "Input", "Layer 1" ..., "Output".
        nodes: how many it has.
        parameters: weights and biases; 0 for the input.
        arithmetic: how they come about, "784 × 128 weights + 128 biases = 100,480".
        drawn: the middle of each node that is drawn.
        dots: three dots that stand for the nodes that are not drawn; else empty.
        texts: its words: name, number of nodes, activation, number of parameters, and at the
            output the ten digits.
        area: what belongs to it, for pointing at it.
    """

    name: str
    nodes: int
    parameters: int
    arithmetic: str
    drawn: tuple[Point, ...]
    dots: tuple[Point, ...]
    texts: tuple[Text, ...]
    area: Box


@dataclass(frozen=True, slots=True)
class Diagram:
    """A whole drawing.

    Attributes:
        width: of everything.
        height: of everything.
        radius: of a node.
        picture: where the image of 28 × 28 pixels is shown.
        fan: the corners of the area between the image and the first layer.
        layers: input, hidden layers, output.
        edges: for each two neighbouring layers the lines from every drawn node of the one to
            every drawn node of the other, as two ends.
        total: all parameters with their sum, "100,480 + 1,290 = 101,770 parameters".
    """

    width: float
    height: float
    radius: float
    picture: Box
    fan: tuple[Point, ...]
    layers: tuple[Layer, ...]
    edges: tuple[tuple[tuple[Point, Point], ...], ...]
    total: str

    @property
    def description(self) -> str:
        """The drawing in words, for those who don't see it."""
        parts = [f"{layer.name}: {layer.arithmetic}." for layer in self.layers]
        return (
            f"{' '.join(parts)} Every node is connected to every node of the next layer. "
            f"In all: {self.total}."
        )


def layout_network(config: TrainingConfig, *, upright: bool = False) -> Diagram:
    """Lay out the network of these settings, from left to right or from top to bottom."""
    widths = (PIXELS, *config.layers, CLASSES)
    form = _Upright(len(widths)) if upright else _Wide(len(widths))
    layers = tuple(_layer(config, form, position, nodes) for position, nodes in enumerate(widths))
    return Diagram(
        width=form.width,
        height=form.height,
        radius=form.radius,
        picture=form.picture,
        fan=form.fan(layers[0].drawn),
        layers=layers,
        edges=tuple(
            tuple(itertools.product(left.drawn, right.drawn))
            for left, right in itertools.pairwise(layers)
        ),
        total=_total(config),
    )


def _layer(config: TrainingConfig, form: _Form, position: int, nodes: int) -> Layer:
    is_output = position == len(config.layers) + 1
    activation = "softmax" if is_output else config.activation if position else ""
    parameters = config.layer_parameters[position - 1] if position else 0
    name = _name(position, is_output=is_output)
    count = _count(nodes, "node") if position else f"{nodes} pixels"
    drawn, dots = _places(form, position, nodes)
    texts = form.label(position, name, count, activation, parameters)
    if is_output:
        texts += tuple(form.digit(place, str(digit)) for digit, place in enumerate(drawn))
    return Layer(
        name=name,
        nodes=nodes,
        parameters=parameters,
        arithmetic=_arithmetic(config, position, nodes),
        drawn=drawn,
        dots=dots,
        texts=texts,
        area=form.area(position),
    )


def _name(position: int, *, is_output: bool) -> str:
    if is_output:
        return "Output"
    return f"Layer {position}" if position else "Input"


def _places(form: _Form, position: int, nodes: int) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return where the drawn nodes of a layer lie, and the dots for those that are not drawn."""
    slots = min(nodes, MOST_DRAWN + 1)
    places = [form.place(position, slot - (slots - 1) / 2) for slot in range(slots)]
    if nodes <= MOST_DRAWN:
        return tuple(places), ()
    del places[MOST_DRAWN // 2]
    return tuple(places), tuple(form.place(position, step) for step in (-0.3, 0.0, 0.3))


def _arithmetic(config: TrainingConfig, position: int, nodes: int) -> str:
    if position == 0:
        return f"28 × 28 pixels = {nodes} numbers, nothing to learn"
    inputs = (PIXELS, *config.layers)[position - 1]
    total = config.layer_parameters[position - 1]
    return f"{inputs:,} × {nodes:,} weights + {_count(nodes, 'bias', 'biases')} = {total:,}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _total(config: TrainingConfig) -> str:
    addends = " + ".join(f"{parameters:,}" for parameters in config.layer_parameters)
    total = f"{config.parameters:,} parameters"
    return f"{addends} = {total}" if config.layers else total


class _Wide:
    """Layers from left to right, words above and below each."""

    width, height, radius = 760.0, 446.0, 9.0
    picture = Box(2.0, 152.0, 108.0, 108.0)
    _pitch, _first, _last, _middle = 24.0, 186.0, 700.0, 206.0

    def __init__(self, layers: int) -> None:
        self._step = (self._last - self._first) / (layers - 1)

    def place(self, layer: int, offset: float) -> Point:
        """Return where in a layer a node lies that is so many nodes from the middle."""
        return Point(self._across(layer), self._middle + offset * self._pitch)

    def fan(self, inputs: tuple[Point, ...]) -> tuple[Point, ...]:
        x, y, width, height = self.picture
        return Point(x + width, y), inputs[0], inputs[-1], Point(x + width, y + height)

    def label(
        self, layer: int, name: str, count: str, activation: str, parameters: int
    ) -> tuple[Text, ...]:
        x = self._across(layer)
        lines = [(name, 14.0), (activation, 35.0), (count, 384.0)]
        if parameters:
            lines += [(f"{parameters:,}", 407.0), ("parameters", 428.0)]
        return tuple(Text(words, x, y, bold=words == name) for words, y in lines if words)

    def digit(self, place: Point, words: str) -> Text:
        return Text(words, place.x + 24, place.y, bold=True)

    def area(self, layer: int) -> Box:
        return Box(self._across(layer) - 48, 2.0, 96.0, self.height - 4)

    def _across(self, layer: int) -> float:
        return round(self._first + layer * self._step, 1)


class _Upright:
    """Layers from top to bottom, words at the left of each: for a narrow screen."""

    width, radius = 358.0, 6.0
    picture = Box(212.0, 2.0, 84.0, 84.0)
    _pitch, _first, _step, _middle = 15.5, 138.0, 100.0, 254.0

    def __init__(self, layers: int) -> None:
        self.height = self._down(layers - 1) + 44

    def place(self, layer: int, offset: float) -> Point:
        """Return where in a layer a node lies that is so many nodes from the middle."""
        return Point(self._middle + offset * self._pitch, self._down(layer))

    def fan(self, inputs: tuple[Point, ...]) -> tuple[Point, ...]:
        x, y, width, height = self.picture
        return Point(x, y + height), inputs[0], inputs[-1], Point(x + width, y + height)

    def label(
        self, layer: int, name: str, count: str, activation: str, parameters: int
    ) -> tuple[Text, ...]:
        y = self._down(layer)
        lines = [name, f"{count}, {activation}" if activation else count]
        if parameters:
            lines.append(f"{parameters:,} parameters")
        return tuple(
            Text(words, 6.0, y + 20 * (row - (len(lines) - 1) / 2), "start", words == name)
            for row, words in enumerate(lines)
        )

    def digit(self, place: Point, words: str) -> Text:
        return Text(words, place.x, place.y + 20, bold=True)

    def area(self, layer: int) -> Box:
        return Box(2.0, self._down(layer) - 38, self.width - 4, 76.0)

    def _down(self, layer: int) -> float:
        return self._first + layer * self._step


_Form = _Wide | _Upright
