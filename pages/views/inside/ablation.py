"""What a person changes in a network to see what happens: nodes set by hand, weights pruned.

It is kept in the tab's session only; the stored run is never written to.
"""

import numpy as np
import streamlit as st

from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import listed, percent
from mnist_core.inspection.ablation import pruned, with_held
from mnist_core.inspection.network import Network
from mnist_core.inspection.trace import Held, Node, Trace
from mnist_core.inspection.words import node_name, number_text
from mnist_core.store import Run
from pages.services.caching import BY_NAME
from pages.views.inside.epoch_picker import is_moving
from pages.views.inside.snapshot import Snapshot

PRUNE_KEY = "prune"
MOST_PRUNED = 95
NAMED = 4


def held_nodes(run: Run) -> Held:
    """Return the nodes of a run that are set by hand in this tab."""
    held: dict[Node, float] = st.session_state.get(_key(run), {})
    return held


def pruned_share() -> float:
    """Return the share of weights that is pruned in this tab, 0 to 0.95."""
    return int(st.session_state.get(PRUNE_KEY, 0)) / 100


def pruned_network(snapshot: Snapshot, share: float) -> Network:
    """Return the network of that epoch without the weakest share of its weights."""
    return _pruned(snapshot, share) if share else snapshot.network


def hold(run: Run, node: Node, value: float | None) -> None:
    """Set the activation of a node by hand, or let it go with None."""
    held = {each: kept for each, kept in held_nodes(run).items() if each != node}
    st.session_state[_key(run)] = held if value is None else held | {node: value}


def put_back(run: Run) -> None:
    """Undo all that was changed."""
    st.session_state.pop(_key(run), None)
    st.session_state[PRUNE_KEY] = 0


def render_changes(run: Run, traced: Trace, unchanged: str) -> None:
    """Show what is changed, and offer to put it back; without changes, nothing.

    Args:
        run: whose network is looked at.
        traced: the digit's way through the network as it is changed.
        unchanged: what the network says without the changes.
    """
    held, share = held_nodes(run), pruned_share()
    if not held and not share:
        return
    named = [_change(traced, node, value) for node, value in held.items()]
    if len(named) > NAMED:
        named[NAMED:] = [f"{len(named) - NAMED} more nodes changed"]
    if share:
        named.append(f"the weakest {share:.0%} of the weights pruned".replace("%", " %"))
    with st.container(horizontal=True, vertical_alignment="center", key="changes"):
        st.markdown(f"**Changed by hand:** {listed(named)}. Unchanged, it says {unchanged}.")
        st.button("Put everything back", icon=":material/undo:", on_click=put_back, args=(run,))


def render_node_controls(run: Run, traced: Trace, node: Node, reach: tuple[float, float]) -> None:
    """Draw the controls that set one node of a hidden layer by hand.

    Args:
        run: whose network is looked at.
        traced: the digit's way through the network as it is changed.
        node: of a hidden layer.
        reach: the lowest and the highest activation that can be set.
    """
    held = held_nodes(run)
    off_key, value_key = (f"{what}-{node.layer}-{node.number}" for what in ("off", "activation"))
    low, high = reach
    current = float(traced.activations[node.layer][node.number])
    # The controls follow the network, until a person moves them.
    _follow(off_key, node in held and held[node] == 0)
    _follow(value_key, min(max(current, low), high))

    def switch() -> None:
        hold(run, node, 0.0 if st.session_state[off_key] else None)

    def move() -> None:
        hold(run, node, float(st.session_state[value_key]))

    st.toggle("Switched off", key=off_key, on_change=switch, help="It then always reports 0.")
    st.slider(
        "Set its activation",
        low,
        high,
        step=(high - low) / 100,
        format="%.2f",
        key=value_key,
        on_change=move,
        help="From the lowest to the highest that it reports for any test digit.",
    )
    if node in held:
        st.button("As the network computes it", on_click=hold, args=(run, node, None))


def render_pruning(snapshot: Snapshot) -> None:
    """Draw the slider that cuts weak weights off, and the accuracy with all that is changed."""
    share, held = pruned_share(), held_nodes(snapshot.run)
    st.session_state.setdefault(PRUNE_KEY, 0)
    st.slider(
        "Prune the weakest weights",
        0,
        MOST_PRUNED,
        step=5,
        format="%d %%",
        key=PRUNE_KEY,
        persist_state="session",
        help="So many of all weights, those nearest to 0, become 0. Biases stay. "
        "The stored run stays as it is.",
    )
    if is_moving(snapshot.run):
        st.caption("The test digits are read as soon as the epochs stand still.")
        return
    before = _accuracy(snapshot, 0.0, {})
    now = _accuracy(snapshot, share, dict(sorted(held.items())))
    changed = bool(share or held)
    with st.container(horizontal=True):
        st.metric("Test accuracy, unchanged", percent(before), width="content")
        if changed:
            more = round((now - before) * len(snapshot.dataset.y_test))
            st.metric(
                "Test accuracy, changed",
                percent(now),
                f"{more:+,} digits".replace("+0", "±0"),
                delta_arrow="auto" if more else "off",
                width="content",
            )


@st.cache_resource(hash_funcs=BY_NAME, max_entries=16, show_spinner=False)
def _pruned(snapshot: Snapshot, share: float) -> Network:
    return pruned(snapshot.network, share)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=1000, show_spinner="Reading all test digits …")
def _accuracy(snapshot: Snapshot, share: float, held: dict[Node, float]) -> float:
    network = with_held(pruned_network(snapshot, share), held)
    dataset = snapshot.dataset
    return Evaluation(dataset.y_test, network.probabilities(dataset.x_test)).accuracy


def _follow(key: str, value: float) -> None:
    """Set a control to a value, unless it stands there: a hand may be on it."""
    if not np.isclose(st.session_state.get(key, np.nan), value, rtol=1e-6):
        st.session_state[key] = value


def _change(traced: Trace, node: Node, value: float) -> str:
    if value == 0:
        return f"{node_name(traced, node)} switched off"
    return f"{node_name(traced, node)} set to {number_text(value)}"


def _key(run: Run) -> str:
    return f"held-{run.id}"
