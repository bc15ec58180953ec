"""The first point comes at once, and nothing else changes by it."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from mnist_core.data import Dataset
from mnist_core.training import batches
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.fit import train
from mnist_core.training.model import build_model
from tests.training.training_helpers import SMALL, same

IN_CHUNKS = SMALL.replace(batch_size=5, epochs=2, dropout=0.2)  # 72 updates an epoch, 7 in one go


class Places(keras.callbacks.Callback):
    """Notes where it is called within an epoch, and the state at the first place."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[int, int]] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        fit = self.params["fit"]
        if not self.places:
            self.state: Checkpoint = fit.capture({})
        self.places.append((fit.epoch, fit.batch))


def test_the_first_point_comes_after_one_update_of_a_slow_network_and_changes_no_bit(
    tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    histories, models, seen = [], [], []
    for seconds in (1.0, 0.0):
        monkeypatch.setattr(batches, "FIRST_POINT_SECONDS", seconds)
        models.append(build_model(IN_CHUNKS))
        seen.append(Places())
        histories.append(train(models[-1], tiny, IN_CHUNKS, [seen[-1]]).history)

    assert [place for place in seen[1].places if place not in seen[0].places] == [(0, 1)]
    assert histories[0] == histories[1]
    assert same(models[0].get_weights(), models[1].get_weights())

    gone_on = build_model(IN_CHUNKS)
    history = train(gone_on, tiny, IN_CHUNKS, checkpoint=seen[1].state).history
    assert history == histories[0]
    assert same(gone_on.get_weights(), models[0].get_weights())
