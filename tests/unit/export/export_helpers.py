"""Runs as workers leave them, without Keras; and archives that somebody has changed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.data.arrays import pack_predictions, pack_weights
from mnist_core.export import layout
from mnist_core.export.keras_file import write_model
from mnist_core.store import EpochRecord, Run, RunStatus, Store

ANNA, BEN = "a" * 64, "b" * 64
CONFIG = TrainingConfig(layers=(6, 4), epochs=2, dropout=0.1)

Members = dict[str, bytes]


def random_arrays(shapes: layout.Shapes, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for dtype, shape in shapes.values()]


def finished_run(
    store: Store,
    dataset: Dataset,
    config: TrainingConfig = CONFIG,
    *,
    owner: str | None = ANNA,
    name: str = "Ünï <b>",
    status: RunStatus = RunStatus.FINISHED,
    expected_accuracy: float | None = 0.5,
) -> Run:
    """A run with made-up numbers and all that a worker writes of it."""
    store.save_dataset(dataset)
    run = store.create_run(
        config,
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        owner=owner,
        name=name,
        expected_accuracy=expected_accuracy,
        training_digits=360,
        lease_seconds=60,
    )
    weights = random_arrays(layout.weights(config))
    guesses = {"epoch": -1, "guesses": [1, 2], "confidence": [0.1, 0.25]}
    snapshot = (-1, pack_weights(weights))
    store.record(run.claim, events=[("digits", guesses)], snapshot=snapshot, device="CPU")
    for epoch in range(config.epochs):
        record = EpochRecord(epoch, 0.1 + epoch / 7, 1 / 3, float("nan"), 2 / 3, 1.25)
        progress = {"epoch": epoch, "step": epoch + 1, "position": epoch + 0.5, "accuracy": 0.1}
        store.record(
            run.claim,
            events=[
                ("progress", progress | {"loss": None, "digits_per_second": 1000}),
                ("epoch", vars(record).copy()),
            ],
            epoch=record,
            snapshot=(epoch, pack_weights(weights)),
            summary="Model: digit_reader\n┏━━┓",
            seconds=1.5,
            parameters=config.parameters,
        )
    rng = np.random.default_rng(1)
    y_prob = rng.dirichlet(np.ones(10), len(dataset.y_test)).astype(np.float32)
    right = float((y_prob.argmax(axis=1) == dataset.y_test).mean())
    is_tested = status is RunStatus.FINISHED
    store.finish(
        run.claim,
        status,
        events=[("test", {"accuracy": right, "loss": 2.5})],
        model=write_model(config, weights, random_arrays(layout.optimizer_state(config), 2)),
        test_accuracy=right if is_tested else None,
        test_loss=2.5 if is_tested else None,
        predictions=pack_predictions(y_prob) if is_tested else None,
        error="It overflowed." if status is RunStatus.FAILED else None,
        advice="Try less." if status is RunStatus.FAILED else None,
    )
    store.note_run(run.id, owner, "What if? <i>")
    return store.get_run(run.id)


def members_of(archive: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def resealed(members: Members) -> bytes:
    """Pack members under a manifest that names them as they are now: made on purpose."""
    manifest = json.loads(members[layout.MANIFEST])
    if isinstance(manifest, dict):
        manifest["files"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
            if name != layout.MANIFEST
        }
    return zipped(members | {layout.MANIFEST: json.dumps(manifest).encode()})


def with_json(name: str, change: Callable[[Any], Any]) -> Callable[[Members, str], None]:
    """Change what a member of a run says in JSON."""

    def changed(members: Members, run_id: str) -> None:
        path = name if name == layout.MANIFEST else f"{run_id}/{name}"
        value = json.loads(members[path])
        members[path] = json.dumps(change(value)).encode()

    return changed
