"""The page Runs in a real browser: its table is drawn on a canvas, and rows are chosen there."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, expect

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.store import Run
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import wait_until_settled

TABLE = "[data-testid=stDataFrame]"
ROW = 36
HOSTILE = (
    "<img src=x onerror=alert(1)>\0\t\n",
    "\N{RIGHT-TO-LEFT OVERRIDE} \N{HEBREW LETTER ALEF} [x](http://elsewhere.example)",
    "x" * 80,
)


@pytest.fixture
def word() -> str:
    """What tells this test's runs from those of others."""
    return f"e2e{secrets.token_hex(4)}"


@pytest.fixture
def runs(server: Server, word: str) -> list[Run]:
    """Three stopped runs with names that somebody meant ill with, the newest first."""
    dataset = load_mnist("sample")
    with server.store() as store:
        store.save_dataset(dataset)
        made = []
        for seed, name in enumerate(HOSTILE):
            run = store.create_run(
                TrainingConfig(seed=seed), dataset_digest=dataset.digest, dataset_name=dataset.name
            )
            store.request_stop(run.id, None)
            store.rename_run(run.id, None, name)
            store.note_run(run.id, None, f"{word} {name}")
            made.append(store.get_run(run.id))
        return made[::-1]


@pytest.fixture
def table(new_page, server: Server, runs: list[Run], word: str) -> Page:
    page = new_page()
    page.goto(f"{server.url}/runs?search={word}")
    expect(page.get_by_text("3 runs of")).to_be_visible()
    page.locator(f"{TABLE} canvas").first.wait_for()
    wait_until_settled(page)
    return page


def click_row(page: Page, row: int, across: float = 18) -> None:
    """Click into a row, counted from 0; at its left end is the box that chooses it."""
    page.locator(TABLE).click(position={"x": across, "y": ROW * (row + 1.5)})


def cells(page: Page, name: str) -> list[str]:
    """Read a column as a screen reader does, from the table inside the canvas."""
    head = page.locator(f"{TABLE} canvas [role=columnheader]").filter(has_text=name)
    column = head.get_attribute("aria-colindex")
    found = page.locator(f"{TABLE} canvas [role=gridcell][aria-colindex='{column}']")
    return found.all_inner_texts()


def test_chosen_runs_are_deleted_and_come_back_with_undo(table: Page, server: Server, runs) -> None:
    click_row(table, 0)
    expect(table.get_by_text("1 chosen")).to_be_visible()
    click_row(table, 2)
    expect(table.get_by_text("2 chosen")).to_be_visible()
    table.get_by_role("button", name="Delete").click()
    expect(table.get_by_text("1 run of")).to_be_visible()
    with server.store() as store:
        assert [run.id for run in store.find_runs(run.id for run in runs)] == [runs[1].id]
    table.get_by_role("button", name="Undo").click()
    expect(table.get_by_text("3 runs of")).to_be_visible()
    with server.store() as store:
        assert len(store.find_runs(run.id for run in runs)) == 3


def test_names_and_notes_are_shown_as_they_were_typed(table: Page, runs: list[Run]) -> None:
    asked: list[str] = []
    table.on("request", lambda request: asked.append(request.url))
    shown = wait_until(lambda: cells(table, "Name"), "the names")
    assert [name.strip() for name in shown] == [run.name for run in runs]
    click_row(table, 1)
    chosen = table.locator(".st-key-chosen")
    expect(chosen).to_contain_text("1 chosen")
    assert "[x](http:" in chosen.inner_text().replace("\u2060", "")
    assert table.locator("a[href*=elsewhere]").count() == 0
    assert not [url for url in asked if "elsewhere" in url]


def test_the_table_follows_a_run_to_its_end(new_page, server: Server, word: str) -> None:
    dataset = load_mnist("sample")
    with server.store() as store:
        store.save_dataset(dataset)
        run = store.create_run(
            TrainingConfig(layers=(4,), epochs=2),
            dataset_digest=dataset.digest,
            dataset_name=dataset.name,
        )
        store.set_pace(run.id, None, 60)  # until the table is there
        store.note_run(run.id, None, word)
        page = new_page()
        page.goto(f"{server.url}/runs?search={word}")
        wait_until(lambda: "of 2 epochs done" in "".join(cells(page, "State")), "the run's row")
        store.set_pace(run.id, None, 0)
    wait_until(lambda: cells(page, "State") == ["finished"], "its end")


def test_a_row_opens_its_own_run_when_the_table_is_sorted(table: Page, runs: list[Run]) -> None:
    header = table.locator(TABLE)
    header.click(position={"x": 250, "y": ROW / 2})  # by name, which the rows were not in
    by_name = sorted(runs, key=lambda run: run.name)
    wait_until(
        lambda: [name.strip() for name in cells(table, "Name")] == [run.name for run in by_name],
        "the sorted table",
    )
    click_row(table, 0, across=70)
    expect(table.get_by_role("heading", name="Results", level=1)).to_be_visible()
    assert f"run={by_name[0].id}" in table.url


def test_two_chosen_runs_are_compared(table: Page, runs: list[Run]) -> None:
    for row in (0, 1):
        click_row(table, row)
        expect(table.get_by_text(f"{row + 1} chosen")).to_be_visible()
    table.locator(".st-key-run-actions").get_by_role("link", name="Compare").click()
    expect(table.get_by_role("heading", name="Compare", level=1)).to_be_visible()
    expect(table.get_by_text("The same but for the seed: 2 and 1.")).to_be_visible()
    names = table.locator(".comparison-name")
    expect(names).to_have_count(2)
    assert names.all_inner_texts() == [run.name for run in runs[:2]]
