"""The trained network of a run, unpacked once for all viewers."""

from __future__ import annotations

import streamlit as st

from mnist_core.inference import Network
from mnist_core.store import Run
from pages.components.server import get_store

KEPT_NETWORKS = 64


def newest_snapshot(run: Run) -> int | None:
    """Say which epoch the run's newest snapshot is of; None where there is none."""
    epochs = get_store().snapshot_epochs(run.id)
    return epochs[-1] if epochs else None


def network_at(run: Run, epoch: int) -> Network:
    """Give the network as it was after an epoch, from 0 on, or before the first batch, -1."""
    return _network(run.id, epoch, run)


@st.cache_resource(max_entries=KEPT_NETWORKS, show_spinner=False)
def _network(run_id: str, epoch: int, _run: Run) -> Network:
    return Network.from_snapshot(get_store().load_snapshot(run_id, epoch), _run.config)
