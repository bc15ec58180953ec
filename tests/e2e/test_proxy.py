"""Behind a real nginx: on one path that alone is forwarded, with Host rewritten, in a frame."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Response, expect

from mnist_core.config import TrainingConfig
from mnist_core.store import Run, RunStatus
from tests.app.page_helpers import picture
from tests.e2e.nginx import PROGRAM, Nginx
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import TrainPage, wait_until_settled

PATH = "school/digits"
HOSTS = {
    "as it came": "$http_host",
    "without its port": "$host",
    "localhost": "localhost",
    "of the upstream": "$proxy_host",
}
QUICK = "?epochs=2&nodes_1=8&fraction=0.1"

pytestmark = pytest.mark.skipif(not PROGRAM, reason="needs nginx: apt-get install nginx-light")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of their own, which knows below which path it is."""
    folder = tmp_path_factory.mktemp("server")
    server = Server(
        folder,
        MNIST_PATH=None,
        KERAS_HOME=str(folder),
        STREAMLIT_SERVER_BASE_URL_PATH=PATH,
    ).start()
    server.wait_for_workers()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def nginx(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with Nginx(server, PATH, HOSTS, tmp_path_factory.mktemp("nginx")) as nginx:
        yield nginx


@pytest.fixture(scope="module")
def finished(server: Server) -> Run:
    [run] = server.train(TrainingConfig(layers=(8,), epochs=2, fraction=0.1))
    return run


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


def upload(page: Page, content: bytes) -> None:
    file = {"name": "digits.png", "mimeType": "image/png", "buffer": content}
    page.locator("input[type=file]").set_input_files([file])


def behind(nginx: Nginx, server: Server, host: str = "as it came") -> SimpleNamespace:
    """The server as a browser sees it."""
    return SimpleNamespace(url=nginx.urls[host], store=server.store)


def test_the_whole_dashboard_works_below_the_path_that_is_forwarded(
    nginx: Nginx, server: Server, page: Page
) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    url = nginx.urls["as it came"]

    tab = TrainPage(page, behind(nginx, server)).open(QUICK)
    tab.train()
    tab.wait_for_points("val_accuracy", 2)  # live events, drawn by plotly.js
    run = tab.wait_for_status(RunStatus.FINISHED)

    page.goto(f"{url}/results?run={run.id}")
    expect(page.get_by_text("digits it had never seen were read right")).to_be_visible()
    with page.expect_response("**/api/map_digits/*.png") as pictures:
        page.goto(f"{url}/look_inside?run={run.id}&view=Map")
    assert pictures.value.ok
    page.goto(f"{url}/draw?run={run.id}&way=Upload")
    upload(page, picture(0, 1))
    expect(page.get_by_text("2 digits found")).to_be_visible()
    page.goto(f"{url}/")
    page.get_by_role("link", name="Data", exact=True).first.click()
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    wait_until_settled(page)

    assert tab.errors == []
    asked = [answer for answer in answers if answer.url.startswith("http")]
    # Streamlit's own half tries which part of the address is the path and which the page.
    failed = [each.url for each in asked if each.status >= 400 and "/_stcore/" not in each.url]
    assert failed == []
    assert {urlsplit(each.url).path.startswith(f"/{PATH}/") for each in asked} == {True}


@pytest.mark.parametrize("host", list(HOSTS)[1:])
def test_where_host_is_rewritten_live_events_arrive(
    nginx: Nginx, server: Server, page: Page, finished: Run, host: str
) -> None:
    tab = TrainPage(page, behind(nginx, server, host)).open(f"?run={finished.id}")

    assert len(tab.wait_for_points("val_accuracy", 2)["x"]) == 2
    expect(tab.state()).to_contain_text("Finished: 2 epochs.")


def test_a_picture_that_the_proxy_refuses_is_said_and_a_smaller_one_is_read(
    nginx: Nginx, server: Server, page: Page, finished: Run
) -> None:
    page.goto(f"{nginx.urls['as it came']}/draw?run={finished.id}&way=Upload")
    noise = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (1100, 1100), np.uint8)).save(
        noise, "PNG"
    )
    upload(page, noise.getvalue())  # more than the proxy lets pass
    expect(page.get_by_role("alert").get_by_text("The picture did not arrive")).to_be_visible()
    page.get_by_test_id("stFileChipDeleteBtn").get_by_role("button").click()
    expect(page.get_by_text("The picture did not arrive")).to_have_count(0)
    upload(page, picture(0, 1))
    expect(page.get_by_text("2 digits found")).to_be_visible()


def test_in_a_frame_of_another_site_a_run_is_started_watched_and_stopped(
    nginx: Nginx, server: Server, page: Page
) -> None:
    page.goto(nginx.frame_url)
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Train", exact=True).click()
    expect(frame.get_by_test_id("live-state")).to_contain_text("of 100")
    frame.get_by_role("button", name="Stop", exact=True).click()
    expect(frame.get_by_test_id("live-state")).to_contain_text("Stopped")

    assert page.context.cookies(nginx.urls["as it came"]) == []  # refused, as browsers do there
    with server.store() as store:
        newest = wait_until(lambda: store.list_runs(1), "the run")[0]
        wait_until(lambda: store.get_run(newest.id).status.is_over, "its end")

    frame.get_by_role("link", name="Draw", exact=True).first.click()
    frame.get_by_role("radio", name="Upload").click()
    file = {"name": "digits.png", "mimeType": "image/png", "buffer": picture(0, 1)}
    frame.locator("input[type=file]").set_input_files([file])
    expect(frame.get_by_role("alert").get_by_text("The picture did not arrive")).to_be_visible()
