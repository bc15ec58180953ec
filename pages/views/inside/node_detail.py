"""One node in full: its rule, its arithmetic for this digit, and the digits that excite it."""

import math
from collections.abc import Callable

import numpy as np
import streamlit as st

from mnist_core.formatting import article, capitalized, percent
from mnist_core.inspection.feature_visualization import Extremes, rule
from mnist_core.inspection.trace import (
    Arithmetic,
    Node,
    PassedOn,
    Trace,
    arithmetic,
    passed_on,
    strongest,
    trace,
)
from mnist_core.inspection.words import (
    RULES,
    exact,
    is_output,
    node_name,
    number_text,
    source_name,
)
from pages.text.terms import linked_term
from pages.views.inside import ablation, feature_visualization
from pages.views.inside.snapshot import Snapshot
from pages.views.shared.look_inside import ShownDigit
from pages.widgets.digit_grid import render_digit_grid
from pages.widgets.signed_picture import render_signed_pictures

NAMED_PRODUCTS = 4
RULE_EXPLAINED = (
    "A rule is the weight of each pixel. Full violet squares: ink here speaks for it. Small olive "
    "squares: ink here speaks against it. The scale is the same for all nodes of the layer. Many "
    "rules make little sense to people; together they work."
)
IMAGE_EXPLAINED = (
    "The image that excites it most, with as much ink as a digit, and only where digits have ink. "
    "Found by climbing (gradient ascent): it starts from the combined weights, and pixels change "
    "as long as the node's sum grows."
)
RULE_SIZE = 12
SHOWN_RULES = 12


def render_node(
    snapshot: Snapshot,
    shown: ShownDigit,
    traced: Trace,
    node: Node,
    *,
    on_close: Callable[[], None],
    on_choose: Callable[[int], None],
) -> None:
    """Draw a node in full.

    Args:
        snapshot: whose node it is.
        shown: the digit that is looked at.
        traced: the digit's way through the network as it is changed.
        node: any node of it.
        on_close: called before the page runs again without it.
        on_choose: called with the position of a test digit that is to be looked at instead.
    """
    name = node_name(traced, node)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(capitalized(name), anchor=False)
        st.button("Close", icon=":material/close:", type="tertiary", on_click=on_close)
    picture, controls = st.columns([1, 1], gap="medium")
    with picture:
        _render_rule(snapshot, traced, node)
    written = arithmetic(traced, node, NAMED_PRODUCTS).rounded()
    with controls:
        below = st.container()
    _render_arithmetic(traced, node, written)
    if not is_output(traced, node):
        _render_passed_on(traced, node, written)
    found = feature_visualization.extreme_digits(snapshot, ablation.pruned_share(), node.layer)
    with below:
        if is_output(traced, node):
            st.caption("An output can't be set by hand: its likelihood is a share of all ten.")
        else:
            ablation.render_node_controls(snapshot.run, traced, node, _reach(traced, node, found))
    _render_extremes(snapshot, shown, node, found, on_choose)


def render_rules(snapshot: Snapshot, traced: Trace, on_choose: Callable[[Node], None]) -> None:
    """Draw the rules of the first layer's nodes that this digit matches most.

    Args:
        snapshot: whose nodes they are.
        traced: the digit's way through the network as it is changed.
        on_choose: called with a node before the page runs again.
    """
    nodes = [Node(0, int(each)) for each in strongest(traced.activations[0], SHOWN_RULES)]
    names = [node_name(traced, node) for node in nodes]
    st.markdown("**The rules of the first layer that this digit excites most**")
    render_signed_pictures(
        np.stack([rule(traced.network, node.number) for node in nodes]),
        feature_visualization.scale_of_rules(snapshot, ablation.pruned_share()),
        [f"The rule of {name}" for name in names],
        key="rules",
        captions=[name.rpartition(" ")[2] for name in names],
        on_choose=lambda position: on_choose(nodes[position]),
        picture_size=6,
    )
    st.caption(RULE_EXPLAINED)


def _render_rule(snapshot: Snapshot, traced: Trace, node: Node) -> None:
    network = traced.network
    name = node_name(traced, node)
    if node.layer == 0:
        description = f"The weights of {name}, pixel by pixel"
        weights = rule(network, node.number)[np.newaxis]
        scale = feature_visualization.scale_of_rules(snapshot, ablation.pruned_share())
        render_signed_pictures(weights, scale, [description], key="rule")
        st.caption(RULE_EXPLAINED)
        return
    image = feature_visualization.image_for(snapshot, ablation.pruned_share(), node)
    total = trace(network, image).sums[node.layer][node.number]
    render_digit_grid(
        image[np.newaxis],
        [f"sum {number_text(float(total), 1)}"],
        [f"The image that excites {name} most"],
        label="What excites it most",
        key="exciting-image",
        picture_size=RULE_SIZE,
    )
    st.caption(IMAGE_EXPLAINED)


def _render_arithmetic(traced: Trace, node: Node, written: Arithmetic) -> None:
    st.markdown("**Its arithmetic for this digit**")
    with st.container(key="arithmetic"):
        st.markdown(_table(node, written))
    st.caption(_conclusion(traced, node, written))


def _table(node: Node, written: Arithmetic) -> str:
    """Write the addition as a table: every line a number, their sum below."""
    lines = [
        f"| {source_name(node.layer, each.source)} | {exact(each.value)} | "
        f"× {exact(each.weight)} | {exact(each.product)} |"
        for each in written.products
    ]
    if written.others:
        words = "product" if written.others == 1 else "products together"
        lines.append(
            f"| the other {written.others:,} {words} | | | {exact(written.others_total)} |"
        )
    lines.append(f"| bias | | | {exact(written.bias)} |")
    lines.append(f"| **sum** | | | **{exact(written.total)}** |")
    return "\n".join(["| from | input | weight | product |", "| :-- | --: | --: | --: |", *lines])


def _render_passed_on(traced: Trace, node: Node, written: Arithmetic) -> None:
    """Show what the node does to the nodes of the next layer."""
    found = [each.rounded() for each in passed_on(traced, node, NAMED_PRODUCTS)]
    st.markdown("**What it passes on**")
    if not found:
        st.caption("It reports 0, and 0 times any weight is 0: it passes nothing on.")
        return
    with st.container(key="arithmetic-passed-on"):
        st.markdown(_passed_on_table(traced, node, found))
    st.caption(
        f"Its activation, {exact(written.activation)}, times the weight of each node of the next "
        "layer is its product there. With all that this node gets from others, its bias included, "
        "it makes that node's sum."
    )


def _passed_on_table(traced: Trace, node: Node, found: list[PassedOn]) -> str:
    """Write a line for each node of the next layer: product + all else = its sum."""
    lines = [
        f"| {node_name(traced, Node(node.layer + 1, each.target))} | × {exact(each.weight)} | "
        f"{exact(each.product)} | {exact(each.rest)} | **{exact(each.total)}** |"
        for each in found
    ]
    head = ["| to | weight | product | all else | sum |", "| :-- | --: | --: | --: | --: |"]
    return "\n".join([*head, *lines])


def _conclusion(traced: Trace, node: Node, written: Arithmetic) -> str:
    rounded = "Numbers are rounded so that they add up."
    if is_output(traced, node):
        return (
            f"{linked_term('softmax', 'Softmax')} turns the ten sums into likelihoods: "
            f"e to the power of {exact(written.total)}, as a share of the same for all ten, is "
            f"{percent(written.activation)}. {rounded}"
        )
    how = RULES[traced.network.activation]
    sentence = f"The node takes the sum and {how}."
    computed = traced.network.activate(node.layer, traced.sums[node.layer][np.newaxis])[0]
    if float(computed[node.number]) != float(traced.activations[node.layer][node.number]):
        would = f"That would be {number_text(float(computed[node.number]), 3)}"
        return f"{sentence} {would}; by hand it is {exact(written.activation)}. {rounded}"
    return f"{sentence} Activation: **{exact(written.activation)}**. {rounded}"


def _reach(traced: Trace, node: Node, found: Extremes) -> tuple[float, float]:
    """Return the lowest and highest activation for any test digit, 0 and this digit's included."""
    ends = np.zeros((2, len(traced.sums[node.layer])), np.float32)
    ends[:, node.number] = found.least_sums[0, node.number], found.most_sums[0, node.number]
    own = float(traced.activations[node.layer][node.number])
    reported = traced.network.activate(node.layer, ends)[:, node.number]
    reported = np.where(np.isfinite(reported), reported, own)  # some other digit may overflow
    low, high = min(0.0, own, float(reported[0])), max(0.0, own, float(reported[1]))
    # To whole hundredths, so that a value set by hand does not move the ends of its slider. A node
    # that is always 0 can still be set to something.
    return math.floor(100 * low + 0.01) / 100, math.ceil(100 * max(high, low + 1.0) - 0.01) / 100


def _render_extremes(
    snapshot: Snapshot,
    shown: ShownDigit,
    node: Node,
    found: Extremes,
    on_choose: Callable[[int], None],
) -> None:
    dataset = snapshot.dataset
    for key, every_position, every_sum in (
        ("most", found.most, found.most_sums),
        ("least", found.least, found.least_sums),
    ):
        positions, sums = every_position[:, node.number], every_sum[:, node.number]
        title = f"Test digits that excite it {key}"
        st.markdown(f"**{title}**, with the sum for each")
        render_digit_grid(
            dataset.x_test[positions],
            [number_text(float(total), 1) for total in sums],
            [
                f"test digit number {position:,}, {article(label)} {label}, "
                f"sum {number_text(total)}"
                for position, label, total in zip(
                    positions, dataset.y_test[positions], sums, strict=True
                )
            ],
            label=f"{title}; choose one to look at it",
            key=f"excite-{key}",
            numbers=positions.tolist(),
            chosen=shown.position,
            on_choose=on_choose,
            picture_size=3.2,
        )
    st.markdown("Click one of these digits: it then goes through the network.")
