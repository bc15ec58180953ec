"""What is taken away of six different runs, opened by what it is for."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import keras
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from mnist_core.config import SERIES
from mnist_core.data import Dataset, pack_npz, scale
from mnist_core.data.arrays import unpack_predictions
from mnist_core.export import archive_bytes, import_runs, layout, run_notebook
from mnist_core.store import Run, Store
from mnist_core.training import worker
from tests.training.training_helpers import SMALL, same, stored_weights
from tests.unit.export.export_helpers import members_of

PATIENCE = 300
SIX = {
    "one layer": SMALL,
    "two layers": SMALL.replace(
        layers=(20, 10), activation="tanh", optimizer="rmsprop", l2=0.001, seed=3
    ),
    "no hidden layer": SMALL.replace(layers=(), optimizer="sgd", learning_rate=0.1),
    "momentum": SMALL.replace(activation="elu", optimizer="momentum", learning_rate=0.01),
    "dropout": SMALL.replace(layers=(16,), dropout=0.3, epochs=2),
    "half of the digits": SMALL.replace(activation="sigmoid", fraction=0.5, epochs=2),
}


class SixRuns(NamedTuple):
    """Six trained runs in a store, and their archive."""

    store: Store
    runs: Mapping[str, Run]
    archive: bytes


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory, tiny: Dataset) -> Iterator[SixRuns]:
    folder = tmp_path_factory.mktemp("six")
    with Store(f"sqlite:///{folder / 'mnist.db'}") as store:
        store.save_dataset(tiny)
        runs = {}
        for name, config in SIX.items():
            run = store.create_run(
                config,
                dataset_digest=tiny.digest,
                dataset_name=tiny.name,
                name=name,
                lease_seconds=600,
            )
            worker.execute(store, run.claim, dataset=tiny)
            runs[name] = store.get_run(run.id)
        yield SixRuns(store, runs, archive_bytes(store, [run.id for run in runs.values()]))


@pytest.fixture(scope="module")
def executed(
    six: SixRuns, tiny: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What the notebooks print, one after the other in one kernel, to spare Keras's start."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "digits.npz").write_bytes(pack_npz(tiny))
    notebooks = {
        name: nbformat.reads(run_notebook(six.store, run.id), as_version=4)
        for name, run in six.runs.items()
    }
    together = nbformat.v4.new_notebook()
    for number, notebook in enumerate(notebooks.values()):
        for cell in notebook.cells:
            cell.id = f"{number}-{cell.id}"
            together.cells.append(cell)
    client = NotebookClient(
        together, timeout=PATIENCE, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    client.execute()
    return {name: printed(notebook) for name, notebook in notebooks.items()}


def printed(notebook: Any) -> str:
    return "".join(
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", SIX)
def test_a_notebook_runs_from_top_to_bottom_and_gives_the_numbers_of_the_run(
    six: SixRuns, executed: dict[str, str], name: str
) -> None:
    run = six.runs[name]
    history = six.store.read_history(run.id)
    epochs = [
        {key: float(value) for key, value in re.findall(r"(\w+) (\d+\.\d+)", line)}
        for line in executed[name].splitlines()
        if line.startswith("epoch ")
    ]
    [test] = re.findall(r"^test accuracy (\S+)$", executed[name], re.MULTILINE)

    assert len(epochs) == run.config.epochs
    assert "It says " in executed[name]
    if run.config.dropout:  # alike, and not the same
        assert epochs[0]["loss"] == pytest.approx(history["loss"][0], rel=0.1)
        return
    for key in ("loss", "val_loss"):
        assert epochs[0][key] == pytest.approx(history[key][0], rel=1e-4)
    for key in ("accuracy", "val_accuracy"):
        assert epochs[-1][key] == pytest.approx(history[key][-1], abs=0.003)
    assert float(test) == pytest.approx(run.test_accuracy, abs=0.003)


def test_the_archive_gives_equal_numbers_in_an_empty_store(six: SixRuns, tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        import_runs(other, io.BytesIO(six.archive))
        for run in six.runs.values():
            there = other.get_run(run.id)
            assert (there.config, there.test_accuracy) == (run.config, run.test_accuracy)
            assert other.read_history(run.id) == six.store.read_history(run.id)
            assert other.load_predictions(run.id) == six.store.load_predictions(run.id)
            assert other.snapshot_epochs(run.id) == six.store.snapshot_epochs(run.id)


@pytest.mark.parametrize("name", SIX)
def test_both_models_load_and_say_what_the_run_said(
    six: SixRuns, tiny: Dataset, tmp_path: Path, name: str
) -> None:
    run = six.runs[name]
    with Store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        import_runs(other, io.BytesIO(six.archive))
        brought = other.load_model(run.id)
    packed = members_of(six.archive)[f"{run.id}/{layout.MODEL}"]
    y_prob = unpack_predictions(six.store.load_predictions(run.id))
    models = []
    for data in (packed, brought):
        path = tmp_path / "model.keras"
        path.write_bytes(data)
        models.append(keras.saving.load_model(path))
        said = models[-1].predict(scale(tiny.x_test), verbose=0)
        np.testing.assert_allclose(said, y_prob, atol=1e-6)
    first, second = models
    assert json.dumps(first.get_config()) == json.dumps(second.get_config())
    assert first.optimizer.get_config() == second.optimizer.get_config()
    for ours, theirs in zip(first.optimizer.variables, second.optimizer.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
    loss, accuracy = second.evaluate(scale(tiny.x_test), tiny.y_test, verbose=0)
    assert accuracy == pytest.approx(run.test_accuracy)
    assert loss == pytest.approx(run.test_loss, rel=1e-4)


def test_a_run_that_was_brought_back_trains_on_as_it_would_have_at_home(
    six: SixRuns, tiny: Dataset, tmp_path: Path
) -> None:
    run = six.runs["momentum"]
    with Store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        import_runs(other, io.BytesIO(six.archive))
        ended = []
        for store in (six.store, other):
            more = store.extend_run(run.id, run.config.epochs + 1, owner=None)
            claim = store.claim_next(600)
            assert claim is not None
            worker.execute(store, claim, dataset=tiny)
            ended.append((store.read_history(more.id), stored_weights(store, more.id)))
    (history, weights), (history_there, weights_there) = ended
    assert history == history_there
    assert same(weights, weights_there)


def test_a_name_has_no_meaning_in_a_notebook(six: SixRuns) -> None:
    run = six.runs["one layer"]
    name = "<img src=x> ![](http://evil.example/x.png)"
    six.store.rename_run(run.id, None, name)
    title = nbformat.reads(run_notebook(six.store, run.id), as_version=4).cells[0].source
    six.store.rename_run(run.id, None, run.name)
    assert f"\n\n    {name}\n\n" in title
    assert set(SERIES) < set(re.findall(r"\w+", run_notebook(six.store, run.id)))
