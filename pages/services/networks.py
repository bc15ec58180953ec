"""The trained network of a run, unpacked once for all viewers."""

import streamlit as st

from mnist_core.errors import RunNotFoundError
from mnist_core.inspection.network import Network
from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.services.server import get_networks, get_store
from pages.text import message

SECONDS_TO_A_LOOK = 2.0


def newest_snapshot(run: Run) -> int | None:
    """Return which epoch the run's newest snapshot is of; None where there is none."""
    epochs = get_store().snapshot_epochs(run.id)
    return epochs[-1] if epochs else None


def render_no_network(run: Run) -> None:
    """Show why there is nothing of a run's network; while it may still come, wait for it."""
    if run.status.is_over:
        message.info(
            "This run is {state}. Nothing of its network was kept: choose another run.",
            state=state(run),
        )
        return
    message.info(
        "This run is {state}. Its network appears here as soon as training begins.",
        state=state(run),
    )
    st.fragment(_look_again, run_every=SECONDS_TO_A_LOOK)(run)


def has_ended(run: Run) -> bool:
    """Ask the store whether a run is over by now, or gone: the page then says so."""
    try:
        return get_store().get_run(run.id).status.is_over
    except RunNotFoundError:
        return True


def _look_again(run: Run) -> None:
    if has_ended(run) or newest_snapshot(run) is not None:
        st.rerun()


def network_at(run: Run, epoch: int) -> Network:
    """Return the network as it was after an epoch, from 0 on, or before the first batch, -1."""
    return get_networks().get(
        (run.id, epoch),
        lambda: Network.from_snapshot(get_store().load_snapshot(run.id, epoch), run.config),
    )
