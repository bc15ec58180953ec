"""How quick Runs and Compare are with very many runs: ``python -m benchmarks.runs``.

Trains a few networks on the built-in sample, fills the store with copies of them, and measures in a
real browser:

- from the click on Runs to the drawn table; from a click on a column's head to the sorted table;
  from a search, and from the choice of whose, to what is left;
- from the click on Compare to the curves of eight runs;
- eight runs that go on at once, ten events a second each: whether every one arrives, and how long
  after it was written the last one is drawn;
- how large the store is, and how much of it is neither models, snapshots nor predictions.

Prints one JSON object and keeps it in ``results/runs.json``. Runs should open within 1 s, sort and
search within 0.3 s, and Compare open within 1 s.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, WebSocket

from benchmarks.machine import describe_machine
from benchmarks.many_runs import TRAINED, fill
from benchmarks.results import RESULTS, write
from benchmarks.visit import rounded, served
from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.store import EpochRecord, Run, RunStatus, Store
from tests.e2e.server import Server, wait_until

TIMES: Final = 5
RACERS: Final = 8
EPOCHS: Final = 20
EVENTS_AN_EPOCH: Final = 10
SECONDS_AN_EPOCH: Final = 1.0
SETTINGS: Final = 4  # which column it is: few runs begin with the same
TABLE: Final = "[data-testid=stDataFrame]"
ROOT: Final = "[data-testid=comparison-root]"
HEAD_OF_SETTINGS: Final = {"x": 440, "y": 18}
FIRST_CELL: Final = f"{TABLE} canvas [role=gridcell][aria-colindex='{SETTINGS}']"
FOUND: Final = "words => document.body.innerText.includes(words)"


def main() -> None:
    """Fill the store, measure everything once, print and keep it."""
    parser = argparse.ArgumentParser("python -m benchmarks.runs", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="default: 1,000")
    parser.add_argument("--output", type=Path, default=RESULTS / "runs.json")
    options = parser.parse_args()
    machine = describe_machine()
    with served(MNIST_PATH=None) as (server, browser):
        fill(server.store_url, server.train(*TRAINED), options.runs, None)
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.set_default_timeout(120_000)
        figures = {
            "runs": options.runs,
            "store": store_size(server),
            **measure_table(page, server, options.runs),
            **measure_comparison(page, server),
            "eight_live_runs": measure_race(page, server),
        }
    text = json.dumps({"machine": machine, **figures}, indent=2, ensure_ascii=False)
    write(options.output, f"{text}\n")
    print(text)


def store_size(server: Server) -> dict[str, float]:
    """Return the size of the store's file, and of what is saved for runs in it, in 10⁶ bytes."""
    with server.store() as store:
        saved = sum(store.sizes().values())
    whole = Path(server.store_url.removeprefix("sqlite:///")).stat().st_size
    return {
        "megabytes": round(whole / 1e6, 1),
        "of_runs_megabytes": round(saved / 1e6, 1),
        "besides_megabytes": round((whole - saved) / 1e6, 1),
    }


def measure_table(page: Page, server: Server, count: int) -> dict[str, object]:
    """Open the page several times, sort it, search it, and choose whose runs it shows."""
    page.goto(f"{server.url}/data")
    page.get_by_role("heading", name="Data", level=1).wait_for()
    everything = f"{count:,} runs of"
    openings = []
    for _ in range(TIMES + 1):
        openings.append(timed(page, click_link(page, "Runs"), everything, f"{TABLE} canvas"))
        page.wait_for_timeout(1000)
        click_link(page, "Data")()
        page.get_by_role("heading", name="Data", level=1).wait_for()
    timed(page, click_link(page, "Runs"), everything, f"{TABLE} canvas")
    page.wait_for_timeout(1000)
    search = page.get_by_role("searchbox")
    searches, choices = [], []
    for number in range(TIMES):
        word = f"try-{3 * number + 1:05}"  # every third has no name
        searches.append(timed(page, lambda word=word: search.fill(word), "1 run of"))
        timed(page, lambda: search.fill(""), everything)
        mine = page.get_by_role("radio", name="Mine", exact=True)
        choices.append(timed(page, mine.click, f"{mine_of(server):,} runs of"))
        timed(page, page.get_by_role("radio", name="All", exact=True).click, everything)
    return {
        "first_opening_of_runs_seconds": round(openings[0], 2),
        "opening_of_runs_seconds": rounded(openings[1:]),
        "search_seconds": rounded(searches),
        "whose_seconds": rounded(choices),
        "sorting_seconds": rounded([sorted_once(page) for _ in range(TIMES)]),
    }


def mine_of(server: Server) -> int:
    """Count the runs that are nobody's, which everybody may change."""
    with server.store() as store:
        return sum(run.owner is None for run in store.list_runs())


def click_link(page: Page, name: str) -> Callable[[], None]:
    """Return what goes to a page by its name in the head."""
    return page.get_by_test_id("stHeader").get_by_role("link", name=name, exact=True).click


def timed(
    page: Page, act: Callable[[], None], words: str, drawn: str = "[data-testid=stApp]"
) -> float:
    """Act; give the seconds until the page says these words and has drawn this."""
    began = time.perf_counter()
    act()
    page.wait_for_function(FOUND, arg=words, polling=10)
    page.locator(drawn).first.wait_for()
    return time.perf_counter() - began


def sorted_once(page: Page) -> float:
    """Click the head of the column of settings; give the seconds until other rows come first."""
    first = "selector => document.querySelector(selector)?.innerText"
    before = page.evaluate(first, FIRST_CELL)
    began = time.perf_counter()
    page.locator(TABLE).click(position=HEAD_OF_SETTINGS)
    page.wait_for_function(
        f"([selector, before]) => ({first})(selector) !== before",
        arg=[FIRST_CELL, before],
        polling=10,
    )
    took = time.perf_counter() - began
    for _ in range(2):  # falling, and then not at all
        page.wait_for_timeout(500)  # or two clicks are a double click
        page.locator(TABLE).click(position=HEAD_OF_SETTINGS)
    page.wait_for_timeout(500)
    return took


def measure_comparison(page: Page, server: Server) -> dict[str, object]:
    """Open Compare of eight finished runs several times."""
    with server.store() as store:
        ids = [run.id for run in store.list_runs(RACERS)]
    page.goto(f"{server.url}/compare?runs={','.join(ids)}")
    openings = []
    for _ in range(TIMES + 1):
        wait_for_curves(page)
        page.wait_for_timeout(1000)
        click_link(page, "Data")()
        page.get_by_role("heading", name="Data", level=1).wait_for()
        began = time.perf_counter()
        click_link(page, "Compare")()
        wait_for_curves(page)
        openings.append(time.perf_counter() - began)
    return {"opening_of_compare_seconds": rounded(openings[1:])}


def wait_for_curves(page: Page) -> None:
    """Wait until eight curves are drawn."""
    page.wait_for_function(
        f"""count => {{
            const node = document.querySelector("{ROOT} [data-testid=comparison-figure]");
            return node?.data?.length === count && node.querySelectorAll(".trace").length === count;
        }}""",
        arg=RACERS,
        polling=10,
    )


class Line:
    """What a page hears over its sockets of live events, and how often it opened one."""

    def __init__(self, page: Page) -> None:
        self.heard: Counter[tuple[str, int]] = Counter()
        self.sockets = 0
        page.on("websocket", self._note)

    def _note(self, socket: WebSocket) -> None:
        if socket.url.endswith("/api/live"):
            self.sockets += 1
            socket.on("framereceived", self._take)

    def _take(self, frame: str | bytes) -> None:
        message: dict[str, Any] = json.loads(frame)
        self.heard.update((message["run"], event["seq"]) for event in message.get("events", ()))


def measure_race(page: Page, server: Server) -> dict[str, object]:
    """Let eight runs go on at once while a page compares them."""
    with server.store() as store:
        runs = [begin(store, seed) for seed in range(RACERS)]
        line = Line(page)
        page.goto(f"{server.url}/compare?runs={','.join(run.id for run in runs)}")
        page.locator(f"{ROOT} .main-svg").first.wait_for()
        page.wait_for_timeout(2000)
        known = {run.id: store.get_run(run.id).last_seq for run in runs}
        writers = [threading.Thread(target=race, args=(server.store_url, run)) for run in runs]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            page.wait_for_timeout(100)
        ended = time.perf_counter()
        ends = {run.id: store.get_run(run.id).last_seq for run in runs}
        wait_until(lambda: drawn_up_to(page) == ends, "the last events")
        behind = time.perf_counter() - ended
        for run in runs:
            store.finish(run.claim, RunStatus.STOPPED)
    written = {(run_id, seq) for run_id, end in ends.items() for seq in range(1, end + 1)}
    new = {(run_id, seq) for run_id, seq in written if seq > known[run_id]}
    return {
        "seconds": EPOCHS * SECONDS_AN_EPOCH,
        "events_written": len(new),
        "events_missed": len(new - line.heard.keys()),
        "events_heard_twice": sum(count > 1 for count in line.heard.values()),
        "sockets_opened": line.sockets,
        "last_event_drawn_after_seconds": round(behind, 2),
    }


def begin(store: Store, seed: int) -> Run:
    """Begin a run that this process trains."""
    dataset = load_mnist("sample")
    return store.create_run(
        TrainingConfig(seed=seed, epochs=EPOCHS),
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        training_digits=3600,
        lease_seconds=600,
    )


def race(store_url: str, run: Run) -> None:
    """Write what a worker writes: progress ten times an epoch, then the epoch."""
    pause = SECONDS_AN_EPOCH / EVENTS_AN_EPOCH
    with Store(store_url) as store:
        for epoch in range(EPOCHS):
            for part in range(EVENTS_AN_EPOCH):
                store.record(run.claim, events=[("progress", progress(epoch, part))])
                time.sleep(pause)
            accuracy = 1 - 0.9 / (epoch + 2)
            record = EpochRecord(epoch, accuracy, 1 - accuracy, accuracy, 1 - accuracy, 1.0)
            store.record(run.claim, events=[("epoch", vars(record).copy())], epoch=record)


def progress(epoch: int, part: int) -> dict[str, Any]:
    """Return an event of progress within an epoch."""
    return {
        "epoch": epoch,
        "step": 36 * epoch + part,
        "position": epoch + part / EVENTS_AN_EPOCH,
        "accuracy": 0.9,
        "loss": 0.3,
        "digits_per_second": 36_000,
    }


def drawn_up_to(page: Page) -> dict[str, int]:
    """Read up to which event of each run the figure is drawn."""
    seqs: dict[str, int] = json.loads(page.locator(ROOT).get_attribute("data-seqs") or "{}")
    return seqs


if __name__ == "__main__":
    main()
