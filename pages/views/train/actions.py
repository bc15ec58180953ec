"""What the buttons of the Train page do."""

from dataclasses import dataclass

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.formatting import duration
from mnist_core.store import Run
from pages.services.server import get_precompile_requests, get_shelf, get_store
from pages.session.draft import note_run
from pages.session.open_task import current_task
from pages.session.refusal import with_refusals_shown
from pages.session.rights import changes_as, ends_as
from pages.session.run_behind import note_run_before
from pages.session.watched_run import watch
from pages.text import message
from pages.views.shared.cost import expected_cost
from pages.views.shared.new_run import prepare_run
from pages.views.shared.speed import chosen_pace
from pages.views.train.expectation import expected_accuracy, forget_expectation
from pages.views.train.settings import chosen_settings


@dataclass(frozen=True)
class Order:
    """What a person has chosen at the moment of pressing Train.

    Attributes:
        config: the settings.
        pace: seconds an epoch should last; 0.0 is as fast as possible.
        expected_accuracy: the test accuracy they expect, 0 to 1.
    """

    config: TrainingConfig
    pace: float
    expected_accuracy: float | None


def look_ahead(run: Run | None, config: TrainingConfig | None) -> None:
    """Let an idle worker compile for the settings while the person still thinks."""
    if config is not None and (run is None or run.status.is_over):
        get_precompile_requests().note(get_shelf().current, config)


def _chosen_order() -> Order:
    """Read the controls as they stand: the script may not have seen the last change yet."""
    return Order(
        config=chosen_settings(get_shelf().current),
        pace=chosen_pace(),
        expected_accuracy=expected_accuracy(),
    )


@with_refusals_shown
def start() -> None:
    """Start a run, or ask first where it would take long."""
    order = _chosen_order()
    expected = expected_cost(order.config, get_shelf().current)
    if expected.asks_twice:
        st.session_state["unconfirmed"] = order, expected
    else:
        _create(order)


def render_confirmation() -> None:
    """Ask whether a long run is meant."""
    if "unconfirmed" not in st.session_state:
        return
    order, expected = st.session_state["unconfirmed"]
    message.warning(
        "This run would take about {time}. Train it all the same?",
        time=duration(expected.seconds),
    )
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
        get_store().continue_run(run.id, changes_as(run.owner), epoch_limit=now.epochs_done + 1)
    else:
        _create(_chosen_order(), epoch_limit=1)


@with_refusals_shown
def go_on(run: Run) -> None:
    """Put a paused run into the queue again."""
    get_store().continue_run(run.id, changes_as(run.owner))


@with_refusals_shown
def pause(run: Run) -> None:
    """Ask the worker to keep where it is and let others train."""
    get_store().request_pause(run.id, changes_as(run.owner))


@with_refusals_shown
def stop(run: Run) -> None:
    """Ask for the end of the run; the model is kept as far as it got."""
    get_store().request_stop(run.id, ends_as(run.owner))


def _create(order: Order, epoch_limit: int | None = None) -> None:
    run = get_store().create_run(
        order.config,
        **prepare_run(order.config),
        pace=order.pace,
        expected_accuracy=order.expected_accuracy,
        epoch_limit=epoch_limit,
    )
    forget_expectation()
    note_run_before(st.session_state.get("watched_run"))
    watch(run.id)
    if task := current_task():
        note_run(task, run.id)
