"""A run out of the dashboard and in again, and its report where there is no network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from mnist_core.config import TrainingConfig
from mnist_core.formatting import percent
from mnist_core.store import Run
from tests.e2e.server import Server
from tests.e2e.train_page import PATIENCE, TrainPage

CONFIG = TrainingConfig(layers=(8,), epochs=2, fraction=0.2)


def take_away(page: Page, server: Server, run: Run, what: str, folder: Path) -> Path:
    """Download a file of a run on Results."""
    page.goto(f"{server.url}/results?run={run.id}")
    page.get_by_role("button", name="Take away").click(timeout=PATIENCE)
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {what}").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_run_goes_out_as_a_zip_and_comes_back(
    server: Server, open_tab: Callable[..., TrainPage], tmp_path: Path
) -> None:
    tab = open_tab(server, "?nodes_1=16&epochs=1")
    page = tab.page
    run_id = tab.train()
    expect(page.get_by_role("link", name="See the results")).to_be_visible(timeout=PATIENCE)
    with server.store() as store:
        run, history = store.get_run(run_id), store.read_history(run_id)
        zipped = take_away(page, server, run, "everything", tmp_path)
        assert zipped.name == f"run-{run.id}.zip"
        store.delete_run(run.id, run.owner)

        page.goto(f"{server.url}/runs")
        page.get_by_text("Bring back runs").click(timeout=PATIENCE)
        page.locator("input[type=file]").set_input_files(zipped)
        expect(page.get_by_text("1 run brought back.")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("link", name="Open it").click()

        shown = page.get_by_test_id("stMetricValue").first
        expect(shown).to_have_text(percent(run.test_accuracy), timeout=PATIENCE)
        assert store.get_run(run.id).owner == run.owner  # this browser's
        assert store.read_history(run.id) == history
    assert tab.errors == []


@pytest.fixture(scope="module")
def trained(server: Server) -> Run:
    return server.train(CONFIG)[0]


def test_a_report_opens_without_a_network(
    server: Server,
    trained: Run,
    new_page: Callable[..., Page],
    browser: Browser,
    tmp_path: Path,
) -> None:
    report = take_away(new_page(), server, trained, "the report", tmp_path)

    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(route.request.url)
        route.continue_()

    context = browser.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.route("**", note)
    page.goto(report.as_uri())

    expect(page.get_by_role("heading", name="What it is for")).to_be_visible()
    result = re.compile(f"Test accuracy {percent(trained.test_accuracy)}")
    expect(page.get_by_text(result)).to_be_visible()
    picture = page.locator("img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    expect(page.locator("svg")).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    context.close()
