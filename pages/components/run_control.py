"""What the buttons of the Train page do, and what its live figure is told.

A refusal (the run is somebody else's, it has just ended, the disk is full) becomes a sentence
above the figure; nothing here lets a traceback reach the page.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.cost import Cost, Measured, estimate
from mnist_core.data import Dataset
from mnist_core.errors import MnistError, RunNotFoundError
from mnist_core.measuring import Accuracy, count_right, describe_accuracy, score_prediction
from mnist_core.store import Run, RunStatus
from pages.components.browser import owner
from pages.components.live_figure import PreviousRun
from pages.components.open_task import note_run
from pages.components.server import get_shelf, get_store, get_wishes
from pages.components.settings import chosen_settings
from pages.components.watched_run import watch
from pages.components.wording import duration

SPEEDS = {"As fast as possible": 0.0, "One second an epoch": 1.0}
RUNS_LOOKED_AT = 20
Images = npt.NDArray[np.uint8]
Action = TypeVar("Action", bound=Callable[..., None])


@dataclass(frozen=True)
class Order:
    """What a person has chosen at the moment of pressing Train.

    Attributes:
        config: the settings.
        pace: seconds an epoch should last; 0.0 is as fast as possible.
        prediction: the test accuracy they expect, 0 to 1.
    """

    config: TrainingConfig
    pace: float
    prediction: float | None


def with_refusals_shown(action: Action) -> Action:
    """Turn a refusal into a message that stays until the next click."""

    @functools.wraps(action)
    def shown(*arguments: Any) -> None:
        try:
            action(*arguments)
        except MnistError as error:
            st.session_state["refusal"] = str(error)

    return shown  # type: ignore[return-value]


def render_refusal() -> None:
    """Show why the last click could not be obeyed, once."""
    refusal = st.session_state.pop("refusal", None)
    if refusal:
        st.warning(f"{refusal} Nothing was lost.")


def cost(config: TrainingConfig) -> Cost:
    """Estimate what these settings take here, from the last run that finished."""
    digits = get_shelf().current.training_digits(config.validation_split, config.fraction)
    finished = (
        Measured(run.config, run.training_digits, run.seconds)
        for run in get_store().list_runs(RUNS_LOOKED_AT)
        if run.status is RunStatus.FINISHED and run.pace == 0 and run.training_digits
    )
    return estimate(config, digits, finished)


def look_ahead(run: Run | None, config: TrainingConfig | None) -> None:
    """Let an idle worker compile for the settings while the person still thinks."""
    if config is not None and (run is None or run.status.is_over):
        get_wishes().note(get_shelf().current, config)


def render_cost(config: TrainingConfig) -> None:
    """Say what these settings take before anything is started."""
    expected = cost(config)
    seconds = max(expected.seconds, config.epochs * SPEEDS[st.session_state["speed"]])
    st.caption(
        f"{expected.parameters:,} parameters, {expected.updates:,} updates, "
        f"about {duration(seconds)}"
    )


def _chosen_order() -> Order:
    """Read the controls as they stand: the script may not have seen the last change yet."""
    prediction = st.session_state["prediction"]
    return Order(
        config=chosen_settings(get_shelf().current),
        pace=SPEEDS[st.session_state["speed"]],
        prediction=None if prediction is None else prediction / 100,
    )


@with_refusals_shown
def start() -> None:
    """Start a run, or ask first where it would take long."""
    order = _chosen_order()
    expected = cost(order.config)
    if expected.asks_twice:
        st.session_state["unconfirmed"] = order, expected
    else:
        _create(order)


def render_confirmation() -> None:
    """Ask whether a long run is meant."""
    if "unconfirmed" not in st.session_state:
        return
    order, expected = st.session_state["unconfirmed"]
    st.warning(f"This run would take about {duration(expected.seconds)}. Train it all the same?")
    with st.container(horizontal=True):
        st.button("Train anyway", on_click=_confirm, args=(order,))
        st.button("Cancel", on_click=st.session_state.pop, args=("unconfirmed", None))


@with_refusals_shown
def _confirm(order: Order) -> None:
    st.session_state.pop("unconfirmed", None)
    _create(order)


@with_refusals_shown
def one_epoch(run: Run | None) -> None:
    """Let a paused run go on for one epoch, or start a run that pauses after its first."""
    if run is not None:
        now = get_store().get_run(run.id)  # the page may be an epoch behind
        get_store().continue_run(run.id, owner(), epoch_limit=now.epochs_done + 1)
    else:
        _create(_chosen_order(), epoch_limit=1)


@with_refusals_shown
def go_on(run: Run) -> None:
    """Put a paused run into the queue again."""
    get_store().continue_run(run.id, owner())


@with_refusals_shown
def pause(run: Run) -> None:
    """Ask the worker to keep where it is and let others train."""
    get_store().request_pause(run.id, owner())


@with_refusals_shown
def stop(run: Run) -> None:
    """Ask for the end of the run; the model is kept as far as it got."""
    get_store().request_stop(run.id, owner())


@with_refusals_shown
def follow_speed(run: Run | None) -> None:
    """Change the pace of a run that is going on."""
    if run is not None and not run.status.is_over and run.owner in (None, owner()):
        get_store().set_pace(run.id, owner(), SPEEDS[st.session_state["speed"]])


def live_data(run: Run | None, chosen: TrainingConfig | None) -> dict[str, Any]:
    """Gather what the live figure needs besides the events it fetches itself."""
    dataset = get_shelf().current if run is None else run_dataset(run.dataset_digest)
    config = TrainingConfig() if run is None else run.config
    return {
        "run": run,
        "previous": _previous_run(run),
        "digits": _showcase(dataset, config.validation_split),
        "stale_settings": run.config.describe()
        if run and chosen not in (None, run.config)
        else None,
    }


@functools.lru_cache(maxsize=8)
def _showcase(dataset: Dataset, validation_split: float) -> tuple[Images, Images]:
    """Give the digits whose guesses are shown, and their labels: uint8 (k, 28, 28) and (k,)."""
    split = dataset.split(validation_split)  # the fraction leaves the validation digits alone
    shown = split.showcase()
    return split.x_val[shown], split.y_val[shown]


@functools.lru_cache(maxsize=4)
def run_dataset(digest: str) -> Dataset:
    """Give the data a run was trained on, also after the data in use has changed."""
    current = get_shelf().current
    return current if current.digest == digest else get_store().load_dataset(digest)


def measured_accuracy(run: Run) -> Accuracy:
    """Count the test digits that a finished run has read right."""
    tested = len(run_dataset(run.dataset_digest).y_test)
    return describe_accuracy(count_right(run.test_accuracy, tested), tested)


def verdict(run: Run) -> str:
    """Say in a sentence what the test accuracy means, and how good the prediction was."""
    accuracy = measured_accuracy(run)
    words = f"**{accuracy.counted}** digits it had never seen were read right."
    if run.prediction is None:
        return words
    return f"{words} {score_prediction(run.prediction, accuracy).sentence}"


def sample_note(run: Run) -> str:
    """Say that more digits would help a run on the built-in sample; empty for other data."""
    if not run_dataset(run.dataset_digest).is_sample:
        return ""
    return (
        "It learned from the built-in sample of 5,000 digits. With all 70,000 digits the same "
        "network reads more of them right: the foot of this page says how to get them."
    )


def _create(order: Order, epoch_limit: int | None = None) -> None:
    dataset = get_shelf().current
    config = order.config
    store = get_store()
    digits = dataset.training_digits(config.validation_split, config.fraction)
    config.check_fits(digits)
    store.save_dataset(dataset)
    run = store.create_run(
        config,
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        owner=owner(),
        pace=order.pace,
        prediction=order.prediction,
        epoch_limit=epoch_limit,
        training_digits=digits,
    )
    st.session_state["prediction"] = None  # a guess is for one run
    st.session_state["previous_run"] = st.session_state.get("watched_run")
    watch(run.id)
    note_run(run.id)


def _previous_run(run: Run | None) -> PreviousRun | None:
    run_id = st.session_state.get("previous_run")
    if run is None or not run_id or run_id == run.id:
        return None
    try:
        previous = get_store().get_run(run_id)
    except RunNotFoundError:
        return None
    if not previous.epochs_done:
        return None
    return PreviousRun(_name_beside(previous, run), get_store().read_history(run_id))


def _name_beside(previous: Run, run: Run) -> str:
    """Name a run by its own name, or else by what it had otherwise."""
    if previous.name:
        return previous.name
    if previous.dataset_digest != run.dataset_digest:
        return previous.dataset_name
    return previous.config.describe_beside(run.config) or "the same settings"
