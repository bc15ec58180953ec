"""Which training digits an update is made for: one, or a few in a batch."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.data import Dataset, split_indices
from mnist_core.inspection.network import guesses
from mnist_core.lesson.glossary import explain
from pages.services.caching import BY_NAME
from pages.text import message
from pages.views.inside.snapshot import Snapshot

NUMBER_KEY = "training_digit"
BATCH_KEY = "batch"
SIZES = {str(size): size for size in (1, 4, 16)}
READ_AT_ONCE = 500
KEPT_SPLITS = 16

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class TrainingDigits:
    """The digits of a batch.

    Attributes:
        dataset: whose training digits they are.
        positions: of the digits in it.
        is_new: whether the run did not learn from the first of them.
    """

    dataset: Dataset
    positions: tuple[int, ...]
    is_new: bool = False

    @property
    def images(self) -> npt.NDArray[np.uint8]:
        """What is to be read: uint8 (n, 28, 28)."""
        return self.dataset.x_train[list(self.positions)]

    @property
    def labels(self) -> npt.NDArray[np.uint8]:
        """What they are: uint8 (n,)."""
        return self.dataset.y_train[list(self.positions)]


def pick_training_digits(snapshot: Snapshot) -> TrainingDigits:
    """Draw the choice of training digits and give the chosen ones."""
    last = len(snapshot.dataset.x_train) - 1
    if st.session_state.get(NUMBER_KEY, 0) > last:  # from a run with more training digits
        st.session_state[NUMBER_KEY] = last
    with st.container(horizontal=True, vertical_alignment="bottom", key="pick-digit"):
        number = st.number_input(
            "Training digit", 0, last, key=NUMBER_KEY, bind="query-params", width=190
        )
        size = st.segmented_control(
            "Batch",
            SIZES,
            default=next(iter(SIZES)),
            required=True,
            key=BATCH_KEY,
            bind="query-params",
            help=explain("batch"),
        )
        st.button("Another digit", icon=":material/shuffle:", on_click=_another, args=(snapshot,))
        st.button("One it gets wrong", icon=":material/close:", on_click=_wrong, args=(snapshot,))
    if st.session_state.pop("no-training-mistake", False):
        message.info("It gets every training digit right.")
    training, _ = split_of(snapshot)
    place = np.searchsorted(training, number)
    is_new = number not in training[place : place + 1]
    following = np.arange(1, SIZES[size]) + place - is_new
    more = training.take(following, mode="wrap")
    return TrainingDigits(snapshot.dataset, (int(number), *more.tolist()), is_new)


def show_training_digit(position: int) -> None:
    """Teach this training digit from the next run of the page on; for callbacks."""
    st.session_state[NUMBER_KEY] = position


def split_of(snapshot: Snapshot) -> tuple[Positions, Positions]:
    """Return where a run's training digits are, in order, and its validation digits, well mixed."""
    config = snapshot.run.config
    return _split(snapshot.dataset, config.validation_split, config.fraction)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_SPLITS, show_spinner=False)
def _split(
    dataset: Dataset, validation_split: float, fraction: float
) -> tuple[Positions, Positions]:
    training, validation = split_indices(dataset.y_train, validation_split, fraction)
    return np.sort(training), validation


def _another(snapshot: Snapshot) -> None:
    training, _ = split_of(snapshot)
    show_training_digit(int(np.random.default_rng().choice(training)))


def _wrong(snapshot: Snapshot) -> None:
    """Go to the next training digit that this network reads wrong; after the last, to the first."""
    training, _ = split_of(snapshot)
    begin = int(np.searchsorted(training, st.session_state.get(NUMBER_KEY, 0) + 1))
    dataset, network = snapshot.dataset, snapshot.network
    in_turn = np.roll(training, -begin)
    for first in range(0, len(in_turn), READ_AT_ONCE):
        block = in_turn[first : first + READ_AT_ONCE]
        guessed = guesses(network.probabilities(dataset.x_train[block]))
        wrong = block[guessed != dataset.y_train[block]]
        if len(wrong):
            show_training_digit(int(wrong[0]))
            return
    st.session_state["no-training-mistake"] = True
