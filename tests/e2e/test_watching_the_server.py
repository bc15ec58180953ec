"""What a dashboard tells those who watch it rather than its pages."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

from mnist_core.store import RunStatus
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import TrainPage


def ask(url: str) -> str:
    try:
        with urllib.request.urlopen(url) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


def numbers(server: Server) -> dict[str, float]:
    """Scrape the server: each number by its name and its labels' values."""
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(ask(server.metrics_url))
        for sample in family.samples
    }


def test_a_server_says_that_it_is_ready_and_its_numbers_move(
    server: Server, open_tab: Callable[..., TrainPage]
) -> None:
    assert json.loads(ask(f"{server.url}/healthz")) == {"server": "ok"}
    ready = dict.fromkeys(("server", "store", "workers"), "ok")
    wait_until(lambda: json.loads(ask(f"{server.url}/readyz")) == ready, "warm workers")
    before = numbers(server)
    tab = open_tab(server, "?epochs=1&nodes_1=16")
    tab.train()
    tab.wait_for_status(RunStatus.FINISHED)
    tab.wait_for_points("val_accuracy", 1)
    after = numbers(server)
    assert after["mnist_store_up"] == 1
    for name in ("mnist_page_runs_total train", "mnist_events_told_total", "mnist_runs finished"):
        assert after[name] > before.get(name, 0), name
