"""The updates that a person makes by hand, one by one, and the networks that they lead to.

Which updates there were is kept in the tab's session only; the stored run is never written to. The
networks are kept by the server, as many as it has room for: any of them can be made again.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.inspection.backpropagation import (
    ForwardPass,
    Gradient,
    backward_pass,
    forward_pass,
    penalty,
)
from mnist_core.inspection.network import Network, guesses
from mnist_core.inspection.optimizers import OPTIMIZERS, TrainingState
from pages.services.caching import BY_NAME
from pages.services.server import get_training_states
from pages.views.inside.snapshot import Snapshot
from pages.views.inside.training_digits import TrainingDigits, split_of

MOST_UPDATES = 100
WATCHED = 200
KEPT_STARTS = 64
_MADE = "updates-by-hand"


class Update(NamedTuple):
    """One update.

    Attributes:
        positions: of its training digits.
        learning_rate: above 0.
    """

    positions: tuple[int, ...]
    learning_rate: float


class Made(NamedTuple):
    """An update that was made.

    Attributes:
        update: what was done.
        loss: of its digits, before it.
        val_loss: of the validation digits that are watched, before it.
    """

    update: Update
    loss: float
    val_loss: float


class Watched(NamedTuple):
    """How a network reads the validation digits that are watched.

    Attributes:
        positions: intp (n,), among the training digits of the data set.
        y_pred: uint8 (n,), the guesses.
        right: bool (n,).
        loss: the mean over the digits.
    """

    positions: npt.NDArray[np.intp]
    y_pred: npt.NDArray[np.uint8]
    right: npt.NDArray[np.bool_]
    loss: float


class Start(NamedTuple):
    """What updates by hand begin with.

    Attributes:
        snapshot: the network.
        optimizer: the name of who moves the weights, as in ``TrainingConfig``.
    """

    snapshot: Snapshot
    optimizer: str

    @property
    def key(self) -> tuple[str, int, str]:
        """What its updates are kept under."""
        return (self.snapshot.run.id, self.snapshot.epoch, self.optimizer)

    @property
    def made(self) -> tuple[Made, ...]:
        """The updates that were made in this tab, the first one first."""
        kept: dict[tuple[str, int, str], tuple[Made, ...]] = st.session_state.get(_MADE, {})
        return kept.get(self.key, ())

    @property
    def state(self) -> TrainingState:
        """The network after them."""
        return _state(self, tuple(each.update for each in self.made))


def make_updates(start: Start, update: Update, times: int = 1) -> None:
    """Make an update, once or several times, as long as the numbers are numbers; for callbacks."""
    for _ in range(times):
        made, network = start.made, start.state.network
        loss = read(start, network, update.positions).loss
        if len(made) == MOST_UPDATES or not math.isfinite(loss):
            return
        _keep(start, (*made, Made(update, loss, watch(start.snapshot, network).loss)))


def take_back(start: Start) -> None:
    """Undo the last update; for callbacks."""
    _keep(start, start.made[:-1])


def start_over(start: Start) -> None:
    """Undo all updates; for callbacks."""
    _keep(start, ())


def read(start: Start, network: Network, positions: tuple[int, ...]) -> ForwardPass:
    """Let a network read training digits."""
    digits = TrainingDigits(start.snapshot.dataset, positions)
    return forward_pass(network, digits.images, digits.labels)


def gradient_of(
    start: Start, network: Network, passed: ForwardPass, positions: tuple[int, ...]
) -> Gradient:
    """Return the gradient for the training digits that a network has read, with the run's L2."""
    labels = TrainingDigits(start.snapshot.dataset, positions).labels
    return backward_pass(network, passed, labels, start.snapshot.run.config.l2)


def penalty_of(start: Start, network: Network) -> float:
    """Return what the run's L2 adds to a loss."""
    l2 = start.snapshot.run.config.l2
    return penalty(network, l2) if l2 else 0.0


def watch(snapshot: Snapshot, network: Network) -> Watched:
    """Let a network read the validation digits that are watched."""
    _, validation = split_of(snapshot)
    positions = validation[:WATCHED]
    labels = snapshot.dataset.y_train[positions]
    passed = forward_pass(network, snapshot.dataset.x_train[positions], labels)
    y_pred = guesses(passed.y_prob)
    return Watched(positions, y_pred, y_pred == labels, passed.loss)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_STARTS, show_spinner=False)
def watched_at_start(snapshot: Snapshot) -> Watched:
    """Return how the stored network reads them."""
    return watch(snapshot, snapshot.network)


def _state(start: Start, updates: tuple[Update, ...]) -> TrainingState:
    if not updates:
        return TrainingState(start.snapshot.network)

    def load() -> TrainingState:
        before = _state(start, updates[:-1])
        positions, learning_rate = updates[-1]
        passed = read(start, before.network, positions)
        gradient = gradient_of(start, before.network, passed, positions)
        return OPTIMIZERS[start.optimizer](before, gradient, learning_rate)

    return get_training_states().get((*start.key, updates), load)


def _keep(start: Start, made: tuple[Made, ...]) -> None:
    kept = st.session_state.get(_MADE, {})
    st.session_state[_MADE] = kept | {start.key: made}
