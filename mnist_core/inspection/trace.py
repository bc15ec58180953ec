"""One digit's way through a network, node by node: what each takes in, weighs, adds and reports.

Knows networks and arrays only: neither where they are stored nor how they are drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.data.dataset import Pixels
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Floats, Network, input_values

DECIMALS: Final = 3
"""Digits after the point in arithmetic that is shown."""


class Node(NamedTuple):
    """Where a node is.

    Attributes:
        layer: counted from 0; the last is the output layer.
        number: within its layer, counted from 0; in the output layer the digit it stands for.
    """

    layer: int
    number: int


Held = Mapping[Node, float]
"""Nodes of hidden layers whose activation is set by hand, and to what; 0 is switched off."""

NOTHING_HELD: Final[Held] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Trace:
    """What every node of a network makes of one digit.

    Attributes:
        network: the digit's way leads through it.
        values: what goes into the first layer, float32 (784,), 0 to 1, then the activations of each
            layer, float32 (nodes,); the last are the ten probabilities.
        sums: for each layer float32 (nodes,), what its nodes add up before they report it.
    """

    network: Network
    values: tuple[Floats, ...]
    sums: tuple[Floats, ...]

    @property
    def activations(self) -> tuple[Floats, ...]:
        """What the nodes of each layer report."""
        return self.values[1:]

    @property
    def probabilities(self) -> Floats:
        """What the output layer says: float32 (10,)."""
        return self.values[-1]

    @property
    def overflowed(self) -> bool:
        """Whether some number on the way is none any more."""
        return not all(np.isfinite(each).all() for each in (*self.values, *self.sums))


def trace(network: Network, image: Pixels, held: Held = NOTHING_HELD) -> Trace:
    """Follow a digit through a network.

    Args:
        network: as it is stored, or pruned.
        image: uint8 (28, 28), 0 background to 255 ink.
        held: nodes that report what they are told to, whatever they add up.

    Raises:
        EvaluationError: a held node is not in a hidden layer, or its value is not a number.
    """
    check_held(network, held)
    values, sums = [input_values(image[np.newaxis])[0]], list[Floats]()
    for layer, (weights, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        with np.errstate(over="ignore", invalid="ignore"):
            sums.append(values[-1] @ weights + biases)
        reported = network.activate(layer, sums[-1][np.newaxis])[0]
        for node, value in held.items():
            if node.layer == layer:
                reported[node.number] = value
        values.append(reported)
    return Trace(network, tuple(values), tuple(sums))


def check_held(network: Network, held: Held) -> None:
    """Refuse nodes that can't be set by hand.

    Raises:
        EvaluationError: a node is not in a hidden layer, or its value is not a number.
    """
    hidden = [len(biases) for biases in network.biases[:-1]]
    for node, value in held.items():
        if node.layer not in range(len(hidden)) or node.number not in range(hidden[node.layer]):
            raise EvaluationError(
                f"There is no node {node.number + 1} in a hidden layer {node.layer + 1}. "
                "Only nodes of hidden layers can be set by hand."
            )
        if not np.isfinite(value):
            raise EvaluationError(f"An activation must be a number; got {value!r}.")


def strongest(values: Floats, count: int, always: Collection[int] = ()) -> npt.NDArray[np.intp]:
    """Choose the nodes of a layer that report the most.

    Args:
        values: float32 (nodes,), their activations.
        count: how many to choose at most.
        always: nodes that must be among them, at most ``count``; they push out the weakest.

    Returns:
        intp (k,), the strongest first, above or below 0; of equals, the first.
    """
    order = np.argsort(-np.abs(values), kind="stable")
    must = np.isin(order, list(always))
    free = count - int(must.sum())
    return order[must | (np.cumsum(~must) <= free)]


class Connection(NamedTuple):
    """What flows from one node to another.

    Attributes:
        source: number of the node or pixel that it comes from.
        target: number of the node that it goes to.
        product: activation times weight; where something else flows, that.
    """

    source: int
    target: int
    product: float


def strongest_connections(
    traced: Trace,
    layer: int,
    sources: npt.NDArray[np.intp],
    targets: npt.NDArray[np.intp],
    count: int,
) -> list[Connection]:
    """Choose the connections into a layer over which the most flows.

    Args:
        traced: a digit's way through the network.
        layer: where the connections lead to, counted from 0.
        sources: intp (s,), the nodes or pixels that they may come from.
        targets: intp (t,), the nodes that they may go to.
        count: how many to choose at most.

    Returns:
        The largest products of activation and weight, above or below 0, the largest first; none
        that are 0.
    """
    weights = traced.network.weights[layer][np.ix_(sources, targets)]
    products = weights * traced.values[layer][sources, np.newaxis]
    return largest_connections(products, sources, targets, count)


def largest_connections(
    products: Floats,
    sources: npt.NDArray[np.intp],
    targets: npt.NDArray[np.intp],
    count: int,
) -> list[Connection]:
    """Choose the connections between some nodes that have the largest numbers.

    Args:
        products: float32 (s, t), the numbers.
        sources: intp (s,), the nodes or pixels that they come from.
        targets: intp (t,), the nodes that they go to.
        count: how many to choose at most.

    Returns:
        The largest, above or below 0, the largest first; none that are 0.
    """
    flat = products.ravel()
    order = np.argsort(-np.abs(flat), kind="stable")[:count]
    rows, columns = np.unravel_index(order[flat[order] != 0], products.shape)
    return [
        Connection(int(sources[row]), int(targets[column]), float(products[row, column]))
        for row, column in zip(rows, columns, strict=True)
    ]


class Product(NamedTuple):
    """One input of a node, times its weight.

    Attributes:
        source: number of the node or pixel that it comes from.
        value: what comes from there.
        weight: how the node weighs it.
        product: of both.
    """

    source: int
    value: float
    weight: float
    product: float


class Arithmetic(NamedTuple):
    """How a node comes to what it reports: products + the others' products + bias = sum.

    Attributes:
        products: the largest ones, above or below 0, the largest first.
        others: how many more inputs there are.
        others_total: what their products add up to.
        bias: what the node adds whatever comes in.
        total: of all products and the bias.
        activation: what the node reports.
    """

    products: tuple[Product, ...]
    others: int
    others_total: float
    bias: float
    total: float
    activation: float

    def rounded(self, decimals: int = DECIMALS) -> Arithmetic:
        """Round all numbers so that they add up as they are written.

        What rounding gains or loses goes to the total of the other products; where there are no
        others, to the sum. It is a few units of the last digit.
        """
        products = tuple(
            each._replace(
                value=round(each.value, decimals),
                weight=round(each.weight, decimals),
                product=round(each.product, decimals),
            )
            for each in self.products
        )
        bias, total = round(self.bias, decimals), round(self.total, decimals)
        listed = sum(each.product for each in products) + bias
        if not self.others:
            total = round(listed, decimals)
        return Arithmetic(
            products,
            self.others,
            round(total - listed, decimals) if self.others else 0.0,
            bias,
            total,
            round(self.activation, decimals),
        )


def arithmetic(traced: Trace, node: Node, count: int) -> Arithmetic:
    """Write out how a node comes to its activation.

    Args:
        traced: a digit's way through the network.
        node: any node of it.
        count: how many products to name one by one.
    """
    values = traced.values[node.layer].astype(np.float64)
    weights = traced.network.weights[node.layer][:, node.number].astype(np.float64)
    products = values * weights
    order = np.argsort(-np.abs(products), kind="stable")
    named, others = order[:count], order[count:]
    return Arithmetic(
        products=tuple(
            Product(int(each), float(values[each]), float(weights[each]), float(products[each]))
            for each in named
        ),
        others=len(others),
        others_total=float(products[others].sum()),
        bias=float(traced.network.biases[node.layer][node.number]),
        total=float(traced.sums[node.layer][node.number]),
        activation=float(traced.activations[node.layer][node.number]),
    )


def supporters(traced: Trace, digit: int, rival: int, count: int) -> list[tuple[int, float]]:
    """Find what speaks most for one digit against another in the last step.

    Args:
        traced: a digit's way through the network.
        digit: 0 to 9.
        rival: the other one, 0 to 9.
        count: how many to name at most.

    Returns:
        Nodes of the last hidden layer, or pixels where there is none, and by how much each raises
        the sum of ``digit`` above that of ``rival``; the largest first, all above 0. All of them,
        those below 0 included, and the difference of the biases make the difference of the sums.
    """
    weights = traced.network.weights[-1].astype(np.float64)
    shares = traced.values[-2].astype(np.float64) * (weights[:, digit] - weights[:, rival])
    order = np.argsort(-shares, kind="stable")[:count]
    return [(int(each), float(shares[each])) for each in order[shares[order] > 0]]


class PassedOn(NamedTuple):
    """What a node sends to one node of the next layer: product + the rest = that node's sum.

    Attributes:
        target: number of the node that it goes to.
        weight: how that node weighs it.
        product: of the activation and the weight.
        rest: what all other products and the bias of that node add up to.
        total: what that node adds up.
    """

    target: int
    weight: float
    product: float
    rest: float
    total: float

    def rounded(self, decimals: int = DECIMALS) -> PassedOn:
        """Round all so that it adds up as it is written; the rest takes what rounding loses."""
        product, total = round(self.product, decimals), round(self.total, decimals)
        rest = round(total - product, decimals)
        return PassedOn(self.target, round(self.weight, decimals), product, rest, total)


def passed_on(traced: Trace, node: Node, count: int) -> list[PassedOn]:
    """Write out what a node does to the nodes of the next layer.

    Args:
        traced: a digit's way through the network.
        node: of a hidden layer.
        count: how many nodes of the next layer to name at most.

    Returns:
        Those to which it sends the largest products, above or below 0, the largest first; none
        where it reports 0.
    """
    weights = traced.network.weights[node.layer + 1][node.number].astype(np.float64)
    products = float(traced.activations[node.layer][node.number]) * weights
    totals = traced.sums[node.layer + 1].astype(np.float64)
    order = np.argsort(-np.abs(products), kind="stable")[:count]
    return [
        PassedOn(
            int(each),
            float(weights[each]),
            float(products[each]),
            float(totals[each] - products[each]),
            float(totals[each]),
        )
        for each in order[products[order] != 0]
    ]
