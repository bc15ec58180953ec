"""A worker that leaves in the middle of a run: it goes on elsewhere, to the very same weights."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.serving.dispatcher import trainers
from mnist_core.store import Run, RunStatus, Store
from tests.e2e.server import free_port
from tests.training.training_helpers import same, stored_weights
from tests.unit.serving.lab_processes import Command, command, until

PATIENCE = 240
CONFIG = TrainingConfig(layers=(8,), batch_size=1, epochs=60, dropout=0.2, seed=7)


def test_a_run_whose_worker_leaves_goes_on_elsewhere_bit_for_bit(
    store: Store, tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    store.save_dataset(tiny)

    def queue() -> Run:
        return store.create_run(CONFIG, dataset_digest=tiny.digest, dataset_name=tiny.name)

    async def story() -> tuple[Run, Run]:
        async with trainers(store):
            with command(tmp_path, "scheduler", "--port", str(port)):
                first = Command(tmp_path, "worker", address)
                moved = queue()
                await until(lambda: store.get_run(moved.id).epochs_done >= 2, PATIENCE)
                assert await asyncio.to_thread(first.end) == 0
                left = store.get_run(moved.id)
                assert left.status is RunStatus.INTERRUPTED
                assert left.epochs_done < CONFIG.epochs
                with command(tmp_path, "worker", address):
                    await until(lambda: store.get_run(moved.id).status.is_over, PATIENCE)
                    undisturbed = queue()
                    await until(lambda: store.get_run(undisturbed.id).status.is_over, PATIENCE)
        return store.get_run(moved.id), store.get_run(undisturbed.id)

    moved, undisturbed = asyncio.run(story())
    assert [run.status for run in (moved, undisturbed)] == [RunStatus.FINISHED] * 2
    assert (moved.attempt, undisturbed.attempt) == (2, 1)
    assert moved.test_loss == undisturbed.test_loss
    assert same(*(stored_weights(store, run.id) for run in (moved, undisturbed)))
