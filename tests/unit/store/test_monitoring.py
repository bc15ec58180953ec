"""What is asked of the store to look after a server, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from mnist_core.errors import StoreError
from mnist_core.store import RunStatus, Store
from tests.unit.store.store_helpers import LEASE, Clock, new_run


def test_runs_are_counted_by_status_and_of_those_that_wait_the_first_is_timed(
    store: Store, clock: Clock
) -> None:
    assert store.count_runs() == (dict.fromkeys(RunStatus, 0), 0.0)
    new_run(store)
    clock.advance(60)
    new_run(store)
    clock.advance(5)
    assert store.count_runs().by_status[RunStatus.QUEUED] == 2
    assert store.count_runs().longest_wait == 65
    store.claim_next(LEASE)
    by_status, longest_wait = store.count_runs()
    assert by_status[RunStatus.QUEUED] == by_status[RunStatus.RUNNING] == 1
    assert longest_wait == 5


def test_how_long_runs_waited_is_told_of_those_that_began_in_a_span(
    store: Store, clock: Clock
) -> None:
    before = clock()
    for wait in (3, 4):
        new_run(store)
        clock.advance(wait)
        store.claim_next(LEASE)
    assert store.seconds_waited(before, clock()) == pytest.approx([3, 4])
    assert store.seconds_waited(before + 3, clock()) == pytest.approx([4])
    assert store.seconds_waited(clock(), clock() + 60) == []


def test_workers_of_servers_that_live_are_counted(store: Store, clock: Clock) -> None:
    assert store.workers_seen() == (0, 0, "")
    store.report_dispatcher("one", 2, 1)
    store.report_dispatcher("other", 0, 0, "No computer of the lab is there.")
    assert store.workers_seen() == (2, 1, "No computer of the lab is there.")
    clock.advance(60)
    assert store.workers_seen() == (0, 0, "")


def test_tables_that_another_version_has_changed_are_noticed(store: Store) -> None:
    store.check_schema()
    engine = sa.create_engine(store.url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'future'"))
    engine.dispose()
    with pytest.raises(StoreError, match="another version"):
        store.check_schema()
