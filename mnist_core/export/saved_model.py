"""The model of a run: as its worker saved it, or written from the checkpoint that it rests at."""

from __future__ import annotations

import io

import numpy as np

from mnist_core.export.keras_file import write_model
from mnist_core.store import Run, RunStatus, Store


def load_saved_model(store: Store, run: Run) -> bytes | None:
    """Load a run's ``.keras`` file; None while it trains and where nothing is kept.

    A worker saves it when a run is over or paused while it trains. A run that was stopped or
    paused between two turns has a checkpoint only, which says the same.
    """
    model = store.load_model(run.id)
    if model is not None or not _rests(run):
        return model
    checkpoint = store.load_checkpoint(run.id)
    return None if checkpoint is None else _model_of(run, checkpoint)


def has_saved_model(store: Store, run: Run) -> bool:
    """Check whether there is one, without reading it."""
    return store.has_model(run.id) or (_rests(run) and store.has_checkpoint(run.id))


def _rests(run: Run) -> bool:
    return run.status in (RunStatus.PAUSED, RunStatus.STOPPED)


def _model_of(run: Run, checkpoint: bytes) -> bytes:
    with np.load(io.BytesIO(checkpoint), allow_pickle=False) as archive:
        names = sorted(archive.files)
        weights, optimizer = (
            [archive[name] for name in names if name.startswith(group)]
            for group in ("model_", "optimizer_")
        )
    # The dice of dropout layers are among a model's variables and no weights.
    weights = [array for array in weights if array.dtype == np.float32]
    return write_model(run.config, weights, optimizer)
