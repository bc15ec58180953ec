"""The life of a digit over the epochs of a real run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mnist_core.data import Dataset
from mnist_core.data.arrays import unpack_predictions
from mnist_core.evaluation.learning_history import BEFORE_TRAINING, trace_learning
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.inspection.network import Network
from mnist_core.store import Claim, Run, Store
from mnist_core.training import worker
from tests.training.training_helpers import SMALL


def test_a_real_run_ends_its_lives_as_its_test_says(
    store: Store, start: Callable[..., Run], tiny: Dataset
) -> None:
    run = start(SMALL)
    worker.execute(store, Claim(run.id, run.attempt))
    predictions = store.load_predictions(run.id)
    assert predictions is not None
    at_the_end = Evaluation(tiny.y_test, unpack_predictions(predictions))
    networks = [
        (epoch, Network.from_snapshot(store.load_snapshot(run.id, epoch), run.config))
        for epoch in store.snapshot_epochs(run.id)
    ]
    for position in range(10):
        true = int(tiny.y_test[position])
        told = trace_learning(tiny.x_test[position], true, networks)
        assert told.epochs == (BEFORE_TRAINING, 0, 1, 2)
        np.testing.assert_allclose(told.y_prob[-1], at_the_end.y_prob[position], atol=5e-3)
        assert told.right[-1] == at_the_end.right[position]
