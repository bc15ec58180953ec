"""The sheet of digits: every pixel sharp, every digit with its words."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageFont

from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.evaluation.contact_sheet import (
    MOST_ON_A_SHEET,
    caption,
    cell_corner,
    draw_contact_sheet,
    draw_labelled_sheet,
    head_words,
)
from mnist_core.evaluation.predictions import Evaluation

Sheet = Callable[..., np.ndarray]


@pytest.fixture
def guesses(tiny: Dataset) -> Evaluation:
    """A run that takes every digit for a 9."""
    return Evaluation(tiny.y_test, np.eye(10, dtype=np.float32)[np.full(100, 9)])


@pytest.fixture
def sheet(tiny: Dataset, guesses: Evaluation) -> Sheet:
    """Draw a sheet and read it back as pixels."""

    def draw(positions: list[int], title: str = "") -> np.ndarray:
        data = draw_contact_sheet(tiny.x_test, guesses, positions, title)
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.format == "PNG"
            return np.asarray(picture)

    return draw


@pytest.mark.parametrize("count", [1, 12, 13, 30])
def test_each_digit_stands_in_its_place_with_sharp_pixels_and_dark_ink(
    count: int, sheet: Sheet, tiny: Dataset
) -> None:
    positions = list(range(50, 50 - count, -1))
    drawn = sheet(positions)
    columns = max(6, min(12, count))
    for place, position in enumerate(positions):
        left, top = cell_corner(place, columns)
        cell = drawn[top : top + 84, left : left + 84]
        shown = 255 - tiny.x_test[position]
        np.testing.assert_array_equal(cell, shown.repeat(3, axis=0).repeat(3, axis=1))


def test_digits_and_their_words_do_not_touch(sheet: Sheet) -> None:
    drawn = sheet(list(range(14)))
    for place in range(14):
        left, top = cell_corner(place, 12)
        assert (drawn[44:, left - 6] == 255).all()  # between two columns
        words = drawn[top + 84 : top + 84 + 22, left : left + 84]
        assert (words < 128).sum() > 20
        assert (drawn[top + 84 + 22 + 6, :] == 255).all()  # between two rows


def test_the_words_are_the_true_digit_and_the_guess(guesses: Evaluation, tiny: Dataset) -> None:
    assert caption(guesses, 7) == f"{tiny.y_test[7]} -> 9"


def test_no_guess_is_called_so() -> None:
    broken = Evaluation(np.array([4], np.uint8), np.full((1, 10), np.nan, np.float32))
    assert caption(broken, 0) == "4 -> none"


def test_the_font_has_a_shape_for_every_sign_of_the_words() -> None:
    font = ImageFont.load_default(16)
    missing = bytes(font.getmask("\uffff"))
    for sign in head_words(1) + "0123456789 -> none":
        assert sign == " " or bytes(font.getmask(sign)) != missing


def test_at_most_500_digits_are_drawn_and_the_sheet_says_so(
    tiny: Dataset, guesses: Evaluation
) -> None:
    many = np.resize(np.arange(100), MOST_ON_A_SHEET + 40)
    assert draw_contact_sheet(tiny.x_test, guesses, many[:MOST_ON_A_SHEET]) != draw_contact_sheet(
        tiny.x_test, guesses, many
    )  # the words at the head differ
    with Image.open(io.BytesIO(draw_contact_sheet(tiny.x_test, guesses, many))) as picture:
        _, last = cell_corner(MOST_ON_A_SHEET - 1, 12)
        assert last < picture.height < last + 2 * 84
    assert head_words(540) == "The first 500 of 540 digits, each: true digit -> guess"
    assert head_words(500) == "500 digits, each: true digit -> guess"
    assert head_words(1) == "1 digit, each: true digit -> guess"


def test_a_title_of_any_length_leaves_the_other_words_their_room(sheet: Sheet) -> None:
    without, with_title = sheet([3]), sheet([3], "Any name\nthat a person may think of " * 10)
    assert without.shape == with_title.shape
    assert (without != with_title).any()
    words_begin = np.flatnonzero((without[:44] < 128).any(axis=0))[0]
    np.testing.assert_array_equal(without[:, words_begin:], with_title[:, words_begin:])


def test_nothing_to_draw_is_refused(tiny: Dataset, guesses: Evaluation) -> None:
    with pytest.raises(EvaluationError, match="no digits to draw"):
        draw_contact_sheet(tiny.x_test, guesses, [])


def test_images_of_other_digits_are_refused(tiny: Dataset, guesses: Evaluation) -> None:
    with pytest.raises(EvaluationError, match="400 images are not those of the 100 guesses"):
        draw_contact_sheet(tiny.x_train, guesses, [0])


def test_a_sheet_without_a_network_has_the_same_digits_and_their_labels_alone(
    tiny: Dataset, guesses: Evaluation
) -> None:
    data = draw_labelled_sheet(tiny.x_test, tiny.y_test, "7b")
    with Image.open(io.BytesIO(data)) as picture:
        drawn = np.asarray(picture)
    with Image.open(
        io.BytesIO(draw_contact_sheet(tiny.x_test, guesses, range(100), "7b"))
    ) as picture:
        read = np.asarray(picture)
    assert drawn.shape == read.shape
    left, top = cell_corner(14, 12)
    digit = np.s_[top : top + 84, left : left + 84]
    np.testing.assert_array_equal(drawn[digit], read[digit])
    below = np.s_[top + 84 : top + 84 + 22, left : left + 84]
    assert 0 < (drawn[below] < 128).sum() < (read[below] < 128).sum()


@pytest.mark.parametrize(
    ("images", "words"), [(0, "no digits to draw"), (100, "100 images have 0 labels")]
)
def test_digits_without_labels_are_refused(tiny: Dataset, images: int, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        draw_labelled_sheet(tiny.x_test[:images], tiny.y_test[:0])
