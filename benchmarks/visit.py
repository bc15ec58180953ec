"""A browser at a dashboard with a finished run, to measure what a person waits for."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page

from tests.e2e.browser import launched_browser
from tests.e2e.server import Server


class Visit(NamedTuple):
    """What is measured: a browser's page, the dashboard's address, and a run on it."""

    page: Page
    url: str
    run_id: str


@contextmanager
def served(**variables: str) -> Iterator[tuple[Server, Browser]]:
    """Start a dashboard in this environment and a browser; its workers are warm."""
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        server = Server(Path(folder), **variables).start()
        try:
            server.wait_for_workers()
            yield server, browser
        finally:
            server.stop()


@contextmanager
def visited(*settings: str) -> Iterator[Visit]:
    """Start a dashboard, train two epochs on the data that ``load_mnist`` finds, open a browser.

    Args:
        settings: of the training, as on the command line.
    """
    with served() as (server, browser):
        run_id = train(server, "--epochs", "2", *settings)["run_id"]
        page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        yield Visit(page, server.url, run_id)


def train(server: Server, *arguments: str) -> dict[str, Any]:
    """Train from the command line into the server's store; return what it says at the end."""
    answer = subprocess.run(
        [sys.executable, "-m", "mnist_core", "train", "--json", *arguments],
        env={**os.environ, "MNIST_STORE_URL": server.store_url},
        check=True,
        capture_output=True,
    )
    return json.loads(answer.stdout.splitlines()[-1])


def rounded(seconds: Sequence[float]) -> dict[str, float]:
    """Return minimum, median and maximum."""
    return {
        "min": round(min(seconds), 2),
        "median": round(statistics.median(seconds), 2),
        "max": round(max(seconds), 2),
    }
