"""From an accuracy to one digit: the matrix, its cells, the gallery, one digit, the files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.data.arrays import unpack_predictions
from mnist_core.store import Run
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import wait_until_at_rest, wait_until_settled

MATRIX = "[data-testid=confusion-matrix]"
GALLERY = ".st-key-gallery-mistakes .digit-item"
ROUND = 20

HAS_INK = """(canvas) => canvas.getContext("2d").getImageData(0, 0, 28, 28).data
    .some((value, index) => index % 4 < 3 && value > 0)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of their own: the court counts the runs."""
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder, MNIST_PATH=None, KERAS_HOME=str(folder)).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def run(server: Server) -> Run:
    """A finished run on the built-in sample."""
    [run] = server.train(TrainingConfig(layers=(32,), epochs=3))
    return run


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def open_mistakes(page: Page, server: Server, run: Run) -> Callable[..., Page]:
    def open_mistakes(view: str = "Mistakes", *, from_results: bool = False) -> Page:
        if from_results:
            page.goto(f"{server.url}/results?run={run.id}")
            expect(page.get_by_role("heading", name="Results", level=1)).to_be_visible()
            wait_until_settled(page)
            page.get_by_role("link", name="Mistakes", exact=True).first.click()
            expect(page.get_by_role("heading", name="Mistakes", level=1)).to_be_visible()
        else:
            page.goto(f"{server.url}/mistakes?run={run.id}")
        expect(cells(page)).to_have_count(100)
        wait_until_settled(page)
        if view != "Mistakes":
            page.get_by_role("radio", name=view).or_(page.get_by_role("button", name=view)).click()
        return page

    return open_mistakes


@pytest.fixture
def truth(server: Server, run: Run) -> tuple[np.ndarray, np.ndarray]:
    """The labels of the test digits and the stored likelihoods."""
    with server.store() as store:
        return load_mnist("sample").y_test, unpack_predictions(store.load_predictions(run.id))


def cell(page: Page, true: int, guess: int) -> Locator:
    return page.locator(f"{MATRIX} td[data-true='{true}'][data-guess='{guess}']")


def cells(page: Page) -> Locator:
    return page.locator(f"{MATRIX} td[data-guess]")


def counts(page: Page) -> np.ndarray:
    """Read the table: int (10, 10)."""
    texts = cells(page).all_inner_texts()
    return np.array([int(text.replace(",", "") or 0) for text in texts]).reshape(10, 10)


def captions(page: Page) -> list[str]:
    return page.locator(f"{GALLERY} > span").all_inner_texts()


def test_from_the_matrix_to_one_digit_and_to_its_files(open_mistakes, truth):
    page = open_mistakes(from_results=True)
    y_true, y_prob = truth
    y_pred = y_prob.argmax(axis=1)
    shown = counts(page)
    np.testing.assert_array_equal(shown, confusion_matrix(y_true, y_pred))
    assert shown.sum() == len(y_true)

    errors = shown * (1 - np.eye(10, dtype=int))
    true, guess = np.unravel_index(errors.argmax(), errors.shape)
    count = int(errors.max())
    cell(page, true, guess).click()
    expect(page.locator(GALLERY)).to_have_count(count)
    wait_until(
        lambda: all(caption.startswith(f"{true} → {guess}") for caption in captions(page)),
        "the digits of that cell",
    )
    expect(cell(page, true, guess)).to_have_attribute("aria-selected", "true")

    page.locator(GALLERY).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(f"1 of {count}")).to_be_visible()
    first = dialog.get_by_text("This is a").inner_text()
    assert re.search(rf"says {guess}\b", first)
    wait_until_settled(page)
    page.keyboard.press("n")
    expect(dialog.get_by_text(f"2 of {count}")).to_be_visible()
    expect(dialog.get_by_text(first)).to_have_count(0)
    page.keyboard.press("p")
    expect(dialog.get_by_text(first)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    table = pd.read_csv(download.value.path())
    wrong = np.flatnonzero(y_true != y_pred)
    assert table["index"].tolist() == wrong.tolist()
    assert table["true"].tolist() == y_true[wrong].tolist()
    assert table["guess"].tolist() == y_pred[wrong].tolist()
    probabilities = table[[f"p{digit}" for digit in range(10)]].to_numpy(np.float32)
    np.testing.assert_array_equal(probabilities, y_prob[wrong])

    wait_until_settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a picture sheet").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_matrix_is_walked_through_and_chosen_from_by_keys(open_mistakes):
    page = open_mistakes()
    cell(page, 4, 9).focus()
    page.keyboard.press("ArrowRight")  # there is nothing: it stays
    page.keyboard.press("ArrowUp")
    expect(cell(page, 3, 9)).to_be_focused()
    expect(cell(page, 3, 9)).to_have_attribute(
        "aria-label", re.compile("True digit 3, taken for 9")
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cell(page, 4, 9)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(cell(page, 4, 9)).to_have_attribute("aria-selected", "false")


# What full MNIST has in its cells and sums; gives those for which there is no room.
FILL_AND_MEASURE = """(table) => {
    const cells = [...table.querySelectorAll("td:not(.corner)")];
    cells.forEach((cell, index) =>
        cell.textContent = index + 1 < cells.length ? "1,135" : "10,000");
    return cells.filter(({scrollWidth, clientWidth}) => scrollWidth > clientWidth).length;
}"""


@pytest.mark.parametrize(
    ("width", "height", "projector"),
    [(390, 844, ""), (1366, 768, ""), (1366, 768, "&projector=1"), (1920, 1080, "&projector=1")],
)
def test_the_whole_matrix_is_seen_at_once(page, server, run, width, height, projector):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{server.url}/mistakes?run={run.id}{projector}")
    expect(cells(page)).to_have_count(100)
    wait_until_at_rest(page)
    assert page.locator(f"{MATRIX} table").evaluate(FILL_AND_MEASURE) == 0
    if width == 390:
        page.locator(MATRIX).scroll_into_view_if_needed()
    for corner in ((0, 0), (0, 9), (9, 0), (9, 9)):
        expect(cell(page, *corner)).to_be_in_viewport(ratio=1)


def test_a_row_shows_all_mistakes_of_a_digit_and_the_diagonal_what_is_right(open_mistakes):
    page = open_mistakes()
    shown = counts(page)
    page.locator(f"{MATRIX} th[data-true='8']").click()
    wrong = int(shown[8].sum() - shown[8, 8])
    expect(page.get_by_role("heading", name=f"{wrong} wrong: true digit 8")).to_be_visible()
    expect(page.locator(GALLERY)).to_have_count(min(wrong, 60))
    cell(page, 8, 8).click()
    right = int(shown[8, 8])
    expect(
        page.get_by_role("heading", name=f"{right} right: true digit 8, guess 8")
    ).to_be_visible()


def test_precision_and_recall_are_those_of_scikit_learn(open_mistakes, truth):
    page = open_mistakes("Digit by digit")
    y_true, y_prob = truth
    expected = precision_recall_fscore_support(y_true, y_prob.argmax(axis=1), zero_division=0)
    page.get_by_role("heading", name="Every digit").wait_for()
    rows = page.get_by_role("table").first.locator("tbody tr")
    expect(rows).to_have_count(10)
    table = np.array([row.locator("td").all_inner_texts() for row in rows.all()], float)
    np.testing.assert_allclose(table, np.transpose(expected), atol=0.00051)
    expect(page.locator(".st-key-chart-calibration .main-svg").first).to_be_visible()


def test_a_person_reads_twenty_hard_digits_blind_and_sees_both_results(open_mistakes):
    page = open_mistakes("You against the network")
    page.get_by_role("button", name="Start the round").click()
    for place in range(1, ROUND + 1):
        expect(page.get_by_text(f"Digit {place} of {ROUND}")).to_be_visible()
        expect(page.get_by_role("button", name="7 Shortcut 7")).to_be_enabled()
        page.keyboard.press("7")
    expect(cells(page)).to_have_count(2 * 100)
    yours = page.locator(MATRIX).first.locator("td[data-guess]").all_inner_texts()
    sevens = sum(int(text or 0) for text in yours[7::10])
    assert sevens == ROUND


def test_the_court_hears_three_runs_and_keeps_a_verdict(open_mistakes, server, run):
    page = open_mistakes("Label court")
    expect(page.get_by_text("The court hears at least 3 runs")).to_be_visible()
    settings = TrainingConfig(layers=(64,), epochs=8, learning_rate=0.01)
    server.train(*(settings.replace(seed=seed) for seed in (1, 2, 3)))
    page = open_mistakes("Label court")
    page.get_by_role("heading", name=re.compile("before the court")).wait_for()
    page.get_by_role("textbox", name="My name").fill("Anna *B*")
    page.get_by_role("textbox", name="My name").press("Tab")
    page.get_by_role("button", name="The label is wrong").click()
    expect(page.get_by_text("Anna *B*: the label is wrong")).to_be_visible()
    with server.store() as store:
        verdicts = wait_until(lambda: store.read_verdicts(run.dataset_digest), "the verdict")
    assert [verdict.name for verdict in verdicts] == ["Anna *B*"]
    expect(page.get_by_text("Without the 1 that people doubt")).to_be_visible()
    page.get_by_role("button", name="Take my verdict back").click()
    expect(page.get_by_text("Nobody has judged this digit yet.")).to_be_visible()


@pytest.mark.parametrize("view", ["Mistakes", "Digit by digit", "Two runs", "Label court"])
def test_on_a_phone_nothing_sticks_out(page, server, run, view):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/mistakes?run={run.id}&view={view}")
    expect(page.get_by_role("heading", name="Mistakes", level=1)).to_be_visible()
    wait_until_settled(page)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390


def test_on_the_map_of_look_inside_a_point_shows_its_digit_and_opens_it(page, server, run):
    page.emulate_media(reduced_motion="no-preference")  # the points are to be seen to move
    late: list[Route] = []
    page.route("**/api/map_digits/*.png", lambda route: late.append(route))
    page.goto(f"{server.url}/look_inside?run={run.id}&view=Map", wait_until="commit")
    points = page.get_by_test_id("map-points")
    expect(points).to_have_accessible_name(re.compile("of the output layer"))
    wait_until_settled(page)
    page.get_by_role("radio", name="Pixels").click()
    expect(points).to_have_accessible_name(re.compile("of the pixels"))
    wait_until(
        lambda: points.evaluate("({digitMap: {now, data}}) => String(now.x) === String(data.x)"),
        "the points at their new places",
    )
    number, truth, guess, place = points.evaluate(
        """({digitMap: map}) => {
            const index = map.wrong.indexOf(true);
            const {numbers, true: truth, guess} = map.data;
            return [numbers[index], truth[index], guess[index], map.screen(index)];
        }"""
    )
    points.hover(position=dict(zip("xy", place, strict=True)))
    card = page.get_by_test_id("map-card")
    expect(card).to_contain_text(f"number {number:,}")
    shown = re.search(r"A (\d), read as (\d) ✗", card.inner_text())
    assert shown
    assert (shown[1], shown[2]) == (truth, guess)
    picture = card.locator("canvas")
    assert not picture.evaluate(HAS_INK)
    [pictures] = late
    pictures.continue_()
    wait_until(lambda: picture.evaluate(HAS_INK), "the picture of a digit that is pointed at")
    points.click(position=dict(zip("xy", place, strict=True)))
    expect(page.get_by_text(f"test digit number {number:,}, a").first).to_be_visible()
    expect(card).to_be_hidden()  # now the map knows, too
    points.press("ArrowDown")  # by keyboard: it begins in the ring, and goes on from there
    expect(card).to_contain_text(f"number {number:,}")
    is_lowest = points.evaluate("({digitMap: map}) => map.beside([0, 1]) === undefined")
    points.press("ArrowUp" if is_lowest else "ArrowDown")
    expect(card).not_to_contain_text(f"number {number:,}")
    next_number = re.search(r"number ([\d,]+)", card.inner_text())
    assert next_number
    points.press("Enter")
    expect(page.get_by_text(f"test digit number {next_number[1]}, a").first).to_be_visible()
    page.get_by_role("button", name="Open it in Network").click()
    expect(page.get_by_role("radio", name="Network")).to_be_checked()
