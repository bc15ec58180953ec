"""Links that somebody wrote to do harm: no page fetches from elsewhere, or shows a link to it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Request

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.lesson.assignment import CONTROLS, PARTS
from tests.e2e.server import Server
from tests.e2e.train_page import wait_until_settled

ELSEWHERE = "elsewhere.example"
HOSTILE = (
    f"![x](http://{ELSEWHERE}/x.png) [me](http://{ELSEWHERE}) <img src=//{ELSEWHERE}/y.png> "
    f"http://{ELSEWHERE} www.{ELSEWHERE} me@{ELSEWHERE}"
)
# Every page with the names that it takes from its address, in groups that don't hide each other.
LINKS: dict[str, list[tuple[str, ...]]] = {
    "": [("run", "projector")],
    "data": [("digit", "training_digit")],
    "train": [
        ("run",),
        ("behind",),
        *((part,) for part in PARTS),
        (*CONTROLS, "nodes_1", "layers", HOSTILE),
    ],
    "results": [("run",)],
    "mistakes": [("run",), ("view", "true_digit", "guess"), ("other_run",)],
    "look_inside": [("run",), ("view", "digit", "epoch", "map-how")],
    "draw": [("run",), ("way",)],
    "my_digits": [("run", "digit-set")],
    "worksheets": [("run",)],
    "runs": [("run",), ("search",), ("whose", "starred")],
    "compare": [("run",), ("runs",), ("metric", "digits", "over", "differing")],
    "glossary": [("run",)],
    "ten_minutes_before_class": [("run",)],
    "grid": [("run",), ("grid",)],
    "board": [("class", "view")],
    "guess": [("run",), ("decided_by", "hands")],
    "wall": [("class", "task")],
}


class Watcher:
    """Notes what a page asks of other hosts, and the links to them that it shows."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.asked: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if ELSEWHERE in (urlsplit(request.url).hostname or ""):
            self.asked.append(request.url)

    def open(self, path: str, query: dict[str, str]) -> None:
        self.page.goto(f"{self.server.url}/{path}?{urlencode(query)}")
        wait_until_settled(self.page)

    def leads_elsewhere(self) -> list[str]:
        """Links, pictures and the like to another host, in whatever is drawn."""
        addresses: list[str] = self.page.evaluate(
            """() => [...document.querySelectorAll("[href], [src], [action]")]
            .map(each => String(each.href || each.src || each.action))"""
        )
        parts = map(urlsplit, addresses)
        return [each.geturl() for each in parts if ELSEWHERE in (each.hostname or each.path)]


@pytest.fixture
def watcher(new_page: Callable[..., Page], server: Server) -> Watcher:
    return Watcher(new_page(), server)


def test_no_parameter_of_any_page_fetches_from_elsewhere(watcher: Watcher) -> None:
    [run] = watcher.server.train(TrainingConfig(layers=(), epochs=1, fraction=0.05, batch_size=50))
    for path, groups in LINKS.items():
        for names in groups:
            watcher.open(path, {"run": run.id, **dict.fromkeys(names, HOSTILE)})
            assert (path, names, watcher.asked, watcher.leads_elsewhere()) == (path, names, [], [])


def test_names_and_questions_are_shown_as_they_were_typed(watcher: Watcher) -> None:
    dataset = load_mnist("sample")
    with watcher.server.store() as store:
        store.save_dataset(dataset)
        run = store.create_run(
            TrainingConfig(), dataset_digest=dataset.digest, dataset_name="http://elsewhere.example"
        )
        store.rename_run(run.id, None, HOSTILE[:80])
        store.request_stop(run.id, None)
    for path, query in (
        ("train", {"question": HOSTILE, "run": run.id}),
        ("", {}),
        ("runs", {}),
        ("results", {"run": run.id}),
    ):
        watcher.open(path, query)
        assert (path, watcher.asked, watcher.leads_elsewhere()) == (path, [], [])
    watcher.open("train", {"question": HOSTILE})
    shown = watcher.page.locator(".st-key-task").inner_text().replace("\u2060", "")
    assert HOSTILE in " ".join(shown.split())
    with watcher.server.store() as store:
        store.delete_run(run.id, None)
