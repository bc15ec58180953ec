"""Many runs asked for at once: a grid, and five seeds for two runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.store import Run, RunStatus
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import TrainPage

# Settings that no other test on this server has: what is there already would be taken.
TINY = TrainingConfig(layers=(4,), epochs=1, fraction=0.1, seed=41)


@pytest.fixture
def slow_run(server: Server) -> Iterator[Run]:
    """A single run of somebody's that keeps the only worker until a test stops it."""
    dataset = load_mnist("sample")
    with server.store() as store:
        store.save_dataset(dataset)
        run = store.create_run(
            TINY.replace(epochs=100),
            dataset_digest=dataset.digest,
            dataset_name=dataset.name,
            pace=600.0,
        )
        wait_until(lambda: store.get_run(run.id).status is RunStatus.RUNNING, "a running run")
        yield run
        if not store.get_run(run.id).status.is_over:
            store.request_stop(run.id, None)


def cells(page: Page) -> Locator:
    return page.get_by_test_id("heat-map").locator("td:not(.title)")


def test_a_grid_waits_is_stopped_gone_on_with_and_fills_while_one_looks(
    open_tab: Callable[..., TrainPage], server: Server, slow_run: Run
) -> None:
    tab = open_tab(server, "?epochs=1&nodes_1=4&fraction=0.1&seed=41")
    page = tab.page
    page.get_by_role("link", name="Try many values").click()
    page.get_by_role("textbox", name="Values of batch size").fill("20 40")
    page.get_by_role("textbox", name="Values of layers").fill("none 4")
    page.get_by_role("textbox", name="Values of layers").press("Enter")
    expect(page.get_by_text("4 runs, about")).to_be_visible()
    tab.press("Start the grid")

    expect(cells(page)).to_have_text(["waiting"] * 4)
    tab.press("Stop")
    expect(cells(page)).to_have_text(["–"] * 4)
    tab.press("Go on")
    expect(cells(page)).to_have_text(["waiting"] * 4)
    page.evaluate("window.isStillThere = true")

    with server.store() as store:
        store.request_stop(slow_run.id, None)
    expect(page.get_by_text("4 of 4 runs finished.")).to_be_visible()

    assert page.evaluate("window.isStillThere")
    assert all(text.endswith(" %") for text in cells(page).all_inner_texts())
    cells(page).nth(1).get_by_role("link").click()
    page.wait_for_url("**/results?run=*")
    assert tab.run().config == TINY.replace(batch_size=20)
    assert tab.errors == []


def test_two_runs_are_tried_with_five_seeds_and_every_run_is_a_point(
    open_tab: Callable[..., TrainPage], server: Server
) -> None:
    first, second = server.train(TINY.replace(batch_size=30), TINY.replace(batch_size=300))
    tab = open_tab(server)
    tab.page.goto(f"{server.url}/compare?runs={first.id},{second.id}")
    tab.press("Try both with five seeds")
    expect(tab.page.get_by_text("With 5 seeds, ")).to_be_visible()

    def drawn(mode: str) -> list[int]:
        return tab.page.evaluate(
            """(mode) => document.querySelector(".st-key-chart-seeds .js-plotly-plot").data
                .filter((trace) => trace.mode === mode).map((trace) => trace.y.length)""",
            mode,
        )

    wait_until(lambda: drawn("markers") == [5, 5], "five points for each of the two")
    assert drawn("lines") == [2] * 5
    with server.store() as store:
        seeds = [
            store.runs_by_seed(run.config, run.dataset_digest).keys() for run in (first, second)
        ]
    assert seeds[0] == seeds[1] == {41, 0, 1, 2, 3}
    expect(tab.button("Try both with five seeds")).to_have_count(0)
