"""A real browser and a real server for all of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import launched_browser
from tests.e2e.server import Server
from tests.e2e.train_page import PATIENCE, TrainPage

expect.set_options(timeout=PATIENCE)  # a machine that does much else is slow, not wrong


@pytest.fixture(scope="package")  # its event loop must be gone when other tests start theirs
def browser() -> Iterator[Browser]:
    with launched_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard with one worker and the built-in sample.

    All tests share it, with the runs of those before: whoever counts runs starts one of their own.
    """
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder, MNIST_PATH=None, KERAS_HOME=str(folder)).start()
    server.wait_for_workers()
    yield server
    server.stop()


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[Callable[..., TrainPage]]:
    """Open the Train page in a browser of its own, or in another tab of one that is open."""
    contexts = []

    def open_tab(server: Server, query: str = "", *, beside: TrainPage | None = None) -> TrainPage:
        if beside is None:
            contexts.append(browser.new_context(viewport={"width": 1366, "height": 900}))
        page: Page = beside.page.context.new_page() if beside else contexts[-1].new_page()
        return TrainPage(page, server).open(query)

    yield open_tab
    for context in contexts:
        context.close()
