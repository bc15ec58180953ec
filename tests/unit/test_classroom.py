"""A class without browsers: a tab says what a browser would, and figures are what was seen."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.classroom import __main__
from benchmarks.classroom.figures import describe, spread
from benchmarks.classroom.room import TRACEBACK
from benchmarks.classroom.student import Notes
from benchmarks.classroom.tab import Tab
from benchmarks.classroom.table import TABLE, make_table
from benchmarks.classroom.watch import Heard, Watch
from benchmarks.published import README
from benchmarks.results import RESULTS
from tests.e2e.server import Server

SCRIPT = """
import streamlit as st

def first():
    moved = [
        st.slider("Whole", 1, 512, 128),
        st.slider("Part", 0.0, 1.0, 0.25),
        st.select_slider("Stops", [1, 10, 100], 10, format_func=lambda stop: f"{stop} digits"),
        st.number_input("Empty", value=None),
        st.number_input("Full", value=3),
        st.checkbox("Checked", True),
        st.selectbox("Chosen", ["a", "b"], 1),
        st.segmented_control("Ways", ["x", "y"], default="y", key="ways", bind="query-params"),
        st.text_input("Words", "here"),
    ]
    if st.button("Break"):
        raise ValueError("broken")
    st.button("Grey", disabled=True)
    st.button(str(moved), key="moved")
    part()

@st.fragment
def part():
    runs = st.session_state["count"] = st.session_state.get("count", 0) + 1
    st.button("Again", key="again")
    st.button(f"run {runs}", key="runs")

def second():
    st.button("x" * 50_000, key="large")

st.navigation([st.Page(first), st.Page(second)]).run()
"""
UNTOUCHED = "[128, 0.25, 10, None, 3, True, 'b', 'y', 'here']"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("app")
    (folder / "app.py").write_text(SCRIPT)
    server = Server(folder, script=(str(folder / "app.py"),)).start()
    yield server.url
    server.stop()


def test_a_tab_says_of_every_widget_what_a_browser_says(url: str) -> None:
    async def use() -> None:
        async with Tab.opened(url, query="ways=x") as tab:
            tab.find("button", UNTOUCHED.replace("'y'", "'x'"))
        async with Tab.opened(url) as tab:
            tab.find("button", UNTOUCHED)
            await tab.press("Again")
            tab.find("button", "run 2")
            await tab.slide("Whole", "200")
            await tab.slide("Stops", "100 digits")
            tab.find("button", "[200, 0.25, 100, None, 3, True, 'b', 'y', 'here']")
            assert tab.find("slider", "Stops").options == ["1 digits", "10 digits", "100 digits"]
            tab.find("button", "run 4")
            for _ in range(5):  # what the server has sent before comes as its hash
                await tab.visit("second")
                tab.find("button", "x" * 50_000)
                with pytest.raises(LookupError, match="no slider “Whole”"):
                    tab.find("slider", "Whole")
            await tab.visit("")
            tab.find("button", UNTOUCHED)
            assert tab.problems == []

    asyncio.run(use())


def test_what_breaks_on_a_page_is_noted(url: str) -> None:
    async def use() -> list[str]:
        async with Tab.opened(url) as tab:
            with pytest.raises(LookupError, match="the button “Grey” is grey"):
                await tab.press("Grey")
            await tab.press("Break")
            return tab.problems

    assert len(asyncio.run(use())) == 1


def notes(*moments: tuple[int, str, float], **others: object) -> Notes:
    made = Notes(opened=0.5, clicked=10.0, heard=[Heard(*moment) for moment in moments])
    for name, value in others.items():
        setattr(made, name, value)
    return made


def test_a_lesson_is_described_by_what_its_sessions_saw() -> None:
    first = notes(
        (1, "status", 10.5),
        (2, "progress", 12.0),
        (3, "epoch", 13.0),
        (3, "epoch", 13.0),
        (4, "digits", 15.0),  # moves no curve
        (5, "progress", 16.5),
        (6, "status", 17.0),
        run_id="a",
        ended=17.0,
        answers=[0.1, 0.3],
    )
    second = notes(
        (1, "status", 11.0),
        (2, "progress", 21.0),
        (4, "status", 30.0),
        run_id="b",
        clicked=11.0,
        ended=30.0,
        problems=["broken"],
    )
    lesson = describe([first, second], {"a": 6, "b": 4})
    assert lesson["first_point_seconds"] == spread([2.0, 10.0])
    assert lesson["stillness_seconds"] == spread([3.5, 9.0])
    assert (lesson["runs_done"], lesson["last_run_seconds"]) == (2, 20.0)
    assert lesson["slider_seconds"]["median"] == 0.2
    assert (lesson["events_heard"], lesson["events_lost"]) == (10, 1)
    assert lesson["events_heard_twice"] == 1
    assert lesson["problems"] == {"broken": 1}

    waiting = notes((1, "status", 11.0), run_id="b", has_given_up=True)
    lesson = describe([first, waiting], {"a": 6, "b": 1})
    assert (lesson["runs_done"], lesson["runs_not_over_when_nobody_waited"]) == (1, 1)
    assert lesson["last_run_seconds"] is None
    assert lesson["first_point_seconds"]["count"] == lesson["stillness_seconds"]["count"] == 1


def test_a_spread_is_median_95th_percentile_and_maximum() -> None:
    assert spread([None]) is None
    assert spread([2.0]) == {"count": 1, "median": 2.0, "p95": 2.0, "most": 2.0}
    hundred = spread(map(float, range(101)))
    assert hundred == {"count": 101, "median": 50.0, "p95": 95.0, "most": 100.0}


def test_a_run_is_complete_when_it_is_over_and_all_of_it_has_arrived() -> None:
    watch = Watch(None, "a")  # type: ignore[arg-type] - nobody connects
    finished = {"seq": 2, "kind": "status", "data": {"status": "FINISHED"}}
    watch.take({"situation": {"status": "FINISHED", "last_seq": 3}}, 1.0)
    assert (watch.ended, watch.is_complete) == (1.0, False)
    watch.take({"events": [{"seq": 1, "kind": "progress", "data": {}}, finished]}, 2.0)
    assert not watch.is_caught_up
    watch.take({"events": [{"seq": 3, "kind": "digits", "data": {}}]}, 3.0)
    assert watch.is_complete
    assert watch.is_caught_up
    assert watch.ended == 1.0


def test_tracebacks_are_told_by_their_last_line() -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1\n    f()\nValueError: no\n'
    assert TRACEBACK.findall(f"one\n{trace}two\n") == ["ValueError: no"]


def test_the_readme_has_the_table_of_the_kept_lessons() -> None:
    kept = __main__.read(RESULTS / "classroom.json")
    assert TABLE.findall(README.read_text(encoding="utf-8")) == [make_table(kept)]


def made_up_lesson() -> dict[str, Any]:
    """A lesson whose only run did not end, and in which three things went wrong."""
    return {
        "load_before": 0.5,
        "pause_seconds": None,
        "cap_seconds": 600.0,
        "memory_megabytes": {key: {"processes": 0, "pss": 0} for key in ("server", "workers")},
        "tracebacks": ["ValueError: no"],
        **describe([notes(has_given_up=True, problems=["broken"] * 2)], {}),
    }


def test_a_run_that_did_not_end_is_said_not_to_be_done() -> None:
    record = {"epochs": 10, "bare_fit_seconds": [4.0], "lessons": [made_up_lesson()]}
    table = make_table({"30": {"plain": record}})
    [row] = table.splitlines()[2:]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:4] == ["30", "10", "`fit` in the page, 1", "never"]
    assert cells[6:9] == ["0", "not done after 600", "–"]
    assert cells[-2:] == ["3", "0.5"]


def test_what_is_not_measured_this_time_keeps_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = itertools.count(3)  # seconds of three fits in a row
    monkeypatch.setattr(__main__, "fit_in_a_process", lambda *_: float(next(fits)))
    for way in __main__.LESSONS:
        monkeypatch.setitem(
            __main__.LESSONS, way, lambda sessions, _: [made_up_lesson()] * sessions
        )
    shared = ["--data", "sample", "--output", str(tmp_path)]
    assert __main__.main([*shared, "--sessions", "2", "3"]) == 0
    before = __main__.read(tmp_path / "classroom.json")
    assert __main__.main([*shared, "--sessions", "3", "--ways", "plain", "--epochs", "4"]) == 0
    after = __main__.read(tmp_path / "classroom.json")
    assert (before["2"], before["3"]["dashboard"]) == (after["2"], after["3"]["dashboard"])
    assert len(before["2"]["plain"]["lessons"]) == 2
    assert before["2"]["dashboard"]["bare_fit_seconds"] == [1.0, 1.333]
    assert (before["3"]["plain"]["epochs"], after["3"]["plain"]["epochs"]) == (10, 4)


def test_wrong_arguments_are_refused_before_anything_is_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for arguments in (["--ways", "none"], ["--data", "nowhere.npz"], ["--sessions", "0"]):
        with pytest.raises(SystemExit) as caught:
            __main__.main(arguments)
        assert caught.value.code == 2
    assert "at least 1" in capsys.readouterr().err
