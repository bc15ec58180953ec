"""A digit drawn by mouse and by finger, sent as a file, and asked of a network that was trained."""

from __future__ import annotations

import io
import math
import re
import socket
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from tests.e2e.browser import ARGUMENTS, program_path
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import PATIENCE, visit, wait_until_at_rest, wait_until_settled

CANVAS = "[data-testid=drawing-canvas] canvas"
SEEN = ".st-key-seen canvas"
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}

Points = Sequence[tuple[float, float]]

ONE: Points = [(0.52, 0.2 + 0.06 * step) for step in range(11)]
ZERO: Points = [
    (0.5 + 0.2 * math.sin(turn * math.tau / 24), 0.5 - 0.3 * math.cos(turn * math.tau / 24))
    for turn in range(25)
]


@pytest.fixture(scope="module")
def run(server: Server) -> str:
    """Let the server's own workers train a network; gives the run's id."""
    [run] = server.train(TrainingConfig(layers=(64,), epochs=6))
    return run.id


@pytest.fixture
def open_draw(new_page: Callable[..., Page], server: Server, run: str) -> Callable[..., Page]:
    def open_draw(way: str = "Draw", **options: Any) -> Page:
        page = new_page(**{"height": 768} | options)
        page.goto(f"{server.url}/draw?run={run}&way={way}")
        expect(page.get_by_role("heading", name="Draw", level=1)).to_be_visible()
        wait_until_at_rest(page)
        return page

    return open_draw


def says(page: Page) -> Locator:
    return page.get_by_role("heading", name=re.compile(r"^It says \d, [\d.]+ % sure$"))


def on_the_field(page: Page, points: Points) -> list[tuple[float, float]]:
    """Return points of the field, 0 to 1, as points of the window."""
    field = page.locator(CANVAS)
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw(page: Page, points: Points) -> None:
    """Draw a stroke with the mouse."""
    first, *rest = on_the_field(page, points)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point)
    page.mouse.up()


def draw_by_finger(page: Page, points: Points) -> None:
    """Draw a stroke with a finger."""
    touch(page, on_the_field(page, points))


def touch(page: Page, points: Points) -> None:
    """Move a finger over the glass, as the browser gets it from there."""
    glass = page.context.new_cdp_session(page)

    def send(kind: str, *touched: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in touched]
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    first, *rest = points
    send("touchStart", first)
    for point in rest:
        send("touchMove", point)
    send("touchEnd")


def pixels(canvas: Locator) -> np.ndarray:
    """Read a canvas's red: int (h, w)."""
    width, values = canvas.evaluate(
        """(canvas) => {
            const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return [canvas.width, [...data].filter((_, index) => index % 4 === 0)];
        }"""
    )
    return np.array(values).reshape(-1, width)


def what_it_sees(page: Page) -> np.ndarray:
    """Wait until the answer to a drawing is there, and read what the network sees."""
    expect(says(page)).to_be_visible()
    wait_until_settled(page)
    wait_until(lambda: pixels(page.locator(SEEN)).any(), "what the network sees")
    return pixels(page.locator(SEEN))


def widest(page: Page) -> list[str]:
    """Name what sticks out of the window to the right."""
    return page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stMain] *")]
            .filter((node) => {
                const {right, height} = node.getBoundingClientRect();
                return height && right > innerWidth + 1; // of no height: a frame of nothing
            })
            .map((node) => node.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize(("points", "digit"), [(ONE, 1), (ZERO, 0)], ids=["one", "zero"])
def test_a_digit_drawn_with_the_mouse_is_read(open_draw, points, digit):
    page = open_draw()
    draw(page, points)
    expect(says(page)).to_contain_text(f"It says {digit}, ")
    chart = page.get_by_role("figure", name="The ten likelihoods")
    expect(chart).to_be_visible()
    seen = what_it_sees(page)
    assert seen.shape == (28, 28)
    assert seen.max() > 200
    rows = np.flatnonzero(seen.any(axis=1))
    assert 18 <= rows[-1] - rows[0] + 1 <= 22  # scaled into 20 pixels


def test_a_browser_that_falsifies_what_a_canvas_gives_back_changes_nothing(open_draw):
    page = open_draw()
    page.evaluate(
        """() => {
            const noise = () => { throw new Error("nobody reads a canvas here"); };
            CanvasRenderingContext2D.prototype.getImageData = noise;
            HTMLCanvasElement.prototype.toDataURL = noise;
            HTMLCanvasElement.prototype.toBlob = noise;
        }"""
    )
    draw(page, ZERO)
    expect(says(page)).to_contain_text("It says 0, ")


def test_a_small_zero_in_a_corner_is_read_with_every_pen(open_draw):
    page = open_draw()
    for pen in ("Thin", "Thick"):
        page.get_by_role("radio", name=pen).check(force=True)
        wait_until_settled(page)  # the field has the pen
        draw(page, [(0.62 + 0.45 * x, 0.03 + 0.45 * y) for x, y in ZERO])
        expect(says(page)).to_contain_text("It says 0, ")
        page.get_by_role("button", name="Clear", exact=True).press("Enter")
        expect(says(page)).to_have_count(0)


def test_undo_takes_a_stroke_back_and_clear_all_of_them(open_draw):
    page = open_draw()
    undo, clear = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Clear"))
    expect(undo).to_have_attribute("aria-disabled", "true")
    draw(page, ZERO)
    before = what_it_sees(page)
    draw(page, [(0.1, 0.5), (0.9, 0.5)])
    wait_until(lambda: (pixels(page.locator(SEEN)) != before).any(), "the answer to the line")
    undo.press("Enter")  # by the keyboard, too
    wait_until(lambda: (pixels(page.locator(SEEN)) == before).all(), "the zero alone")
    clear.press("Enter")
    expect(page.get_by_text("Draw a digit, 0 to 9.")).to_be_visible()
    assert pixels(page.locator(CANVAS)).min() == 255
    expect(clear).to_be_focused()


def test_a_finger_draws_and_a_phone_s_page_stays_where_it_is(open_draw):
    page = open_draw(**PHONE)
    field = page.locator(CANVAS)
    place = field.bounding_box()
    draw_by_finger(page, ZERO)
    expect(says(page)).to_contain_text("It says 0, ")
    swipe_up(page, place["y"] + place["height"] - 20)
    assert field.bounding_box() == place
    # The same finger below the field does scroll.
    swipe_up(page, place["y"] + place["height"] + 20)
    wait_until(lambda: field.bounding_box()["y"] < place["y"] - 50, "a scroll below the field")
    page.locator(".plot-container").wait_for()
    wait_until_settled(page)
    assert widest(page) == []


def swipe_up(page: Page, start: float) -> None:
    """Move a finger up by 200 pixels in the middle of a phone's screen."""
    middle = page.viewport_size["width"] / 2
    touch(page, [(middle, start - 10 * step) for step in range(21)])


def test_a_second_finger_does_not_disturb_the_first(open_draw):
    page = open_draw(**PHONE)
    glass = page.context.new_cdp_session(page)
    first, *rest = on_the_field(page, ZERO)
    resting = on_the_field(page, [(0.9, 0.9)])[0]

    def send(kind: str, *touched: tuple[float, float]) -> None:
        at = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(touched)]
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", first)
    send("touchStart", first, resting)
    for point in rest:
        send("touchMove", point, resting)
    send("touchEnd")
    expect(says(page)).to_contain_text("It says 0, ")
    corner = pixels(page.locator(CANVAS))
    assert corner[int(0.85 * len(corner)) :, int(0.85 * len(corner)) :].min() == 255


def test_a_digit_is_kept_under_a_new_name_and_found_on_its_page(open_draw):
    page = open_draw()
    draw(page, ZERO)
    expect(says(page)).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    name = page.get_by_role("combobox", name="Set")
    name.fill("class 7b")
    name.press("Enter")
    page.get_by_role("radio", name="0", exact=True).click()
    page.get_by_role("button", name="Keep this digit").click()
    expect(page.get_by_text("Kept. “class 7b” has 1 digit now.")).to_be_visible()
    page.get_by_role("link", name="My digits").last.click()
    expect(page.get_by_text("1 of 1 by the network")).to_be_visible()
    wait_until_settled(page)
    kept = page.get_by_role("option", name="digit 1, a 0, guessed 0")
    kept.click()
    expect(kept).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Delete the chosen digit").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("No digits are kept yet.")).to_be_visible()


def test_a_step_that_is_switched_off_changes_what_the_network_sees(open_draw):
    page = open_draw()
    draw(page, [(0.7 + 0.2 * x, 0.1 + 0.2 * y) for x, y in ZERO])
    before = what_it_sees(page)
    for step in ("Cut out the digit", "Put its balance point in the middle"):
        page.get_by_role("switch", name=re.compile(step)).press("Space")
    expect(page.get_by_text("Switched off. The whole field is kept")).to_be_visible()

    def is_a_speck_in_its_corner() -> bool:
        seen = pixels(page.locator(SEEN)) > 0
        return 0 < seen[:14, 14:].sum() == seen.sum() < (before > 0).sum() / 2

    wait_until(is_a_speck_in_its_corner, "a speck in the corner where it was drawn")


def test_several_digits_of_a_file_are_read_and_one_is_chosen(open_draw):
    page = open_draw("Upload")
    dataset = load_mnist("sample")
    sheet = Image.new("L", (660, 260), 40)  # light digits on dark
    for place, digit in enumerate((0, 1, 0)):
        image = dataset.x_test[np.flatnonzero(dataset.y_test == digit)[0]]
        large = Image.fromarray(40 + (image * 0.8).astype(np.uint8)).resize((160, 160))
        sheet.paste(large, (50 + 200 * place, 50))
    file = io.BytesIO()
    sheet.save(file, "JPEG")
    page.locator("input[type=file]").set_input_files(
        {"name": "digits.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    )
    expect(page.get_by_role("heading", name="3 digits found: 0, 1, 0")).to_be_visible()
    marked = page.get_by_alt_text("Your picture; 3 digits marked on it")
    expect(marked).to_be_visible()
    assert marked.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 660
    expect(says(page)).to_contain_text("It says 0, ")
    page.get_by_role("option", name=re.compile("^digit 2, read as 1")).click()
    expect(says(page)).to_contain_text("It says 1, ")


def test_a_file_that_is_no_picture_gets_a_sentence(open_draw):
    page = open_draw("Upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "words.png", "mimeType": "image/png", "buffer": b"These are words."}
    )
    expect(page.get_by_text("This file is no picture that can be read.")).to_be_visible()


def test_without_https_the_page_says_why_there_is_no_camera_and_offers_upload(browser, server, run):
    name = socket.gethostname()
    elsewhere = server.url.replace("127.0.0.1", name)
    other = browser.browser_type.launch(
        executable_path=program_path(),
        args=[*ARGUMENTS, f"--host-resolver-rules=MAP {name} 127.0.0.1"],
    )
    page = other.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{elsewhere}/draw?run={run}&way=Camera")
    expect(page.get_by_text("No camera here: a browser allows it only")).to_be_visible()
    assert page.evaluate("isSecureContext") is False
    expect(page.locator("input[type=file]")).to_be_attached()
    other.close()


def test_a_small_laptop_has_room_for_the_field_its_buttons_and_whole_headings(open_draw):
    page = open_draw()
    clear = page.get_by_role("button", name="Clear", exact=True).bounding_box()
    assert clear["y"] + clear["height"] <= page.viewport_size["height"]
    cut_off = page.locator("[class*=st-key-step-] p").evaluate_all(
        "all => all.filter((node) => node.scrollWidth > node.clientWidth + 1).length"
    )
    assert cut_off == 0


def test_on_a_phone_nothing_sticks_out(open_draw, run):
    page = open_draw("Upload", **PHONE)
    assert widest(page) == []
    visit(page, f"/draw?run={run}&way=Camera")
    expect(page.get_by_role("radio", name="Camera")).to_be_checked()
    wait_until_at_rest(page)
    assert widest(page) == []
