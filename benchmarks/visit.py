"""A browser at a dashboard with a finished run, to measure what a person waits for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from tests.e2e.browser import launched_browser
from tests.e2e.server import Server


class Visit(NamedTuple):
    """What is measured: a browser's page, the dashboard's address, and a run on it."""

    page: Page
    url: str
    run_id: str


@contextmanager
def visited() -> Iterator[Visit]:
    """Start a dashboard, train two epochs on the data that ``load_mnist`` finds, open a browser."""
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        server = Server(Path(folder)).start()
        try:
            server.wait_for_workers()
            run_id = train(server)
            page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
            page.set_default_timeout(60_000)
            yield Visit(page, server.url, run_id)
        finally:
            server.stop()


def train(server: Server) -> str:
    """Train two epochs from the command line into the server's store; give the run's id."""
    answer = subprocess.run(
        [sys.executable, "-m", "mnist_core", "train", "--epochs", "2", "--json"],
        env={**os.environ, "MNIST_STORE_URL": server.store_url},
        check=True,
        capture_output=True,
    )
    run_id: str = json.loads(answer.stdout.splitlines()[-1])["run_id"]
    return run_id
