"""A real browser and a real server for all of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from xdist.scheduler import LoadScopeScheduling

from tests.e2e.browser import ARGUMENTS, LAUNCH_TIMEOUT, launched_browser, program_path
from tests.e2e.server import TEACHER_SECRET, Server
from tests.e2e.train_page import PATIENCE, TrainPage

expect.set_options(timeout=PATIENCE)  # a machine that does much else is slow, not wrong

WITH_A_SERVER_OF_THEIR_OWN = tuple(
    path.name
    for path in Path(__file__).parent.glob("test_*.py")
    if "\ndef server(" in path.read_text(encoding="utf-8")
)


class OneServerEach(LoadScopeScheduling):
    """Deals tests out one by one, but those of a module that starts a server go to one process."""

    def _split_scope(self, nodeid: str) -> str:
        module, _, _ = nodeid.partition("::")
        return module if module.endswith(WITH_A_SERVER_OF_THEIR_OWN) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneServerEach:
    """Deal them out so."""
    return OneServerEach(config, log)


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
    server = Server(
        folder, MNIST_PATH=None, KERAS_HOME=str(folder), MNIST_TEACHER_SECRET=TEACHER_SECRET
    ).start()
    server.wait_for_workers()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def kept_context(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser that goes on from test to test with the scripts it has loaded and compiled.

    What is compiled is kept only where there is a folder for it.
    """
    context = browser.browser_type.launch_persistent_context(
        tmp_path_factory.mktemp("browser"),
        executable_path=program_path(),
        args=ARGUMENTS,
        timeout=LAUNCH_TIMEOUT,
    )
    yield context
    context.close()


@pytest.fixture
def new_page(browser: Browser, kept_context: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a browser that the server does not know.

    The first one that asks for no option of a browser's own finds Streamlit loaded and compiled,
    which is half the work of opening a page. They ask for less motion: without a graphics card,
    every frame of a fading is painted by the processor.
    """
    free, contexts = [kept_context], []

    def new_page(
        width: int = 1366,
        height: int = 900,
        color_scheme: Literal["light", "dark"] = "light",
        reduced_motion: Literal["reduce", "no-preference"] = "reduce",
        **options: Any,
    ) -> Page:
        if options or not free:
            contexts.append(browser.new_context(**options))
        page = (contexts[-1] if options or not free else free.pop()).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        page.set_default_timeout(PATIENCE)
        return page

    yield new_page
    for context in contexts:
        context.close()
    for page in kept_context.pages:
        page.close()
    kept_context.clear_cookies()


@pytest.fixture
def open_tab(new_page: Callable[..., Page]) -> Callable[..., TrainPage]:
    """Open the Train page in a browser of its own, or in another tab of one that is open."""

    def open_tab(server: Server, query: str = "", *, beside: TrainPage | None = None) -> TrainPage:
        page = beside.page.context.new_page() if beside else new_page()
        return TrainPage(page, server).open(query)

    return open_tab
