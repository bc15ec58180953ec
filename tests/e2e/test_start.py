"""A server whose environment is wrong in many ways, or whose store goes away: it says so."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server, wait_until

WRONG = {
    "MNIST_PATH": "~nobody-of-this-name/x.npz",
    "MNIST_OFFLINE": "perhaps",
    "MNIST_WORKERS": "two",
    "DASK_SCHEDULER_ADDRESS": "somewhere",
    "MNIST_CERTIFICATES": "~nobody-of-this-name",
    "MNIST_COMPILATION_CACHE": "~nobody-of-this-name",
    "KERAS_HOME": "~nobody-of-this-name",
    "MNIST_TEACHER_SECRET": "short",
    "MNIST_LOG_LEVEL": "loud",
    "MNIST_METRICS_PORT": "0",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), **WRONG).start()
    yield server
    server.stop()


def test_a_server_with_every_variable_wrong_starts_and_says_so_in_its_log_and_on_its_page(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page()
    page.goto(server.url)
    warnings = page.locator(".st-key-data-status").get_by_role("alert")
    expect(warnings).to_have_count(len(WRONG))
    shown = warnings.all_inner_texts()
    log = server.log.read_text()
    assert [sentence.split()[0].rstrip(":") for sentence in shown] == [*WRONG]
    for sentence in shown:
        assert log.count(f" pages.services.server: {sentence.strip()}\n") == 1
    assert "Traceback" not in log


def health(server: Server, path: str = "/api/health") -> int:
    try:
        with urllib.request.urlopen(f"{server.url}{path}") as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_store_that_is_deleted_while_the_server_runs_is_noticed_and_said(
    new_page: Callable[..., Page], server: Server
) -> None:
    store = Path(server.store_url.removeprefix("sqlite:///"))
    kept = store.rename(store.with_name("kept.db"))
    wait_until(lambda: health(server) == 503, "a word of the missing store")
    assert health(server, "/healthz") == 200
    assert health(server, "/readyz") == 503
    page = new_page()
    page.goto(f"{server.url}/train")
    expect(page.locator(".st-key-data-status")).to_contain_text("was deleted, moved or replaced")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".st-key-refusal")).to_contain_text("was deleted, moved or replaced")
    kept.rename(store)
    wait_until(lambda: health(server) == 200, "the store's return")
    log = server.log.read_text()
    assert log.count("was deleted, moved or replaced") == 1
    assert "Traceback" not in log


def test_a_server_whose_store_is_mistyped_says_why_it_does_not_start(tmp_path: Path) -> None:
    server = Server(tmp_path, MNIST_STORE_URL="nonsense")
    with pytest.raises(AssertionError, match="the server ended"):
        server.start()
    log = server.log.read_text()
    assert log.endswith(
        "MNIST_STORE_URL can't be understood. "
        "Write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.\n"
    )
    assert "Traceback" not in log
