"""The download: question, answer and runs on one page that nothing typed can break."""

from __future__ import annotations

import math
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.charts import both_curves_svg
from mnist_core.config import LONGEST_ANSWER
from mnist_core.lesson.answer import RunReport, file_name, write_answer

HISTORY = {
    "accuracy": [0.5, 0.75],
    "loss": [2.0, 1.25],
    "val_accuracy": [0.4, 0.6],
    "val_loss": [2.5, math.nan],
}
RUN = RunReport(
    name="our best",
    settings="16 nodes, batch 100, 2 epochs",
    digits="built-in sample",
    state="finished",
    history=HISTORY,
    test_accuracy=0.61,
    expected_accuracy=0.9,
    drawing=both_curves_svg(HISTORY),
)
VOID = {"meta", "br"}

typed = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=80)


class Reader(HTMLParser):
    """Reads the tags of a page, its text, and the cells of its tables row by row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words = ""
        self.rows: list[list[str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1].append(data)
        if "style" not in self.open:
            self.words += data


def test_question_answer_name_and_run_are_on_one_page() -> None:
    page = Reader(write_answer("What happens?", "It is slower.", [RUN], "Ada"))
    for words in (
        "What happens?",
        "It is slower.",
        "Ada",
        "our best",
        "Run 1: 16 nodes, batch 100, 2 epochs",
        "Digits: built-in sample",
        "State: finished",
        "My prediction: 90.0 %",
        "Test accuracy: 61.0 %",
    ):
        assert words in page.words
    assert "svg" in page.tags


def test_the_numbers_of_each_epoch_are_there_and_a_dash_for_what_is_none() -> None:
    assert Reader(write_answer("", "Slower.", [RUN])).rows == [
        ["epoch", "training accuracy", "training loss", "validation accuracy", "validation loss"],
        ["1", "50.0 %", "2.0000", "40.0 %", "2.5000"],
        ["2", "75.0 %", "1.2500", "60.0 %", "–"],
    ]


def test_two_runs_stand_below_each_other_in_their_order() -> None:
    other = RunReport("", "no hidden layer, batch 100", "MNIST", "stopped", {"accuracy": [0.1]})
    words = Reader(write_answer("Which?", "The first.", [RUN, other])).words
    assert (
        words.index("Run 1: 16 nodes")
        < words.index("Run 2: no hidden layer")
        < words.index("stopped")
    )


def test_a_page_without_name_and_question_has_no_empty_places_for_them() -> None:
    page = write_answer("", "Slower.", [RUN], " ")
    assert "The question" not in page
    assert page.count('class="typed"') == 1


@given(typed, typed, typed, typed)
def test_what_people_type_stays_text(question: str, answer: str, name: str, run: str) -> None:
    reports = [RunReport(run, "no hidden layer", run, "finished", HISTORY)]
    page = Reader(write_answer(question, answer, reports, name))
    tame = Reader(
        write_answer("a", "b", [RunReport("c", "no hidden layer", "c", "d", HISTORY)], "e")
    )
    assert not page.open
    assert set(page.tags) <= set(tame.tags)
    assert question in page.words
    assert answer in page.words
    assert f"Digits: {run}" in page.words


def test_script_in_an_answer_is_not_run() -> None:
    page = write_answer("", "</p><script>alert(1)</script>", [RUN], "<img src=x onerror=alert(1)>")
    assert not {"script", "img"} & set(Reader(page).tags)
    assert "<script>alert(1)</script>" in Reader(page).words


def test_an_answer_without_end_is_cut() -> None:
    assert write_answer("", "ä" * (LONGEST_ANSWER + 9), [RUN]).count("ä") == LONGEST_ANSWER


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Anna B.", "answer-anna-b.html"),
        ("", "my-answer.html"),
        (" ../../!", "my-answer.html"),
        ("Zoë", "answer-zoë.html"),
    ],
)
def test_a_file_is_named_after_the_learner(name: str, file: str) -> None:
    assert file_name(name) == file
