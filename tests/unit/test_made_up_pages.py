"""The made-up pages of the benchmark say where their digits are, and who finds them is judged."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks.made_up_pages import Digits, Page, Sheet, compare, write_rows
from mnist_core.data import Dataset

FRAMES = np.array([[10, 10, 50, 90], [100, 10, 140, 90]], float)
PAGE = Page("two digits", b"", (1, 2), FRAMES)


@pytest.mark.parametrize(
    ("found", "matched"),
    [
        ([(10, 10, 40, 80), (100, 10, 40, 80)], [0, 1]),
        ([(98, 12, 44, 78), (12, 8, 37, 83)], [1, 0]),
        ([(10, 10, 40, 35)], [None]),  # half a digit
        ([(10, 10, 130, 80)], [None]),  # both of them
        ([(10, 10, 40, 80), (11, 11, 40, 80)], [0, None]),  # the same one twice
        ([(300, 300, 40, 80)], [None]),
        ([], []),
    ],
)
def test_a_frame_holds_a_whole_digit_or_none(
    found: list[tuple[float, float, float, float]], matched: list[int | None]
) -> None:
    assert compare(PAGE, found) == matched


@pytest.mark.parametrize("degrees", [0, 5, -20])
def test_frames_are_where_the_ink_is_after_a_turn(degrees: float, tiny: Dataset) -> None:
    digits = Digits(tiny.x_test, tiny.y_test)
    sheet = Sheet(400, 300)
    write_rows(sheet, lambda: digits.scanned(50), columns=3)
    sheet.photographed_at(degrees, 500, 400, scale=1.2)
    page = sheet.photograph("turned", noise=0)
    grey = np.asarray(Image.open(io.BytesIO(page.data)).convert("L"))
    for left, top, right, bottom in page.frames.round().astype(int):
        inside = grey[top:bottom, left:right] < 100
        rows, columns = np.nonzero(inside)
        assert rows.mean() == pytest.approx((bottom - top) / 2, abs=12)
        assert columns.mean() == pytest.approx((right - left) / 2, abs=12)


def test_the_same_numbers_give_the_same_pages(tiny: Dataset) -> None:
    def page() -> bytes:
        digits = Digits(tiny.x_test, tiny.y_test)
        sheet = Sheet(200, 100)
        write_rows(sheet, lambda: digits.written(40, 5), rows=1, columns=2)
        return sheet.photograph("page").data

    assert page() == page()
