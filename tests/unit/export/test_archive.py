"""Out of one store and into another: nothing of a run gets lost, and nothing else comes along."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_core import __version__
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import ArchiveError, RunNotFoundError
from mnist_core.export import archive_bytes, export_runs, import_runs, layout, runs_csv
from mnist_core.export.keras_file import read_model
from mnist_core.store import Run, RunStatus, Store
from tests.unit.export.export_helpers import ANNA, BEN, finished_run, members_of

# What a store says of a run because it is this store, or because of who has it.
OF_THE_STORE = ("owner", "last_seq", "pace", "attempt", "starred", "background")

SIX = [
    (TrainingConfig(layers=(), epochs=1, optimizer="sgd"), RunStatus.FINISHED),
    (TrainingConfig(layers=(5,), epochs=3, l2=0.01, optimizer="rmsprop"), RunStatus.FINISHED),
    (TrainingConfig(layers=(6, 4), epochs=2, dropout=0.2), RunStatus.STOPPED),
    (TrainingConfig(layers=(4, 4, 4), epochs=1, optimizer="momentum"), RunStatus.FAILED),
    (TrainingConfig(layers=(3,), epochs=2, activation="elu", seed=2**31 - 1), RunStatus.FINISHED),
    (TrainingConfig(layers=(1, 2, 3, 4), epochs=1, fraction=0.5), RunStatus.FINISHED),
]


def told(store: Store, run_id: str) -> dict[str, Any]:
    """All that a store knows of a run."""
    run = dataclasses.asdict(store.get_run(run_id))
    model = store.load_model(run_id)
    weights, optimizer = read_model(model) if model else ([], [])
    return {
        **{name: value for name, value in run.items() if name not in OF_THE_STORE},
        "epochs": str(store.read_epochs(run_id)),
        "events": [
            (e.kind, e.data, e.created_at)
            for e in store.read_events({run_id: 0})
            if e.kind != "status"
        ],
        "summary": store.load_summary(run_id),
        "predictions": store.load_predictions(run_id),
        "snapshots": [store.load_snapshot(run_id, e) for e in store.snapshot_epochs(run_id)],
        "snapshot_epochs": store.snapshot_epochs(run_id),
        "weights": [array.tobytes() for array in weights],
        "optimizer": [array.tobytes() for array in optimizer],
    }


def test_six_different_runs_are_the_same_in_an_empty_store(
    store: Store, other: Store, tiny: Dataset
) -> None:
    runs = [finished_run(store, tiny, config, status=status) for config, status in SIX]
    archive = archive_bytes(store, [run.id for run in runs])

    brought = import_runs(other, io.BytesIO(archive), owner=BEN)

    assert brought.added == [run.id for run in runs]
    assert brought.sentence == "6 runs brought back."
    for run in runs:
        assert told(other, run.id) == told(store, run.id)
        assert other.get_run(run.id).owner == BEN
    digits = other.load_dataset(tiny.digest)
    assert digits.digest == tiny.digest
    assert digits.name == "tiny.npz"


def test_what_was_brought_back_can_be_taken_away_again(
    packed: tuple[Run, bytes], other: Store
) -> None:
    run, archive = packed
    import_runs(other, io.BytesIO(archive))
    again = members_of(archive_bytes(other, [run.id]))
    before = members_of(archive)
    for name in set(before) - {layout.MANIFEST, f"{run.id}/{layout.MODEL}"}:
        read = json.loads if name.endswith(".json") else bytes
        assert read(again[name]) == read(before[name]), name


def test_a_run_that_goes_on_is_brought_back_as_stopped(
    store: Store, other: Store, tiny: Dataset
) -> None:
    store.save_dataset(tiny)
    run = store.create_run(
        TrainingConfig(), dataset_digest=tiny.digest, dataset_name=tiny.name, lease_seconds=60
    )
    import_runs(other, io.BytesIO(archive_bytes(store, [run.id])))
    assert other.get_run(run.id).status is RunStatus.STOPPED
    assert other.claim_next(60) is None


def test_the_second_import_changes_nothing_and_says_so(
    packed: tuple[Run, bytes], other: Store
) -> None:
    run, archive = packed
    import_runs(other, io.BytesIO(archive), owner=ANNA)
    other.rename_run(run.id, ANNA, "mine")
    brought = import_runs(other, io.BytesIO(archive), owner=BEN)
    assert (brought.added, brought.known) == ([], [run.id])
    assert brought.sentence == "This run is here already."
    assert other.get_run(run.id).name == "mine"
    assert other.get_run(run.id).owner == ANNA


def test_of_several_runs_those_that_are_new_here_are_added(
    store: Store, other: Store, tiny: Dataset
) -> None:
    first, second = finished_run(store, tiny), finished_run(store, tiny)
    import_runs(other, io.BytesIO(archive_bytes(store, [first.id])))
    brought = import_runs(other, io.BytesIO(archive_bytes(store, [first.id, second.id])))
    assert (brought.added, brought.known) == ([second.id], [first.id])
    assert brought.sentence == "1 run brought back. 1 run of the file were here already."


def test_a_run_deleted_by_its_owner_comes_back_and_one_deleted_by_another_stays_with_them(
    packed: tuple[Run, bytes], other: Store
) -> None:
    run, archive = packed
    import_runs(other, io.BytesIO(archive), owner=ANNA)
    other.delete_run(run.id, ANNA)
    assert import_runs(other, io.BytesIO(archive), owner=BEN).added == []
    assert import_runs(other, io.BytesIO(archive), owner=ANNA).added == [run.id]
    assert other.get_run(run.id).deleted_at is None


def test_nothing_in_an_archive_says_who_started_the_run(packed: tuple[Run, bytes]) -> None:
    assert ANNA.encode() not in b"".join(members_of(packed[1]).values())


def test_digits_go_along_where_nobody_else_has_them(
    store: Store, tiny: Dataset, packed: tuple[Run, bytes]
) -> None:
    own = members_of(archive_bytes(store, [finished_run(store, tiny).id]))
    assert layout.digits_member(tiny.digest) in own
    assert not any(name.startswith("digits") for name in members_of(packed[1]))


def test_a_manifest_names_program_and_digits_and_the_digest_of_each_file(
    packed: tuple[Run, bytes], sample: Dataset
) -> None:
    members = members_of(packed[1])
    manifest = json.loads(members[layout.MANIFEST])
    assert manifest["program"] == __version__
    assert manifest["datasets"] == [
        {"digest": sample.digest, "name": "Built-in sample", "carried": False}
    ]
    assert set(manifest["files"]) == set(members) - {layout.MANIFEST}


def test_the_arrays_open_in_numpy_without_pickles(packed: tuple[Run, bytes]) -> None:
    run, archive = packed
    members = members_of(archive)
    with np.load(io.BytesIO(members[f"{run.id}/{layout.WEIGHTS}"]), allow_pickle=False) as file:
        assert [file[name].shape for name in file.files] == layout.weight_shapes(run.config)


def test_a_table_has_a_row_a_run(store: Store, tiny: Dataset) -> None:
    runs = [finished_run(store, tiny, name=name) for name in ("=1+1", "two, three")]
    first, second = csv.DictReader(io.StringIO(runs_csv(runs)))
    assert first["name"] == "'=1+1"  # no formula
    assert (second["name"], second["layers"]) == ("two, three", "6-4")
    assert float(second["test_accuracy"]) == runs[1].test_accuracy


@pytest.mark.parametrize("run_ids", [[], ["0" * 12] * 201])
def test_none_and_too_many_runs_are_refused(store: Store, run_ids: list[str]) -> None:
    with pytest.raises(ArchiveError, match="Choose 1 to 200"):
        archive_bytes(store, run_ids)


def test_a_run_that_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError):
        export_runs(store, ["0" * 12], tmp_path / "runs.zip")


def test_an_archive_of_too_many_bytes_is_refused(
    store: Store, tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished_run(store, tiny)
    monkeypatch.setattr(layout, "MOST_BYTES", 10_000)
    with pytest.raises(ArchiveError, match="Choose fewer"):
        archive_bytes(store, [run.id])


def test_a_path_does_as_well_as_an_open_file(
    store: Store, other: Store, tiny: Dataset, tmp_path: Path
) -> None:
    run, path = finished_run(store, tiny), tmp_path / "runs.zip"
    export_runs(store, [run.id], path)
    assert zipfile.is_zipfile(path)
    assert import_runs(other, path).added == [run.id]
