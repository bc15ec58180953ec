"""The page Compare in a real browser, while runs go on."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from mnist_core.charts import HALVING, ComparedRun, gather_comparison
from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.store import EpochRecord, Run, RunStatus, Store
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import wait_until_settled

ROOT = "[data-testid=comparison-root]"
EPOCHS = 6


def start(store: Store, **settings: Any) -> Run:
    """Begin a run that this process trains, as the command line does."""
    dataset = load_mnist("sample")
    store.save_dataset(dataset)
    return store.create_run(
        TrainingConfig(epochs=EPOCHS, **settings),
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        training_digits=3600,
        lease_seconds=600,
    )


def train_an_epoch(store: Store, run: Run, epoch: int, accuracy: float) -> None:
    record = EpochRecord(epoch, accuracy + 0.01, 1 - accuracy, accuracy, 1.1 - accuracy, 0.25)
    store.record(
        run.claim,
        events=[("progress", progress(epoch)), ("epoch", vars(record).copy())],
        epoch=record,
        step=36 * (epoch + 1),
    )


def progress(epoch: int) -> dict[str, Any]:
    return {
        "epoch": epoch,
        "step": 36 * epoch + 18,
        "position": epoch + 0.5,
        "accuracy": 0.5,
        "loss": 1.0,
        "digits_per_second": 9000,
    }


def drawn(page: Page) -> dict[str, Any]:
    """Read the figure's curves, and up to which event each is drawn."""
    return page.evaluate(
        f"""() => {{
            const root = document.querySelector("{ROOT}");
            const node = root.querySelector("[data-testid=comparison-figure]");
            const rounded = (values) => [...values].map((value) => Number(value.toFixed(6)));
            const curves = (node.data ?? []).map(({{meta, x, y}}) =>
                [meta, {{x: rounded(x), y: rounded(y)}}]);
            return {{seqs: root.dataset.seqs ?? "{{}}", curves: Object.fromEntries(curves)}};
        }}"""
    )


def wait_for_news(page: Page, store: Store, runs: list[Run]) -> dict[str, Any]:
    """Wait until all that the store knows of the runs is drawn."""
    ends = {run.id: store.get_run(run.id).last_seq for run in runs}
    return wait_until(
        lambda: json.loads((now := drawn(page))["seqs"]) == ends and now["curves"],
        f"events up to {ends}",
    )


def test_two_runs_race_while_one_watches_and_nothing_is_missed(new_page, server: Server) -> None:
    with server.store() as store:
        runs = [start(store, seed=71), start(store, seed=71, batch_size=1000)]
        for run in runs:
            train_an_epoch(store, run, 0, 0.5)
        page = new_page()
        page.goto(f"{server.url}/compare?runs={runs[0].id},{runs[1].id}")
        page.locator(f"{ROOT} .main-svg").first.wait_for()
        wait_until_settled(page)
        for epoch in range(1, EPOCHS):
            for place, run in enumerate(runs):
                train_an_epoch(store, run, epoch, 0.5 + 0.05 * epoch + 0.01 * place)
        curves = wait_for_news(page, store, runs)
        compared = [
            ComparedRun(
                run.id,
                run.label,
                store.read_history(run.id),
                [record.seconds for record in store.read_epochs(run.id)],
                EPOCHS,
                36,
            )
            for run in runs
        ]
        for curve in gather_comparison(compared):
            assert curves[curve.key]["x"] == curve.x
            heights = [HALVING.height(value) for value in curve.values]
            assert curves[curve.key]["y"] == [round(height, 6) for height in heights]
        expect(page.locator(".comparison-number").first).to_have_text("75.0 %")

        for run, accuracy in zip(runs, (0.9, 0.8), strict=True):
            events = [("test", {"accuracy": accuracy, "loss": 0.3})]
            store.finish(
                run.claim, RunStatus.FINISHED, events=events, test_accuracy=accuracy, test_loss=0.3
            )
        sentence = "The same but for the batch size: 100 gives 90.0 %, 1,000 gives 80.0 %."
        expect(page.get_by_text(sentence)).to_be_visible()
        expect(page.locator(".comparison-state").first).to_contain_text("inished")


def test_what_the_curves_run_over_can_be_changed_while_runs_go_on(new_page, server: Server) -> None:
    with server.store() as store:
        runs = [start(store, seed=72), start(store, seed=73)]
        train_an_epoch(store, runs[0], 0, 0.5)
        page = new_page()
        page.goto(f"{server.url}/compare?runs={runs[0].id},{runs[1].id}")
        page.locator(f"{ROOT} .main-svg").first.wait_for()
        wait_until_settled(page)
        train_an_epoch(store, runs[0], 1, 0.6)
        wait_for_news(page, store, runs)
        page.get_by_role("radio", name="Seconds").click()
        page.get_by_role("radio", name="Loss").click()
        expect(page.get_by_role("radio", name="Loss")).to_be_checked()
        wait_until(
            lambda: drawn(page)["curves"][runs[0].id] == {"x": [0.25, 0.5], "y": [0.6, 0.5]},
            "the losses over seconds",
        )
        train_an_epoch(store, runs[1], 0, 0.4)
        curves = wait_for_news(page, store, runs)
        assert curves[runs[1].id] == {"x": [0.25], "y": [0.7]}
        assert "over=Seconds" in page.url
        assert "metric=Loss" in page.url
        for run in runs:
            store.finish(run.claim, RunStatus.STOPPED)
