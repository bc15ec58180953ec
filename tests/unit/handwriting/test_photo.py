"""Pages of every kind are read, digit by digit, in order, and nothing is invented."""

from __future__ import annotations

import io
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from benchmarks.made_up_pages import (
    BLACK,
    BLUE,
    KINDS,
    LINES,
    WHITE,
    YELLOW,
    Colour,
    Digits,
    Page,
    Sheet,
    compare,
    enlarged,
    falling,
    shadow,
    table_top,
    write_rows,
)
from mnist_core.data import Dataset
from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import prepare
from mnist_core.handwriting.photo import FoundDigit, Photo, find_digits, read_photo
from mnist_core.handwriting.segmentation import Reason
from tests.unit.handwriting.handwriting_helpers import PLACES, as_file, on_paper, photographed


@pytest.fixture(scope="module")
def digits(tiny: Dataset) -> Digits:
    return Digits(tiny.x_test, tiny.y_test)


def check(page: Page) -> Photo:
    """Check that a page's digits are found, all of them, in order, and nothing else."""
    photo = read_photo(page.data)
    found = [(one.left, one.top, one.width, one.height) for one in photo.digits]
    assert compare(page, found) == list(range(len(page.y_true))), page.name
    assert photo.problem == ""
    return photo


def small(digits: Digits, *colours: Colour, paper: Colour = WHITE, size: float = 70) -> Sheet:
    """A page of two rows of three digits, 450 × 300."""
    sheet = Sheet(450, 300, paper)
    write_rows(sheet, lambda: digits.scanned(size), rows=2, columns=3, colours=colours or (BLACK,))
    return sheet


def places(found: tuple[FoundDigit, ...]) -> list[tuple[int, int]]:
    """The corner of the square of 100 pixels that each digit was put into, at a guess."""
    return [
        (round(one.left + one.width / 2 - 50), round(one.top + one.height / 2 - 50))
        for one in found
    ]


def assert_in_order(found: tuple[FoundDigit, ...], expected: list[tuple[int, int]]) -> None:
    assert len(found) == len(expected)
    assert np.abs(np.subtract(places(found), expected)).max() < 20


def alike(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one.astype(float).ravel(), other.astype(float).ravel()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


# ------------------------------------------------------------------------- light, noise, polarity


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_digits_look_like_those_that_were_written(dark_on_light: bool, tiny: Dataset) -> None:
    grey = photographed(on_paper(tiny.x_test[:6]))
    found = read_photo(as_file(grey if dark_on_light else 1 - grey)).digits
    assert_in_order(found, PLACES)
    likeness = [
        alike(prepare(one.drawing).image, image)
        for one, image in zip(found, tiny.x_test, strict=False)
    ]
    assert min(likeness) > 0.6
    assert np.mean(likeness) > 0.8


@given(light=st.floats(0.3, 1), noise=st.floats(0, 0.06), dark_on_light=st.booleans())
@settings(deadline=None, max_examples=10)
def test_uneven_light_and_noise_change_nothing(
    light: float, noise: float, dark_on_light: bool, tiny: Dataset
) -> None:
    grey = photographed(on_paper(tiny.x_test[:6]), light=light, noise=noise)
    assert_in_order(read_photo(as_file(grey if dark_on_light else 1 - grey)).digits, PLACES)


def test_a_single_digit_of_28_pixels_is_found(tiny: Dataset) -> None:
    for image in tiny.x_test[:30]:
        found = read_photo(as_file(image / 255, "PNG")).digits
        assert len(found) == 1
        assert alike(prepare(found[0].drawing).image, image) > 0.6


@pytest.mark.parametrize(
    ("degrees", "depth", "soft"),
    [(0, 0.5, 1.5), (30, 0.5, 1.5), (70, 0.6, 1.5), (-40, 0.4, 3), (90, 0.5, 25), (20, 0.4, 50)],
)
def test_a_shadow_neither_hides_a_digit_nor_makes_one(
    degrees: float, depth: float, soft: float, digits: Digits
) -> None:
    sheet = small(digits)
    check(sheet.photograph("shadow", light=shadow(sheet, degrees, depth, soft)))


@pytest.mark.parametrize(("x", "y"), [(0.3, 0.3), (0.55, 0.5)])
def test_the_spot_of_a_flash_hides_no_digit(x: float, y: float, digits: Digits) -> None:
    sheet = small(digits)
    down, right = np.mgrid[0:300, 0:450]
    spot = np.exp(-((right - 450 * x) ** 2 + (down - 300 * y) ** 2) / (2 * 50**2))
    sheet.colour = sheet.colour * 0.6 + 0.35 * spot[..., np.newaxis].astype(np.float32)
    check(sheet.photograph("flash"))


# ------------------------------------------------------------------------------- paper and tables


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize(
    ("degrees", "distance", "width", "line"),
    [
        (0, 40, 1, "pale"),
        (1, 25, 2, "grey"),
        (-2, 20, 1, "dark"),
        (3, 55, 3, "dark"),
        (-4, 90, 2, "grey"),
        (5, 35, 3, "pale"),
    ],
)
def test_ruled_paper_may_be_turned(
    degrees: float, distance: float, width: float, line: str, squared: bool, digits: Digits
) -> None:
    sheet = Sheet(600, 440)
    sheet.rule(distance, width, LINES[line], squared=squared)
    write_rows(
        sheet,
        lambda: digits.written(65, 6),
        columns=3,
        colours=(BLUE,),
        area=(0.15, 0.18, 0.85, 0.82),
    )
    sheet.photographed_at(degrees, 480, 330)
    photo = check(sheet.photograph("ruled"))
    if distance < 90 and line != "pale":
        assert photo.lines >= 3


@pytest.mark.parametrize("degrees", [0, 3])
def test_the_margin_of_ruled_paper_is_a_line_too(degrees: float, digits: Digits) -> None:
    sheet = Sheet(600, 440)
    sheet.rule(32, 1.5, LINES["grey"])
    margin = np.zeros((440, 600), np.float32)
    margin[:, 130:133] = 1
    sheet.paint(margin, (0.85, 0.3, 0.35))
    write_rows(sheet, lambda: digits.written(60, 6), columns=3, area=(0.25, 0.18, 0.85, 0.82))
    sheet.photographed_at(degrees, 480, 330)
    check(sheet.photograph("margin"))


@pytest.mark.parametrize("table", ["dark", "black", "grey", "wood"])
@pytest.mark.parametrize("degrees", [0, -6, 14])
def test_a_table_around_the_sheet_is_no_digit(table: str, degrees: float, digits: Digits) -> None:
    sheet = Sheet(400, 270)
    write_rows(sheet, lambda: digits.scanned(60), columns=3, area=(0.08, 0.08, 0.92, 0.92))
    sheet.photographed_at(degrees, 520, 400)
    sheet.lay_on(table_top(table, 520, 400))
    assert check(sheet.photograph(table)).has_table


@pytest.mark.parametrize("side", [np.s_[:, :90], np.s_[:, -90:], np.s_[:80], np.s_[-80:]])
def test_a_table_may_be_seen_on_one_side_only(side: tuple[slice, ...], digits: Digits) -> None:
    sheet = Sheet(600, 450)
    write_rows(sheet, lambda: digits.scanned(60), columns=3, area=(0.2, 0.2, 0.8, 0.8))
    sheet.covered[side] = 0
    sheet.lay_on(table_top("wood", 600, 450))
    check(sheet.photograph("one side"))


def test_a_strip_of_a_table_at_the_edge_is_no_digit(tiny: Dataset) -> None:
    ink = on_paper(tiny.x_test[:6])
    ink[:, :25] = 1
    photo = find_digits(ink)
    assert_in_order(photo.digits, PLACES)
    assert [each.reason for each in photo.left_out] == [Reason.EDGE]


def test_lines_and_specks_are_no_digits(tiny: Dataset) -> None:
    ink = on_paper(tiny.x_test[:6])
    ink[::80] = 1
    ink[1::80] = 1
    rng = np.random.default_rng(1)
    for row, column in zip(rng.integers(0, 400, 30), rng.integers(0, 500, 30), strict=True):
        if not ink[max(0, row - 25) : row + 25, max(0, column - 25) : column + 25].any():
            ink[row : row + 3, column : column + 3] = 1
    assert_in_order(find_digits(ink).digits, PLACES)


# ---------------------------------------------------------------------------- pens, sizes, colours


@pytest.mark.parametrize("pen", [1, 2, 4])
def test_a_long_thin_stroke_is_no_ruled_line(pen: int, digits: Digits) -> None:
    for digit in (0, 1, 4, 7, 5, 2):
        sheet = Sheet(300, 300, (1, 1, 1))
        sheet.put(digits.written(230, pen, digit), 150, 150, (0, 0, 0))
        photo = check(sheet.photograph(str(digit), noise=0, kind="PNG"))
        assert photo.lines == 0


@pytest.mark.parametrize("kind", ["tight crop", "thick marker", "formats and damaged EXIF"])
def test_pages_of_this_kind_are_read(kind: str, tiny: Dataset) -> None:
    for page in islice(KINDS[kind](Digits(tiny.x_test, tiny.y_test)), 0, 14, 2):
        check(page)


@pytest.mark.parametrize("dark_on_light", [True, False])
@pytest.mark.parametrize("width", [40, 90, 130])
def test_a_solid_shape_is_not_turned_inside_out(width: int, dark_on_light: bool) -> None:
    ink = np.zeros((300, 300), np.float32)
    ink[40:260, 150 - width // 2 : 150 + width // 2] = 1
    grey = 0.9 - 0.8 * ink
    [one] = read_photo(as_file(grey if dark_on_light else 1 - grey)).digits
    assert (one.height, one.width) == pytest.approx((220, width), abs=4)
    assert one.drawing[one.drawing.shape[0] // 2, one.drawing.shape[1] // 2] > 0.9


@pytest.mark.parametrize(("large", "size"), [(120, 40), (90, 30), (100, 50)])
def test_a_small_digit_beside_a_large_one_is_read(large: int, size: int, digits: Digits) -> None:
    sheet = Sheet(500, 170)
    for place, height in enumerate((large, size, size, large)):
        sheet.put(digits.scanned(height), 70 + 120 * place, 85)
    check(sheet.photograph("sizes"))


@pytest.mark.parametrize(
    ("paper", "inks"),
    [
        ((0.35, 0.62, 0.35), [(0.8, 0.43, 0.35)]),
        (WHITE, [YELLOW, BLACK]),
        (WHITE, [(0.6, 0.6, 0.6), BLACK]),
        ((0.12, 0.3, 0.2), [WHITE, YELLOW]),
        ((0.95, 0.75, 0.8), [BLUE, (0.6, 0.7, 0.95)]),
    ],
    ids=["red on green", "yellow and black", "pencil and ink", "chalk", "blue on pink"],
)
def test_ink_stands_out_by_its_colour_too(
    paper: Colour, inks: list[Colour], digits: Digits
) -> None:
    sheet = small(digits, *inks, paper=paper, size=85)
    check(sheet.photograph("colours", light=falling(sheet, 0.7)))


def test_digits_of_eight_by_eight_pixels_are_found_when_they_are_enlarged(tiny: Dataset) -> None:
    small = [
        np.asarray(Image.fromarray(image).resize((8, 8), Image.Resampling.BOX))
        for image in tiny.x_test[:20]
    ]
    for page in enlarged(np.stack(small), tiny.y_test[:20], side=160):
        photo = read_photo(page.data)
        assert len(photo.digits) == 1, page.name
        assert alike(prepare(photo.digits[0].drawing).image, tiny.x_test[:20][0]) > 0


# ------------------------------------------------------------------------- what belongs together


def test_a_broken_digit_is_put_together() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[50:58, 40:90] = 1  # the bar of a 5, off its body
    ink[63:150, 40:50] = 1
    ink[50:150, 200:210] = 1
    assert [one.left < 100 for one in find_digits(ink).digits] == [True, False]


def test_the_ink_of_a_neighbour_is_left_out() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[50:150, 100:110] = 1
    ink[50:150, 118:128] = 1
    first, second = find_digits(ink).digits
    assert (first.left, first.width, second.left) == (100, 10, 118)
    for one in (first, second):
        assert one.drawing.shape[1] > 18  # there is room for its neighbour
        assert np.count_nonzero(one.drawing.max(axis=0) > 0.4) == 10


def test_a_dash_between_digits_is_left_out_and_says_so() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[50:150, 40:50] = 1
    ink[98:106, 120:170] = 1
    ink[50:150, 240:250] = 1
    photo = find_digits(ink)
    assert len(photo.digits) == 2
    [dash] = photo.left_out
    assert (dash.left, dash.top, dash.width, dash.height) == (120, 98, 50, 8)
    assert dash.reason == Reason.DASH


def test_a_turned_sheet_has_its_digits_turned_upright(tiny: Dataset) -> None:
    upright = Sheet(400, 270)
    upright.put((7, np.ones((150, 16), np.float32)), 200, 135)
    upright.put((1, np.ones((100, 12), np.float32)), 120, 135)
    upright.photographed_at(14, 520, 400)
    upright.lay_on(table_top("dark", 520, 400))
    photo = read_photo(upright.photograph("turned").data)
    for one in photo.digits:
        columns = (one.drawing > 0.5).any(axis=0).sum()
        assert columns < 26  # it would be wider than 36 if it leaned


# ------------------------------------------------------------------------------- what can't be read


@pytest.mark.parametrize("level", [0, 0.5, 0.9, 1])
def test_empty_paper_is_said_to_be_empty_and_shown(level: float) -> None:
    photo = read_photo(as_file(np.full((300, 300), level)))
    assert photo.digits == ()
    assert "No ink" in photo.problem
    assert photo.picture.shape == (300, 300, 3)


def test_noise_alone_gets_a_sentence() -> None:
    rng = np.random.default_rng(0)
    photo = read_photo(as_file(rng.random((600, 600)), "PNG"))
    assert photo.digits == ()
    assert photo.problem


def test_no_digit_and_too_many_get_a_sentence() -> None:
    assert "No digit" in find_digits(np.zeros((100, 100), np.float32)).problem
    ink = np.zeros((400, 400), np.float32)
    for top in range(10, 390, 40):
        for left in range(10, 390, 40):
            ink[top : top + 25, left : left + 6] = 1
    assert "100 digits" in find_digits(ink).problem


def test_a_page_of_dots_gets_a_sentence() -> None:
    dots = np.zeros((1200, 1200), np.float32)
    for down in range(4):
        for right in range(4):
            dots[down::10, right::10] = 1
    photo = find_digits(dots)
    assert photo.digits == ()
    assert "No digit was found" in photo.problem


def test_more_pieces_than_a_page_can_have_get_a_sentence() -> None:
    spots = np.zeros((800, 800), np.float32)
    rng = np.random.default_rng(0)
    for down, right in rng.integers(0, 4, (1600, 2)) + 20 * np.argwhere(np.ones((40, 40))):
        spots[down : down + 9, right : right + 9] = 1
    with pytest.raises(DrawingError, match="too restless"):
        find_digits(spots)


def test_a_file_that_is_no_picture_is_refused() -> None:
    with pytest.raises(DrawingError, match="no picture"):
        read_photo(io.BytesIO(b"words").getvalue())
