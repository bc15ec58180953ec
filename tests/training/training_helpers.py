"""What the tests of the training share. Imports Keras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np

from mnist_core.config import TrainingConfig
from mnist_core.store import Event, Store

# 360 training digits: 8 updates an epoch, the last batch a smaller one.
SMALL = TrainingConfig(layers=(12,), batch_size=50, epochs=3)
STEPS = 8

# Its weights overflow within the first epoch.
OVERFLOWING = TrainingConfig(
    layers=(64, 64, 64), batch_size=10, epochs=2, optimizer="sgd", learning_rate=10, l2=0.1
)


class At(keras.callbacks.Callback):
    """Does something after the n-th update of the weights."""

    def __init__(self, step: int, action: Callable[[], Any]) -> None:
        super().__init__()
        self._left, self._action = step, action

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._left -= 1
        if self._left == 0:
            self._action()


def throw(error: BaseException) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


def same(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> bool:
    """Compare weights bit for bit."""
    return len(first) == len(second) and all(map(np.array_equal, first, second))


def stored_weights(store: Store, run_id: str) -> list[np.ndarray]:
    model = store.load_model(run_id)
    assert model is not None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(model)
        return keras.saving.load_model(path).get_weights()


def events_of(store: Store, run_id: str, kind: str | None = None) -> list[Event]:
    events = store.read_events({run_id: 0}, limit=100_000)
    return [event for event in events if kind in (None, event.kind)]


def curve(store: Store, run_id: str) -> list[dict[str, Any]]:
    """Return what is drawn of a run, without how long it took."""
    times = ("seconds", "digits_per_second")
    return [
        {key: value for key, value in event.data.items() if key not in times}
        for event in events_of(store, run_id)
        if event.kind != "status"
    ]
