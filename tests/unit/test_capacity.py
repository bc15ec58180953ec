"""What one server holds: the arithmetic is right, and the pages have what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.capacity import __main__
from benchmarks.capacity.needs import Measured, bounds, gather, need
from benchmarks.capacity.sockets import Heard, room_for_sockets
from benchmarks.capacity.table import (
    FULL_FIRST,
    GUIDE,
    NEEDS,
    TABLE,
    make_table_of_bounds,
    make_table_of_needs,
    make_tables,
)
from benchmarks.capacity.writes import OPERATIONS, Told, measure_writes, sqlite_url, summarise
from benchmarks.published import README
from benchmarks.results import RESULTS, read

MEASURED = Measured(
    sessions=30,
    run_seconds=3.0,
    run_events=120.0,
    pages=25.0,
    delivered=1000.0,
    events={"sqlite": 900.0, "postgresql": 600.0},
    answers={"sqlite": 100.0, "postgresql": 200.0},
)


def test_the_pages_have_the_tables_of_the_kept_figures() -> None:
    capacity, classroom = (read(RESULTS / f"{name}.json") for name in ("capacity", "classroom"))
    measured = gather(capacity, classroom)
    guide = GUIDE.read_text(encoding="utf-8")
    assert TABLE.findall(README.read_text(encoding="utf-8")) == [make_tables(capacity)]
    assert FULL_FIRST.findall(guide) == [make_table_of_bounds(measured)]
    assert NEEDS.findall(guide) == [make_table_of_needs(measured)]


def test_what_gives_way_first_comes_first() -> None:
    found = {bound.what: bound.students for bound in bounds(MEASURED)}
    assert [*found.values()] == sorted(found.values())
    assert found["training, on one computer"] == 100
    assert found["runs of a page's script, of one dashboard"] == 500
    assert found["events delivered by one dashboard"] == 2500
    assert found["events written, SQLite"] == 2250
    assert found["answers handed in, PostgreSQL"] == 12_000


def test_needs_are_multiples_of_what_was_measured() -> None:
    few, many = need(30, MEASURED), need(2000, MEASURED)
    assert (few.computers, few.done_after, few.most_dashboards, few.stores) == (1, 90.0, 1, 1)
    assert few.events == 30 * 120 / 90
    assert (many.computers, many.done_after, many.stores) == (20, 300.0, 2)
    assert many.dashboards == {"sockets": 5, "pages": 4, "events": 1}
    table, _, taken = make_table_of_needs(MEASURED).partition("\n\n")
    first, *_, last = table.splitlines()[2:]
    assert first.startswith("| 30 | 1: 30 × 3.00 s ÷ 300 s | 90 s | 1 (sockets 1, pages 1")
    assert "1 × SQLite | 40 in each, 4% of what it took | measured as a whole" in first
    assert last.startswith("| 20,000 | 200: 20,000 × 3.00 s")
    assert "20 × PostgreSQL | 400 in each, 67% of what it took | extrapolated" in last
    assert taken.startswith(
        "Everybody waits 300 s at most for the last run, moves a slider every 20 s"
    )


def test_figures_are_gathered_from_both_benchmarks() -> None:
    lesson = {"last_run_seconds": 90.0, "runs_done": 30, "events_heard": 3600}
    watching = {
        "100": {"delivered_a_second": 900.0, "delay_seconds": {"p95": 0.2}},
        "500": {"delivered_a_second": 4000.0, "delay_seconds": {"p95": 1.2}},  # too late
    }
    rates = {"1": {"a_second": 50.0}, "4": {"a_second": 100.0}}
    operations = {"an event": rates, "an answer handed in": rates}
    capacity = {
        "machine": {},
        "writes": {"sqlite": operations, "postgresql": operations},
        "pages": {"1": {"runs_a_second": 20.0}, "10": {"runs_a_second": 25.0}},
        "watching": watching,
    }
    classroom = {"30": {"dashboard": {"lessons": [lesson]}}, "100": {}}
    assert gather(capacity, classroom) == Measured(
        sessions=30,
        run_seconds=3.0,
        run_events=120.0,
        pages=25.0,
        delivered=900.0,
        events={"sqlite": 100.0, "postgresql": 100.0},
        answers={"sqlite": 100.0, "postgresql": 100.0},
    )


def test_what_processes_did_at_once_is_put_together() -> None:
    told = [Told([0.1, 0.1], 10.0, 10.5), Told([0.3], 10.25, 11.0)]
    assert summarise(told) == {"a_second": 3.0, "median_ms": 100.0, "p95_ms": 280.0}


def test_every_operation_is_done_by_several_processes_at_once(tmp_path: Path) -> None:
    figures = measure_writes(sqlite_url(tmp_path), [1, 2], 0.05)
    assert figures.keys() == OPERATIONS.keys()
    for counts in figures.values():
        assert counts.keys() == {"1", "2"}
        assert all(each["a_second"] > 0 for each in counts.values())


def test_events_are_counted_with_how_late_they_are() -> None:
    heard = Heard()
    message = json.dumps({"run": "a", "events": [{"seq": 1, "at": 9000}, {"seq": 2, "at": 9500}]})
    heard.take(message, 10.0)
    assert heard.events == 0
    heard.since = 9.2
    heard.take(message, 10.0)
    heard.take(json.dumps({"run": "a", "situation": {}}), 10.0)
    assert (heard.events, heard.delays) == (1, [0.5])


def test_more_sockets_than_the_system_allows_are_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    resource = "benchmarks.capacity.sockets.resource"
    monkeypatch.setattr(f"{resource}.getrlimit", lambda _: (1024, 1024))
    monkeypatch.setattr(f"{resource}.setrlimit", lambda *_: None)
    assert room_for_sockets([100, 500, 1000]) == [100, 500]
    assert capsys.readouterr().out == "1000 sockets are left out: the system allows 1024 files.\n"


def test_a_part_that_is_not_measured_keeps_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(value: int) -> None:
        for part in __main__.PARTS:
            figures: dict[str, Any] = {"1": value}
            monkeypatch.setitem(__main__.PARTS, part, lambda _, figures=figures: figures)

    measured(1)
    assert __main__.main(["--output", str(tmp_path)]) == 0
    measured(2)
    assert __main__.main(["--output", str(tmp_path), "--parts", "pages"]) == 0
    kept = read(tmp_path / "capacity.json")
    assert {part: figures["1"] for part, figures in kept.items()} == {
        "writes": 1,
        "pages": 2,
        "idle": 1,
        "watching": 1,
    }
