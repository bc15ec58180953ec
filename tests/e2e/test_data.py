"""A person's way through the Data page, in a real browser, with mouse and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_core.data import Dataset, load_mnist
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import PATIENCE, wait_until_at_rest

DIGITS = 600


@pytest.fixture(scope="module")
def own_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """600 real digits in a file."""
    sample = load_mnist("sample")
    path: Path = tmp_path_factory.mktemp("data") / "few.npz"
    np.savez(
        path,
        x_train=sample.x_train[:DIGITS],
        y_train=sample.y_train[:DIGITS],
        x_test=sample.x_test[:100],
        y_test=sample.y_test[:100],
    )
    return path


@pytest.fixture(scope="module")
def dataset(own_file: Path) -> Dataset:
    return load_mnist(str(own_file))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, own_file: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder, MNIST_PATH=str(own_file)).start()
    yield server
    server.stop()


@pytest.fixture
def open_data(new_page: Callable[..., Page], server: Server) -> Iterator[Callable[[int], Page]]:
    errors = []

    def open_data(width: int) -> Page:
        page = new_page(width)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}/data")
        expect(gallery(page)).to_be_visible()
        wait_until_at_rest(page)
        return page

    yield open_data
    assert errors == []


def gallery(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Training digits")


def readout(page: Page) -> Locator:
    return page.get_by_test_id("pixel-readout")


@pytest.mark.parametrize("width", [1366, 390])
def test_look_at_one_digit_choose_an_image_and_read_its_pixels(open_data, dataset, width):
    page = open_data(width)
    sevens = np.flatnonzero(dataset.y_train == 7)
    page.get_by_role("radio", name="7", exact=True).click()
    options = gallery(page).get_by_role("option")
    expect(options).to_have_count(min(60, len(sevens)))
    expect(options.first).to_have_accessible_name(f"training digit number {sevens[0]}, a 7")
    names = options.evaluate_all("all => all.map((each) => each.getAttribute('aria-label'))")
    assert all(name.endswith(", a 7") for name in names)

    options.first.focus()
    page.keyboard.press("ArrowRight")
    expect(options.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    number, image = sevens[1], dataset.x_train[sevens[1]]
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text(f"This is training digit number {number}, a 7.")).to_be_visible()
    expect(options.nth(1)).to_be_focused()

    row, column = map(int, np.unravel_index(image.argmax(), image.shape))
    said = f"row {row}, column {column}: {image.max()}"
    point_at_picture(page, row, column)
    expect(readout(page)).to_have_text(said)
    lit = page.get_by_role("gridcell", name=said, exact=True)
    expect(lit).to_have_class("is-here")
    numbers = page.get_by_test_id("pixel-numbers")
    wait_until(lambda: is_in_view(lit, within=numbers), f"a scroll to {said}")

    page.get_by_role("gridcell", name=f"row {row}, column {column + 1}:").hover()
    expect(readout(page)).to_have_text(f"row {row}, column {column + 1}: {image[row, column + 1]}")
    wait_until(lambda: pixel_in_frame(page) == (row, column + 1), "the frame of the next pixel")

    page.get_by_test_id("pixel-picture").focus()
    page.keyboard.press("ArrowDown")
    expect(readout(page)).to_have_text(
        f"row {row + 1}, column {column + 1}: {image[row + 1, column + 1]}"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_test_id("stMain").evaluate("node => node.scrollWidth") <= width


def test_the_numbers_are_walked_with_the_arrow_keys(open_data, dataset):
    page = open_data(390)
    page.get_by_test_id("pixel-picture").focus()
    page.keyboard.press("Tab")
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    ink = dataset.x_train[0][12, 13]
    expect(page.get_by_role("gridcell", name=f"row 12, column 13: {ink}")).to_be_focused()
    expect(readout(page)).to_have_text(f"row 12, column 13: {ink}")
    wait_until(lambda: pixel_in_frame(page) == (12, 13), "the frame of that pixel")


def test_a_digit_is_made_ready_by_hand(open_data, dataset):
    page = open_data(1366)
    page.get_by_role("spinbutton", name="Training digit number").fill("7")
    page.keyboard.press("Enter")
    numbers = page.get_by_test_id("flattening-numbers")
    image = dataset.x_train[7]
    slider = page.get_by_role("slider", name="Rows laid into one")
    slider.fill("15")
    words = page.get_by_test_id("flattening-words")
    expect(words).to_have_text("Row 14 has places 392 to 419:")
    expect(numbers).to_have_text(" ".join(map(str, image[14])))
    page.get_by_role("checkbox", name="Divide by 255").check()
    expect(numbers).to_have_text(" ".join(f"{number / 255:.2f}" for number in image[14]))
    slider.press("End")
    expect(words).to_have_text(
        "Row 27 has places 756 to 783, the last ones. 784 numbers in one row!"
    )


def test_a_click_chooses_and_the_next_page_goes_on(open_data, dataset):
    page = open_data(1366)
    page.emulate_media(reduced_motion="no-preference")  # the page is to be seen to scroll
    options = gallery(page).get_by_role("option")
    page.get_by_role("button", name="Next page").click()
    sixtieth = f"training digit number 60, {article(dataset.y_train[60])}"
    expect(options.first).to_have_accessible_name(re.compile(f"^{sixtieth}"))
    options.nth(2).click()
    expect(page.get_by_role("spinbutton", name="Training digit number")).to_have_value("62")
    expect(page.get_by_test_id("pixel-picture")).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".st-key-chart-class-balance .main-svg").first).to_be_attached()
    page.get_by_role("link", name="Next: build a model").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible(timeout=PATIENCE)


def article(digit: int) -> str:
    return f"{'an' if digit == 8 else 'a'} {digit}"


def point_at_picture(page: Page, row: int, column: int) -> None:
    picture = page.get_by_test_id("pixel-picture")
    picture.scroll_into_view_if_needed()
    size = picture.bounding_box()["width"] / 28
    picture.hover(position={"x": (column + 0.5) * size, "y": (row + 0.5) * size})


def boxes(one: Locator, other: Locator) -> list[dict[str, float]]:
    """Return where two things are at the same moment: the page may be scrolling."""
    return one.evaluate(
        "(one, other) => [one, other].map((node) => node.getBoundingClientRect().toJSON())",
        other.element_handle(),
    )


def is_in_view(cell: Locator, *, within: Locator) -> bool:
    """Check that a box which scrolls by itself has scrolled to a cell."""
    inner, outer = boxes(cell, within)
    return all(
        outer[place] <= inner[place] and inner[place] + inner[size] <= outer[place] + outer[size]
        for place, size in (("x", "width"), ("y", "height"))
    )


def pixel_in_frame(page: Page) -> tuple[int, int]:
    """Return which pixel of the picture has the ring: its row and its column."""
    picture, frame = boxes(page.get_by_test_id("pixel-picture"), page.get_by_test_id("pixel-frame"))
    side = picture["width"] / 28
    return round((frame["y"] - picture["y"]) / side), round((frame["x"] - picture["x"]) / side)
