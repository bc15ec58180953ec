"""What the tests of the store share, importable by the processes they start."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from mnist_core.config import TrainingConfig
from mnist_core.data import Arrays, Dataset
from mnist_core.store import Claim, EpochRecord, Run, Situation, Store
from mnist_core.store.schema import (
    answers,
    boards,
    classes,
    closed_tasks,
    drafts,
    grids,
    guess_rounds,
    guesses,
    handwriting_digits,
    handwriting_rounds,
    held_workers,
    kept_digits,
    members,
    pixel_maps,
    seats,
    teachers,
    test_looks,
    verdicts,
    wall,
)

TABLES_SINCE = {
    "002": (verdicts,),
    "003": (kept_digits,),
    "004": (pixel_maps,),
    "005": (drafts,),
    "007": (grids,),
    "009": (seats, members, classes, teachers),
    "011": (guesses, guess_rounds),
    "012": (boards, test_looks),
    "013": (wall, closed_tasks, answers),
    "014": (handwriting_digits, handwriting_rounds),
    "016": (held_workers,),
}
COLUMNS_SINCE = {
    "006": {"runs": ("note", "starred")},
    "007": {"runs": ("continued_from", "background")},
    "008": {"runs": ("worker", "turn_began_at", "turn_ended_at", "turn_seconds")},
    "010": {
        "runs": ("paused_by_class",),
        "classes": ("guess_first", "is_paused", "called_at", "call_page", "call_run", "revision"),
    },
    "015": {"dispatchers": ("problem",)},
    "017": {"runs": ("device",)},
}
INDEXES_SINCE = {"008": ("ix_runs_owner_turn_ended_at",)}
ANNA, BEN = "a" * 64, "b" * 64
LEASE = 30.0


@dataclass
class Clock:
    """A clock that goes on only when a test says so."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def tiny_dataset(seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    arrays = Arrays(
        x_train=rng.integers(0, 256, (40, 28, 28), dtype=np.uint8),
        y_train=np.arange(40, dtype=np.uint8) % 10,
        x_test=rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        y_test=np.arange(10, dtype=np.uint8),
    )
    return Dataset.from_arrays(arrays, name="tiny.npz", source="from a test")


def make_older(address: str, version: str) -> None:
    """Bring a store back to the schema it had at a version, such as "001"."""
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        for since, tables in reversed(TABLES_SINCE.items()):  # newer ones refer to older ones
            for table in tables if since > version else ():
                table.drop(connection)
        for since, indexes in INDEXES_SINCE.items():
            for index in indexes if since > version else ():
                connection.execute(sa.text(f"DROP INDEX {index}"))
        there = sa.inspect(connection).get_table_names()
        for since, columns in COLUMNS_SINCE.items():
            for table in columns.keys() & there if since > version else ():
                for column in columns[table]:
                    connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version}
        )
    engine.dispose()


def new_run(store: Store, owner: str | None = ANNA, **settings: Any) -> Run:
    dataset = tiny_dataset()
    store.save_dataset(dataset)
    return store.create_run(
        TrainingConfig(),
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        owner=owner,
        **settings,
    )


def claimed_run(store: Store, **settings: Any) -> tuple[str, Claim]:
    run = new_run(store, **settings)
    claim = store.claim_next(LEASE)
    assert claim is not None
    assert claim.run_id == run.id
    return run.id, claim


def situation(store: Store, run_id: str) -> Situation:
    return store.situations([run_id])[run_id]


def progress(step: int) -> tuple[str, dict[str, Any]]:
    return "progress", {"epoch": 0, "step": step, "position": step / 100, "loss": 1.0}


def epoch_record(epoch: int) -> EpochRecord:
    return EpochRecord(epoch, 0.9, 0.4, 0.8, 0.5, 1.5)


def events_of(store: Store, run_id: str, kind: str | None = None) -> list[dict[str, Any]]:
    found = store.read_events({run_id: 0}, 10_000)
    assert [event.seq for event in found] == list(range(1, len(found) + 1))
    return [event.data for event in found if kind in (None, event.kind)]


def statuses(store: Store, run_id: str) -> list[str]:
    return [data["status"] for data in events_of(store, run_id, "status")]


def claim_until_empty(url: str) -> list[str]:
    """Claim as a process of its own."""
    with Store(url) as store:
        claimed = []
        while (claim := store.claim_next(LEASE)) is not None:
            claimed.append(claim.run_id)
        return claimed


def open_and_count(url: str) -> int:
    """Open a store as a process of its own."""
    with Store(url) as store:
        return len(store.list_runs())


def hold_workers(url: str, dispatcher_id: str, workers: list[str]) -> set[str]:
    """Take workers as a process of its own, at the same moment as others."""
    with Store(url, clock=Clock()) as store:
        return store.hold_workers(dispatcher_id, workers)


def record_many(url: str, claim: Claim, steps: range) -> None:
    """Write many events as a process of its own."""
    with Store(url) as store:
        for step in steps:
            store.record(claim, events=[("note", {"step": step})])


def in_threads(count: int, work: Any) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
