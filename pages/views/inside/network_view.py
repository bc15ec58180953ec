"""The view Network: what every node makes of a digit, why, and what if it did not."""

from pathlib import Path

import streamlit as st

from mnist_core.errors import MnistError
from mnist_core.formatting import article, percent
from mnist_core.inspection.trace import Node, Trace, trace
from pages.text import message
from pages.text.markdown import plain
from pages.views.inside import ablation
from pages.views.inside.digit_picker import show_digit
from pages.views.inside.node_detail import render_node, render_rules
from pages.views.inside.reasons import render_reasons
from pages.views.inside.snapshot import Snapshot
from pages.views.shared.look_inside import ShownDigit
from pages.widgets.network_figure import render_trace_figure

CHOSEN_KEY = "chosen-node"
OTHER_DIGIT_KEY = "other-digit-from-node"
OVERFLOWED = (
    "This network's numbers overflowed: they grew until they were no numbers any more, so there "
    "is nothing to draw. Choose an earlier epoch or another run. A smaller learning rate helps."
)
EXPLAINED = (
    "The 784 pixels go in on one side, the ten likelihoods come out on the other. Each node has "
    "learned a rule, and reports how strongly its input matches it. Of a large layer the strongest "
    "nodes are drawn, of the connections those over which the most flows."
)
INVITATION = (
    "**Click a node** to see its rule, the digits that excite it most, and its arithmetic. Then "
    "switch it off, and watch the likelihoods."
)

_STYLE = Path(__file__).with_name("network.css")


@st.fragment
def render_network(snapshot: Snapshot, shown: ShownDigit) -> None:
    """Draw the network with what it makes of a digit, and one node in full."""
    if st.session_state.pop(OTHER_DIGIT_KEY, False):
        st.rerun()  # the digit is chosen above, outside of this fragment
    try:
        unchanged = trace(snapshot.network, shown.image)
    except MnistError as error:
        message.warning("{error}", error=error)
        return
    if unchanged.overflowed:
        message.warning(OVERFLOWED)
        return
    network = ablation.pruned_network(snapshot, ablation.pruned_share())
    held = ablation.held_nodes(snapshot.run)
    traced = trace(network, shown.image, held)
    drawing, detail = st.columns([7, 5], gap="medium")
    st.html(_STYLE)
    with drawing, st.container(key="inside-drawing"):
        _render_drawing(snapshot, shown, traced, unchanged)
    chosen = _chosen(traced)
    with detail:
        if chosen is None:
            message.info(INVITATION)
            render_reasons(shown, traced, _choose, is_changed=bool(held))
            render_rules(snapshot, traced, _choose)
        else:
            render_node(snapshot, shown, traced, chosen, on_close=_close, on_choose=_look_at)
    with drawing, st.container(key="inside-pruning"):
        ablation.render_pruning(snapshot)


def _render_drawing(snapshot: Snapshot, shown: ShownDigit, traced: Trace, unchanged: Trace) -> None:
    st.markdown(_in_words(shown, traced))
    render_trace_figure(
        traced,
        shown.image,
        before=unchanged.probabilities,
        true=shown.true,
        held=ablation.held_nodes(snapshot.run),
        chosen=_chosen(traced),
        on_choose=_choose,
    )
    # Below, so that the drawing stays where it is when something is changed.
    ablation.render_changes(snapshot.run, traced, _guess(unchanged))
    st.caption(EXPLAINED)


def _in_words(shown: ShownDigit, traced: Trace) -> str:
    truth = "" if shown.true is None else f", {article(shown.true)} **{shown.true}**"
    return f"This is {plain(shown.name)}{truth}. The network says {_guess(traced)}."


def _guess(traced: Trace) -> str:
    guess = int(traced.probabilities.argmax())
    return f"**{guess}**, {percent(float(traced.probabilities[guess]))} sure"


def _choose(node: Node) -> None:
    st.session_state[CHOSEN_KEY] = node


def _close() -> None:
    st.session_state.pop(CHOSEN_KEY, None)


def _look_at(position: int) -> None:
    show_digit(position)
    st.session_state[OTHER_DIGIT_KEY] = True


def _chosen(traced: Trace) -> Node | None:
    """Return the chosen node, if this network has it: another run may be smaller."""
    node: Node | None = st.session_state.get(CHOSEN_KEY)
    if node is None or node.layer >= len(traced.sums):
        return None
    return node if node.number < len(traced.sums[node.layer]) else None
