"""A learner's way through a worksheet, and a teacher's link, in a real browser."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from mnist_core.config import TrainingConfig
from mnist_core.formatting import metric_text, percent
from mnist_core.lesson.assignment import Assignment, link
from mnist_core.lesson.glossary import TERMS
from mnist_core.lesson.worksheets import WORKSHEETS, Worksheet
from mnist_core.store import Run, RunStatus
from tests.e2e.server import Server
from tests.e2e.train_page import TrainPage, go_by_head, visit, wait_until_at_rest

[BATCH_SIZE] = [sheet for sheet in WORKSHEETS if sheet.key == "batch-size"]
ANSWER = "It is lower: fewer <b>changes</b> & less learned."


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def start(tab: TrainPage, training: str) -> Run:
    """Go to the worksheets, follow a link of the one about the batch size, and train."""
    page = tab.page
    go_by_head(page, "Worksheets")
    heading(page, "Worksheets")
    page.locator(".st-key-worksheet-batch-size").get_by_role("link", name=training).click()
    heading(page, "Train")
    expect(task(page)).to_contain_text(BATCH_SIZE.question)
    tab.train()
    run = tab.wait_for_status(RunStatus.FINISHED)
    expect(page.get_by_text("Test accuracy", exact=True)).to_be_visible()
    return run


def task(page: Page) -> Locator:
    return page.locator(".st-key-task")


def downloaded(page: Page, folder: Path) -> Path:
    """Finish the answer and download it."""
    page.get_by_role("button", name="Finish my answer").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download my answer and the runs").click()
    assert waiting.value.suggested_filename in ("my-answer.html", "answer-ada.html")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def write(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.blur()


def test_a_worksheet_from_its_question_to_the_download(server, open_tab, tmp_path):
    tab = open_tab(server)
    page = tab.page
    baseline = start(tab, "First training")
    write(page, "My answer", ANSWER)
    changed = start(tab, "Second training")
    expect(page.locator(".legendtext", has_text="Training before: batch 100")).to_be_visible()
    expect(page.locator(".legendtext", has_text="Validation before")).to_be_visible()
    assert [baseline.config, changed.config] == [BATCH_SIZE.baseline, BATCH_SIZE.settings]
    expect(page.get_by_label("My answer", exact=True)).to_have_value(ANSWER)
    expect(page.get_by_test_id("stMultiSelect").get_by_text("3 epochs")).to_have_count(2)
    write(page, "My name", "Ada")

    page.goto(f"file://{downloaded(page, tmp_path)}")
    text = page.locator("body").inner_text()
    for words in (BATCH_SIZE.question, ANSWER, "Ada", "Run 1", "Run 2"):
        assert words in text
    for run, section in zip((baseline, changed), page.locator("section").all(), strict=True):
        expect(section).to_contain_text(run.config.describe())
        expect(section).to_contain_text(f"Test accuracy: {percent(run.test_accuracy)}")
        with server.store() as store:
            history = store.read_history(run.id)
        rows = [row.inner_text().split("\t") for row in section.locator("tr").all()[1:]]
        names = ("accuracy", "loss", "val_accuracy", "val_loss")
        assert rows == [
            [str(epoch), *(metric_text(name, history[name][epoch - 1]) for name in names)]
            for epoch in range(1, 4)
        ]
        expect(section.get_by_role("img")).to_be_visible()
    assert tab.errors == []


def test_a_link_locks_and_leaves_out_controls_and_survives_a_reload(server, open_tab):
    link = {
        "question": "What happens\nto the *first* epoch?",
        "batch_size": "1000",
        "epochs": "2",
        "nodes_1": "16",
        "locked": "batch_size",
        "shown": "batch_size,epochs",
    }
    tab = open_tab(server, f"?{urlencode(link)}")
    page = tab.page

    def expect_the_task() -> None:
        expect(task(page)).to_contain_text("to the *first* epoch?")
        expect(task(page)).to_contain_text("Locked for this task: Batch size.")
        slider = page.get_by_role("slider", name="Batch size")
        expect(slider).to_be_disabled()
        expect(slider).to_have_attribute("aria-valuetext", "1,000")
        expect(page.get_by_role("slider", name="Epochs")).to_be_enabled()
        for label in ("Hidden layers", "Nodes in layer 1", "Learning rate"):
            expect(page.get_by_role("slider", name=label)).to_have_count(0)

    expect_the_task()
    tab.set_slider("Epochs", "3")
    page.wait_for_url("**epochs=3**")
    page.reload()
    expect_the_task()
    expect(page.get_by_role("slider", name="Epochs")).to_have_attribute("aria-valuetext", "3")
    tab.train()
    config = tab.wait_for_status(RunStatus.FINISHED).config
    expect(page.get_by_text("Test accuracy", exact=True)).to_be_visible()
    assert (config.layers, config.batch_size, config.epochs) == ((16,), 1000, 3)

    go_by_head(page, "Results")
    heading(page, "Results")
    go_by_head(page, "Train")
    expect_the_task()
    tab.press("Reset settings")
    expect(page.get_by_role("slider", name="Epochs")).to_have_attribute("aria-valuetext", "2")
    tab.press("Put the task away")
    expect(page.get_by_role("slider", name="Nodes in layer 1")).to_have_attribute(
        "aria-valuetext", "16"
    )
    expect(task(page)).to_have_count(0)
    expect(page.get_by_role("slider", name="Batch size")).to_be_enabled()
    expect(page).not_to_have_url(re.compile("question="))
    assert tab.errors == []


def test_nothing_typed_is_lost(server, open_tab):
    tab = open_tab(server, "?question=Why+so%3F&epochs=1&nodes_1=16")
    tab.train()
    tab.wait_for_status(RunStatus.FINISHED)
    expect(tab.page.get_by_test_id("stMultiSelect").get_by_text("1 epoch")).to_be_visible()
    field = tab.page.get_by_label("My answer", exact=True)

    def expect_the_answer(page: Page, words: str) -> None:
        expect(page.get_by_label("My answer", exact=True)).to_have_value(words)
        expect(page.get_by_text("Restored: you wrote this here before.")).to_be_visible()
        expect(page.get_by_test_id("stMultiSelect").get_by_text("1 epoch")).to_be_visible()

    # The field keeps the focus: Streamlit hears of none of these words.
    with tab.page.expect_response(re.compile("/api/drafts/")) as kept:
        field.press_sequentially("It learns.")
    assert kept.value.status == 204
    second = open_tab(server, "?question=Why+so%3F", beside=tab)
    expect_the_answer(second.page, "It learns.")
    field.press_sequentially(" A lot.")
    tab.page.reload()
    expect_the_answer(tab.page, "It learns. A lot.")
    field.press_sequentially(" Really.")
    # As a finger does: the field is left in the moment of the click.
    go_by_head(tab.page, "Results")
    heading(tab.page, "Results")
    go_by_head(tab.page, "Train")
    expect(field).to_have_value("It learns. A lot. Really.")
    assert tab.errors == []


def test_words_typed_just_before_the_answer_is_finished_are_in_it(server, open_tab, tmp_path):
    tab = open_tab(server, "?question=Why%3F&epochs=1&nodes_1=16")
    tab.train()
    tab.wait_for_status(RunStatus.FINISHED)
    expect(tab.page.get_by_text("Test accuracy", exact=True)).to_be_visible()
    write(tab.page, "My answer", "First words.")
    wait_until_at_rest(tab.page)  # a button that moves under the mouse is not clicked
    tab.page.get_by_label("My answer", exact=True).press_sequentially(" Last words.")
    assert "First words. Last words." in downloaded(tab.page, tmp_path).read_text(encoding="utf-8")


def on_paper(page: Page) -> list[str]:
    """Print a page, on the paper of either half of the world; read the words on all its sheets."""
    wait_until_at_rest(page)
    printed = [PdfReader(io.BytesIO(page.pdf(format=paper))) for paper in ("A4", "Letter")]
    return [
        " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split()) for pdf in printed
    ]


def test_what_is_handed_out_prints_whole_and_without_what_a_screen_needs(server, new_page):
    page = new_page()
    page.goto(f"{server.url}/worksheets")
    heading(page, "Worksheets")
    for words in on_paper(page):
        for sheet in WORKSHEETS:
            assert " ".join(sheet.question.split()) in words
            assert sheet.effect not in words  # what should be seen is the teacher's
            for config in (sheet.baseline, sheet.settings):
                assert link_to(server, sheet, config) in words.replace(" ", "")
        assert "A worksheet of your own" not in words

    for path, name, last in (
        ("glossary", "Glossary", [*TERMS.values()][-1].meaning),
        ("ten_minutes_before_class", "Ten minutes before class", ""),
    ):
        visit(page, f"/{path}")
        heading(page, name)
        for words in on_paper(page):
            assert name in words
            assert plain_words(last) in words
            assert "Lesson" not in words  # the head of the page


def link_to(server: Server, sheet: Worksheet, config: TrainingConfig) -> str:
    return link(f"{server.url}/train", Assignment(sheet.question, config).to_query())


def plain_words(markdown: str) -> str:
    """Write Markdown as it is shown."""
    return " ".join(re.sub(r"[*`]", "", markdown).split())
