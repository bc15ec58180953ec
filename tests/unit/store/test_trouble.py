"""A disk or a lock that gives trouble: a sentence, and nothing half-written."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from mnist_core.errors import StoreError
from mnist_core.store import RunStatus, Store
from tests.unit.store.store_helpers import (
    ANNA,
    LEASE,
    claimed_run,
    epoch_record,
    events_of,
    new_run,
    progress,
    tiny_dataset,
)


@pytest.fixture
def full_disk(sqlite_url: str) -> Iterator[Callable[[], Store]]:
    """Opens a store again on a disk that has no room for more than a page or two."""
    opened = []

    def allow_no_growth(connection: sa.PoolProxiedConnection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # means: as many as there are

    def reopen() -> Store:
        sa.event.listen(Engine, "connect", allow_no_growth)
        opened.append(Store(sqlite_url))
        return opened[-1]

    yield reopen
    for store in opened:
        store.close()
    if opened:
        sa.event.remove(Engine, "connect", allow_no_growth)


def test_a_full_disk_leaves_nothing_of_a_record(
    sqlite_url: str, full_disk: Callable[[], Store]
) -> None:
    with Store(sqlite_url) as store:
        run_id, claim = claimed_run(store)
        store.record(claim, checkpoint=b"old", step=1)
    store = full_disk()
    before = (store.get_run(run_id), events_of(store, run_id))
    with pytest.raises(StoreError, match="The disk is full"):
        store.record(
            claim,
            events=[progress(2)],
            epoch=epoch_record(0),
            checkpoint=b"new" * 100_000,
            snapshot=(0, b"weights"),
            step=2,
        )
    assert (store.get_run(run_id), events_of(store, run_id)) == before
    assert store.load_checkpoint(run_id) == b"old"
    assert store.read_epochs(run_id) == []
    assert store.snapshot_epochs(run_id) == []
    # The store itself goes on, and what is small still fits.
    store.heartbeat(claim, LEASE)


def test_a_full_disk_leaves_a_run_unfinished_that_can_still_fail(
    sqlite_url: str, full_disk: Callable[[], Store]
) -> None:
    with Store(sqlite_url) as store:
        run_id, claim = claimed_run(store)
        store.record(claim, checkpoint=b"c" * 20_000)
    store = full_disk()
    with pytest.raises(StoreError, match="The disk is full"):
        store.finish(claim, RunStatus.FINISHED, model=b"m" * 1_000_000, test_accuracy=0.9)
    run = store.get_run(run_id)
    assert (run.status, run.test_accuracy) == (RunStatus.RUNNING, None)
    assert store.load_model(run_id) is None
    assert store.load_checkpoint(run_id) == b"c" * 20_000
    store.finish(claim, RunStatus.FAILED, error="The disk is full.", advice="Free some space.")
    assert store.get_run(run_id).status is RunStatus.FAILED


def test_a_full_disk_leaves_no_half_data_set(
    sqlite_url: str, full_disk: Callable[[], Store]
) -> None:
    Store(sqlite_url).close()
    store = full_disk()
    with pytest.raises(StoreError, match="The disk is full"):
        store.save_dataset(tiny_dataset())
    assert not store.has_dataset(tiny_dataset().digest)


def test_a_sqlite_store_that_stays_locked_is_an_error_in_words(sqlite_url: str) -> None:
    with Store(sqlite_url, busy_timeout=0.05) as store:
        run = new_run(store)
        other = sa.create_engine(sqlite_url)
        with other.connect() as holder:
            holder.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="busy"):
                store.rename_run(run.id, ANNA, "New")
            # Whoever only looks does not wait for writers.
            assert store.get_run(run.id).name == ""
        other.dispose()
        store.rename_run(run.id, ANNA, "New")
        assert store.get_run(run.id).name == "New"


def test_a_postgresql_run_that_stays_locked_is_an_error_in_words(postgresql_url: str) -> None:
    with Store(postgresql_url, busy_timeout=0.05) as store:
        run = new_run(store)
        other = sa.create_engine(store.url)
        with other.begin() as holder:
            lock = sa.text("SELECT id FROM runs WHERE id = :id FOR UPDATE")
            holder.execute(lock, {"id": run.id})
            with pytest.raises(StoreError, match="busy"):
                store.rename_run(run.id, ANNA, "New")
            # Another claimant may hold it: then there is nothing to claim, and no waiting.
            assert store.claim_next(LEASE) is None
        other.dispose()
        store.rename_run(run.id, ANNA, "New")


def test_opening_waits_for_another_process_that_makes_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        # The other process is done at the very moment in which this one begins to wait.
        monkeypatch.setattr(time, "sleep", lambda _seconds: other.execute("ROLLBACK"))
        with Store(f"sqlite:///{path}") as store:
            assert store.list_runs() == []


def test_opening_gives_up_on_a_file_that_stays_locked(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy"):
            Store(f"sqlite:///{path}", busy_timeout=0.05)


@pytest.mark.parametrize("change", ["deleted", "replaced"])
def test_a_file_that_is_gone_is_written_no_more_until_it_is_back(
    sqlite_url: str, tmp_path: Path, change: str
) -> None:
    with Store(sqlite_url) as store:
        run = new_run(store)
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        kept = file.rename(tmp_path / "kept.db")
        if change == "replaced":
            file.write_bytes(kept.read_bytes())
        elif change == "deleted":
            assert not file.exists()

        with pytest.raises(StoreError, match="was deleted, moved or replaced while the program"):
            store.rename_run(run.id, ANNA, "New")
        assert store.get_run(run.id).name == ""  # what was open can still be looked at

        kept.replace(file)
        store.rename_run(run.id, ANNA, "New")
        assert store.get_run(run.id).name == "New"
