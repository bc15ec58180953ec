"""The clock of a store that several computers use: their own may be anything."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from mnist_core.errors import StoreError
from mnist_core.store import RunStatus, Store, clock
from mnist_core.store.clock import ASK_SECONDS, DatabaseClock
from tests.unit.store.store_helpers import LEASE, claimed_run


@pytest.mark.parametrize("wrong_by", [-3600.0, 3600.0], ids=["slow", "fast"])
def test_a_computer_with_a_wrong_clock_keeps_its_claim_on_postgresql(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, wrong_by: float
) -> None:
    with Store(postgresql_url) as dashboard:
        wrong = SimpleNamespace(time=lambda: time.time() + wrong_by, monotonic=time.monotonic)
        monkeypatch.setattr(clock, "time", wrong)
        with Store(postgresql_url) as worker:
            run_id, claim = claimed_run(worker)
            monkeypatch.undo()
            assert dashboard.expire_leases() == []
            worker.heartbeat(claim, LEASE)
            assert dashboard.get_run(run_id).status is RunStatus.RUNNING
            assert abs(dashboard.now() - worker.now()) < LEASE


def test_the_database_is_asked_once_a_minute_and_when_this_computer_s_clock_was_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = SimpleNamespace(now=1000.0, steady=0.0)
    monkeypatch.setattr(
        clock, "time", SimpleNamespace(time=lambda: mine.now, monotonic=lambda: mine.steady)
    )
    asked = []

    def ask() -> float:
        asked.append(mine.steady)
        if is_away:
            raise StoreError("away")
        return mine.steady + 5000.0

    def go_on(seconds: float) -> None:
        mine.now += seconds
        mine.steady += seconds

    is_away = False
    theirs = DatabaseClock(ask)
    for _ in range(int(ASK_SECONDS)):
        assert theirs() == 5000.0 + mine.steady
        go_on(1.0)
    assert asked == [0.0]
    go_on(1.0)
    assert theirs() == 5000.0 + mine.steady
    mine.now += 300.0
    assert theirs() == 5000.0 + mine.steady
    assert len(asked) == 3
    is_away = True
    go_on(2 * ASK_SECONDS)
    assert theirs() == theirs() == 5000.0 + mine.steady
    assert len(asked) == 4


def test_a_file_goes_by_the_clock_of_its_computer(sqlite_url: str) -> None:
    with Store(sqlite_url) as store:
        assert store._clock is time.time
