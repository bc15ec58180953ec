"""Answers of a class to take away: a table that runs nothing, and a zip that unpacks anywhere."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.data import Dataset
from mnist_core.export import answer_document, answers_archive, answers_csv
from mnist_core.export.tables import cell
from mnist_core.store import Answer, Store
from tests.unit.export.export_helpers import finished_run, members_of

ANSWER = Answer(
    id="1" * 12,
    member_id="2" * 12,
    name="brave otter",
    question="Why <b>?",
    answer='It is lower:\nless & <i>learned</i>, he said: "é 手"',
    run_ids=(),
    first_at=datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC),
    last_at=datetime(2027, 1, 2, 4, tzinfo=UTC),
)
# How programs that take no comma for the end of a cell would part a line.
STARTS = re.compile(r"(?:^|[;\t\r\n])\s*([=+@＝＋－＠-])")


def test_the_table_says_who_answered_what_and_when(store: Store, tiny: Dataset) -> None:
    run, gone = finished_run(store, tiny), "f" * 12
    table = answers_csv(store, [replace(ANSWER, run_ids=(run.id, gone)), ANSWER])
    first, second = csv.DictReader(io.StringIO(table))
    assert (first["name"], first["question"], first["answer"]) == (
        ANSWER.name,
        ANSWER.question,
        ANSWER.answer,
    )
    assert datetime.fromisoformat(first["first_handed_in"]) == ANSWER.first_at
    assert datetime.fromisoformat(first["handed_in"]) == ANSWER.last_at
    assert first["run_ids"] == f"{run.id} {gone}"
    assert first["runs"].startswith(f"{run.config.describe()}: ")
    assert "% test" in first["runs"]
    assert (second["runs"], second["run_ids"]) == ("", "")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        (" \t@SUM(A1)", " \t'@SUM(A1)"),
        ("-2 or +2", "'-2 or +2"),
        ("＝cmd|' /C calc'!A0", "'＝cmd|' /C calc'!A0"),
        ("first\n- second", "first\n'- second"),
        ("semicolons; =1+1", "semicolons; '=1+1"),
        ("1 + 1 = 2, a-b", "1 + 1 = 2, a-b"),
        ("", ""),
    ],
)
def test_a_cell_begins_no_formula(typed: str, written: str) -> None:
    assert cell(typed) == written


@given(st.text(st.sampled_from("=+-@＝;\t\r\n ,'\"a"), max_size=12))
def test_no_cell_begins_a_formula_however_it_is_parted(typed: str) -> None:
    assert not STARTS.search(cell(typed))
    assert cell(cell(typed)) == cell(typed)
    assert [c for c in cell(typed) if c != "'"] == [c for c in typed if c != "'"]


def test_the_zip_has_the_table_and_each_answer_as_a_page(store: Store, tiny: Dataset) -> None:
    run = finished_run(store, tiny, name="our <best>")
    answers = [replace(ANSWER, run_ids=(run.id, "f" * 12)), replace(ANSWER, name="calm koala")]
    members = members_of(answers_archive(store, answers))
    assert members.keys() == {"answers.csv", "answer-brave-otter.html", "answer-calm-koala.html"}
    assert members["answers.csv"].decode("utf-8-sig") == answers_csv(store, answers)
    assert members["answers.csv"].startswith("\ufeff".encode())
    page = members["answer-brave-otter.html"].decode()
    assert page == answer_document(
        store, ANSWER.question, ANSWER.answer, [run.id], name="brave otter"
    )
    assert "It is lower:\nless &amp; &lt;i&gt;learned" in page
    assert "our &lt;best&gt;" in page
    assert "<h2>Run 1" in page
    assert "<h2>Run 1" not in members["answer-calm-koala.html"].decode()


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (("../../etc/passwd", "C:\\x.exe"), {"answer-etc-passwd.html", "answer-c-x-exe.html"}),
        (("a b", "A-B", "a b 2"), {f"answer-a-b{end}.html" for end in ("", "-2", "-2-2")}),
        (("!!!", "…"), {"my-answer.html", "my-answer-2.html"}),
        (("Zoë 手",), {"answer-zoë-手.html"}),
    ],
)
def test_names_make_file_names_that_differ_and_lead_nowhere(
    store: Store, names: tuple[str, ...], files: set[str]
) -> None:
    members = members_of(answers_archive(store, [replace(ANSWER, name=name) for name in names]))
    assert members.keys() == {"answers.csv", *files}
