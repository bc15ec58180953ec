"""The view One update: what a few training digits do to the weights, step by step."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.charts import plot_update_losses, update_losses_words
from mnist_core.config import CLASSES, SIDE
from mnist_core.formatting import article, capitalized, counted, guessed, loss_text, percent
from mnist_core.inspection.backpropagation import ForwardPass, Gradient
from mnist_core.inspection.network import Network
from mnist_core.inspection.optimizers import OPTIMIZERS, Move, largest_moves
from mnist_core.inspection.trace import Node
from mnist_core.inspection.words import decimals_for, number_text, source_name
from mnist_core.lesson.glossary import explain, explain_setting
from pages.text import message
from pages.views.inside import updates
from pages.views.inside.network_view import OVERFLOWED
from pages.views.inside.snapshot import Snapshot
from pages.views.inside.training_digits import TrainingDigits, show_training_digit
from pages.views.inside.updates import Start, Update, Watched
from pages.views.shared.chart import render_chart
from pages.widgets.digit_grid import render_digit_grid
from pages.widgets.network_figure import render_gradient_figure
from pages.widgets.signed_picture import render_signed_pictures

NODE_KEY = "update-node"
OTHER_DIGIT_KEY = "other-digit-from-update"
OPTIMIZERS_BY_NAME = {"Gradient descent": "sgd", "Adam": "adam"}
RATES = (
    *(0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05),
    *(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
)
FIRST_RATES = {"sgd": 0.01, "adam": 0.001}
NAMED_WEIGHTS = 4
SHOWN_NODES = 12
SHOWN_DIGITS = 12

EXPLAINED = (
    "**The way back.** The output of the label should be 1, every other output 0. What is missing "
    "or too much goes back over the weights, layer by layer. So each weight gets its share in the "
    "mistake: its gradient. The stroke at a bar is the likelihood after the update."
)
MOVES_EXPLAINED = (
    "Full violet squares: the weight of this pixel grows. Small olive squares: it shrinks. A pixel "
    "without ink sends 0, so its weight has no share in the mistake. Click a picture to see the "
    "numbers of its node."
)
HOW = {
    "sgd": (
        "Gradient descent: a weight moves by minus the learning rate times its gradient. A "
        "gradient above 0 says: a larger weight, a larger loss. So this weight shrinks."
    ),
    "adam": (
        "Adam divides each gradient by how large this weight's gradients were so far. So at first "
        "nearly all weights move equally far: by the learning rate. Here it begins without any "
        "memory of the run's own updates."
    ),
}
TOO_LARGE = (
    "The update was too large: the network's numbers overflowed, and it can't say anything any "
    "more. Take it back, or start over, and choose a smaller learning rate."
)

Digits = npt.NDArray[Any]

_STYLE = Path(__file__).with_name("network.css")


@st.fragment
def render_update(snapshot: Snapshot, taught: TrainingDigits) -> None:
    """Draw what an update for training digits changes, and let it be made."""
    if st.session_state.pop(OTHER_DIGIT_KEY, False):
        st.rerun()  # the digit is chosen above, outside of this fragment
    drawing, detail = st.columns([7, 5], gap="medium")
    st.html(_STYLE)
    with detail:
        start = Start(snapshot, _pick_optimizer())
        state = start.state
        now = updates.read(start, state.network, taught.positions)
        gradient = updates.gradient_of(start, state.network, now, taught.positions)
        if not _is_sound(now, gradient):
            _render_overflow(start)
            return
        st.markdown(_loss_in_words(start, state.network, now, taught))
        rate = _pick_rate(start.optimizer)
        moved = OPTIMIZERS[start.optimizer](state, gradient, rate).network
        after = updates.read(start, moved, taught.positions)
        _render_change(now, after)
        _render_buttons(start, Update(taught.positions, rate))
    node = _chosen(gradient)
    with drawing, st.container(key="inside-drawing"):
        st.markdown(_digits_in_words(start, now, taught))
        if len(taught.positions) > 1:
            _render_batch(now, taught)
        _render_drawing(now, after, gradient, taught, node)
    # After what is looked at first: the answer does not wait for it.
    watched = updates.watch(snapshot, state.network)
    curve = detail.container()
    if math.isfinite(after.loss):
        with detail:
            moves = largest_moves(state.network, moved, gradient, node, NAMED_WEIGHTS)
            _render_weights(start, moves, node)
        _render_pictures(state.network, moved, gradient)
    _render_others(start, state.network, watched)
    with curve:  # at the end: to draw it takes a browser longer than all the rest
        _render_curve(start, now, watched)


def _pick_optimizer() -> str:
    picked = st.segmented_control(
        "The weights are moved by",
        OPTIMIZERS_BY_NAME,
        default=next(iter(OPTIMIZERS_BY_NAME)),
        required=True,
        key="by",
        bind="query-params",
        help=explain("optimizer"),
    )
    return OPTIMIZERS_BY_NAME[picked]


def _pick_rate(optimizer: str) -> float:
    key = f"update-rate-{optimizer}"
    st.session_state.setdefault(key, FIRST_RATES[optimizer])
    return st.select_slider(
        "Learning rate",
        RATES,
        format_func="{:g}".format,
        key=key,
        persist_state="session",
        help=explain_setting("learning_rate"),
    )


def _is_sound(now: ForwardPass, gradient: Gradient) -> bool:
    arrays = (*gradient.weights, *gradient.biases)
    return math.isfinite(now.loss) and all(np.isfinite(array).all() for array in arrays)


def _render_overflow(start: Start) -> None:
    if start.made:
        message.warning(TOO_LARGE)
        with st.container(horizontal=True):
            _render_way_back(start)
    else:
        message.warning(OVERFLOWED)


def _loss_in_words(start: Start, network: Network, now: ForwardPass, taught: TrainingDigits) -> str:
    if len(taught.positions) == 1:
        label = int(taught.labels[0])
        likelihood = float(now.y_prob[0, label])
        words = (
            f"**Guess and label.** The network gives the label, {label}, a likelihood of "
            f"{percent(likelihood)}. So the loss is **{loss_text(now.loss)}**: the less "
            "likely the label, the larger. (It is −ln of the likelihood: 100 % costs 0, "
            "and 10 % costs 2.3026.)"
        )
    else:
        words = (
            "**Guess and label.** Each digit has a loss: the less likely its label, the larger. "
            f"The loss of the batch is their mean: **{loss_text(now.loss)}**."
        )
    if start.snapshot.run.config.l2:
        price = updates.penalty_of(start, network)
        words += f" The price of large weights (L2) adds {loss_text(price)}."
    if start.snapshot.run.config.dropout:
        words += " Dropout is left out here: all nodes take part."
    return words


def _render_change(now: ForwardPass, after: ForwardPass) -> None:
    with st.container(horizontal=True):
        st.metric("Loss now", loss_text(now.loss), width="content")
        if not math.isfinite(after.loss):
            st.metric(
                "Loss after the update",
                loss_text(after.loss),
                "The step is too large",
                delta_color="off",
                delta_arrow="off",
                width="content",
            )
            return
        change = after.loss - now.loss
        st.metric(
            "Loss after the update",
            loss_text(after.loss),
            f"{'-' if change < 0 else '+' if change else '±'}{loss_text(abs(change))}",
            delta_color="inverse" if change else "off",
            delta_arrow="auto" if change else "off",
            width="content",
        )


def _render_buttons(start: Start, update: Update) -> None:
    made = len(start.made)
    is_full = made >= updates.MOST_UPDATES
    with st.container(horizontal=True):
        st.button(
            "Again" if made else "Update the weights",
            icon=":material/replay:" if made else ":material/play_arrow:",
            type="primary",
            key="update-again",  # of both: the focus stays on it
            on_click=updates.make_updates,
            args=(start, update),
            disabled=is_full,
            help=f"After {updates.MOST_UPDATES} updates, start over." if is_full else None,
        )
        st.button(
            "Ten times",
            icon=":material/forward_10:",
            on_click=updates.make_updates,
            args=(start, update, 10),
            disabled=is_full,
        )
        if made:
            _render_way_back(start)


def _render_way_back(start: Start) -> None:
    st.button("Take back", icon=":material/undo:", on_click=updates.take_back, args=(start,))
    st.button(
        "Start over",
        icon=":material/restart_alt:",
        on_click=updates.start_over,
        args=(start,),
        help="The network as it was stored. The stored run is never changed.",
    )


def _render_curve(start: Start, now: ForwardPass, watched: Watched) -> None:
    if not start.made:
        return
    losses = [*(each.loss for each in start.made), now.loss]
    val_losses = [*(each.val_loss for each in start.made), watched.loss]
    render_chart(
        plot_update_losses(losses, val_losses),
        key="chart-updates",
        alt=update_losses_words(losses, val_losses),
    )


def _digits_in_words(start: Start, now: ForwardPass, taught: TrainingDigits) -> str:
    made = len(start.made)
    says = f"After {counted(made, 'update')} by hand, the network" if made else "The network"
    if len(taught.positions) > 1:
        right = int((now.y_prob.argmax(axis=1) == taught.labels).sum())
        count = len(taught.positions)
        return f"These are {count} training digits. {says} reads **{right}** of them right."
    label, guess = int(taught.labels[0]), int(now.y_prob[0].argmax())
    aside = " This run did not learn from it." if taught.is_new else ""
    return (
        f"This is training digit number {taught.positions[0]:,}, {article(label)} **{label}**."
        f"{aside} {says} says **{guess}**, {percent(float(now.y_prob[0, guess]))} sure."
    )


def _render_batch(now: ForwardPass, taught: TrainingDigits) -> None:
    y_pred, labels = now.y_prob.argmax(axis=1), taught.labels
    render_digit_grid(
        taught.images,
        [f"{label} → {guess}" for label, guess in zip(labels, y_pred, strict=True)],
        [
            f"training digit number {position:,}, {article(label)} {label}, guessed {guess}, "
            f"loss {loss_text(loss)}"
            for position, label, guess, loss in zip(
                taught.positions, labels, y_pred, now.losses, strict=True
            )
        ],
        label="The digits of the batch",
        key="update-batch",
        right=(y_pred == labels).tolist(),
        picture_size=3,
    )


def _render_drawing(
    now: ForwardPass, after: ForwardPass, gradient: Gradient, taught: TrainingDigits, node: Node
) -> None:
    y_prob = now.y_prob.mean(axis=0)
    is_one = len(taught.positions) == 1
    render_gradient_figure(
        gradient,
        taught.images.mean(axis=0).round().astype(np.uint8),
        now=y_prob,
        after=after.y_prob.mean(axis=0) if math.isfinite(after.loss) else y_prob,
        true=int(taught.labels[0]) if is_one else None,
        chosen=node,
        on_choose=_choose,
    )
    st.caption(EXPLAINED if is_one else f"{EXPLAINED} All numbers are means over the batch.")


def _render_weights(start: Start, moves: list[Move], node: Node) -> None:
    is_output = node.layer == len(start.snapshot.run.config.layers)
    name = f"layer {node.layer + 1}, node {node.number + 1}"
    if is_output:
        name = f"output {node.number}"
    if not any(each.distance for each in moves):
        st.markdown(f"**{capitalized(name)}** has no share in the mistake: no weight of it moves.")
        return
    st.markdown(f"**{capitalized(name)}: the weights that move farthest**")
    with st.container(key="arithmetic"):
        st.markdown(_table(moves, node))
    st.caption(f"{HOW[start.optimizer]} Numbers are rounded so that they add up.")


def _table(moves: list[Move], node: Node) -> str:
    sizes = [max(abs(number) for number in column) for column in _columns(moves)]
    decimals = decimals_for(min(filter(None, sizes), default=0.0))
    lines = []
    for move in (each.rounded(decimals) for each in moves):
        source = "bias" if move.source is None else source_name(node.layer, move.source)
        numbers = (move.before, move.gradient, move.distance, move.after)
        cells = " | ".join(number_text(number, decimals) for number in numbers)
        lines.append(f"| {source} | {cells} |")
    head = ["| from | weight | gradient | moves by | becomes |", "| :-- | --: | --: | --: | --: |"]
    return "\n".join([*head, *lines])


def _columns(moves: list[Move]) -> tuple[list[float], list[float]]:
    return [each.gradient for each in moves], [each.distance for each in moves]


def _render_pictures(before: Network, after: Network, gradient: Gradient) -> None:
    """Draw how the weights of the first layer move, of the nodes with the largest share."""
    numbers = np.argsort(-np.abs(gradient.biases[0]), kind="stable")[:SHOWN_NODES]
    moves = (after.weights[0][:, numbers] - before.weights[0][:, numbers]).T
    moves, numbers = moves[moves.any(axis=1)], numbers[moves.any(axis=1)]
    if not len(numbers) or not np.isfinite(moves).all():
        return
    is_output = len(before.weights) == 1
    st.markdown("**How the weights of the first layer move**, of the nodes with the largest share")
    names = [f"output {each}" if is_output else f"node {each + 1}" for each in numbers]
    render_signed_pictures(
        moves.reshape(-1, SIDE, SIDE),
        float(np.abs(moves).max()),
        [f"How the weights of {name} in layer 1 move" for name in names],
        key="update-moves",
        captions=names,
        on_choose=lambda position: _choose(Node(0, int(numbers[position]))),
        picture_size=6,
    )
    st.caption(MOVES_EXPLAINED)


def _render_others(start: Start, network: Network, now: Watched) -> None:
    """Show what the updates do to digits that nobody taught."""
    before = updates.watched_at_start(start.snapshot)
    st.subheader("And the other digits?", anchor=False)
    count, read_right = len(before.right), int(before.right.sum())
    if not start.made:
        st.markdown(
            f"Of {counted(count, 'validation digit')}, the network reads {read_right} right. "
            "Update the weights ten times, and see what becomes of these."
        )
        return
    st.markdown(
        f"Of {counted(count, 'validation digit')}, the network read {read_right} right before. "
        f"Now it is **{int(now.right.sum())}**. {_favourite_in_words(now)}"
    )
    _render_taught(start, network)
    forgotten = np.flatnonzero(before.right & ~now.right)
    if not len(forgotten):
        st.markdown("Of those that it read right before, it has forgotten none.")
        return
    more = "" if len(forgotten) <= SHOWN_DIGITS else f", {SHOWN_DIGITS} of them here"
    st.markdown(
        f"**Forgotten**: {len(forgotten)} that were right before and are wrong now{more}. "
        "Click one to teach it."
    )
    dataset = start.snapshot.dataset
    shown = forgotten[:SHOWN_DIGITS]
    positions = now.positions[shown]
    labels, y_pred = dataset.y_train[positions], now.y_pred[shown]
    _render_read(start, positions.tolist(), labels, y_pred, "Forgotten digits", "update-forgotten")


def _favourite_in_words(now: Watched) -> str:
    """Say which digit it sees everywhere, where it does."""
    counts = np.bincount(now.y_pred, minlength=CLASSES)[:CLASSES]
    favourite = int(counts.argmax())
    if counts[favourite] < len(now.y_pred) / 2:
        return ""
    return f"It takes {counts[favourite]} of them for {article(favourite)} {favourite}."


def _render_taught(start: Start, network: Network) -> None:
    positions = list(dict.fromkeys(p for each in start.made for p in each.update.positions))
    shown = positions[-SHOWN_DIGITS:]
    passed = updates.read(start, network, tuple(shown))
    labels = start.snapshot.dataset.y_train[shown]
    st.markdown(f"**Taught by hand**{', the last ones' * (len(positions) > len(shown))}")
    _render_read(
        start, shown, labels, passed.y_prob.argmax(axis=1), "Digits taught by hand", "update-taught"
    )


def _render_read(
    start: Start, positions: list[int], labels: Digits, y_pred: Digits, label: str, key: str
) -> None:
    render_digit_grid(
        start.snapshot.dataset.x_train[positions],
        [f"{true} → {guessed(guess)}" for true, guess in zip(labels, y_pred, strict=True)],
        [
            f"training digit number {position:,}, {article(true)} {true}, now read as "
            f"{guessed(guess)}"
            for position, true, guess in zip(positions, labels, y_pred, strict=True)
        ],
        label=f"{label}; choose one to teach it",
        key=key,
        right=(labels == y_pred).tolist(),
        numbers=positions,
        on_choose=_teach,
        picture_size=3.2,
    )


def _teach(position: int) -> None:
    show_training_digit(position)
    st.session_state[OTHER_DIGIT_KEY] = True


def _choose(node: Node) -> None:
    st.session_state[NODE_KEY] = node


def _chosen(gradient: Gradient) -> Node:
    """Return the chosen node, if this network has it; else the output that is most wrong."""
    node: Node | None = st.session_state.get(NODE_KEY)
    widths = [len(each) for each in gradient.biases]
    if node is not None and node.layer < len(widths) and node.number < widths[node.layer]:
        return node
    return Node(len(widths) - 1, int(np.abs(gradient.biases[-1]).argmax()))
