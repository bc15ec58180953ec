"""Whether a run that was disturbed has ended as one of the same settings that was not."""

from __future__ import annotations

import io
import zipfile

import h5py
import numpy as np

from mnist_core.store import Run
from tests.e2e.server import Server
from tests.e2e.train_page import TrainPage


def final_arrays(server: Server, run: Run) -> dict[str, np.ndarray]:
    """Read the weights and the optimizer's state from the stored model, without Keras."""
    arrays = {}

    def read(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with server.store() as store:
        packed = zipfile.ZipFile(io.BytesIO(store.load_model(run.id)))
    with h5py.File(io.BytesIO(packed.read("model.weights.h5"))) as file:
        file.visititems(read)
    return arrays


def assert_same_end(tab: TrainPage, disturbed: Run, undisturbed: Run) -> None:
    """Compare curve, History and weights with those of the same settings, undisturbed."""
    assert disturbed.config == undisturbed.config
    tab.wait_for_points("val_accuracy", 6)
    shown = tab.curve("step_loss")["x"]
    assert shown == sorted(set(shown))
    assert shown[-1] == 6
    server = tab.server
    with server.store() as store:
        history = store.read_history(disturbed.id)
        events = store.read_events({disturbed.id: 0}, limit=10_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    with server.store() as store:
        assert store.read_history(undisturbed.id) == history
    assert undisturbed.test_accuracy == disturbed.test_accuracy
    ours, theirs = final_arrays(server, disturbed), final_arrays(server, undisturbed)
    assert len(ours) > 4  # weights and biases of two layers, and more
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name])
