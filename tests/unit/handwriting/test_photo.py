"""Digits are found on real files: JPEG, shadows, noise, light ink on dark paper."""

from __future__ import annotations

import io
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from mnist_core.data import Dataset
from mnist_core.errors import DrawingError
from mnist_core.handwriting import photo
from mnist_core.handwriting.drawing import prepare
from mnist_core.handwriting.photo import (
    FoundDigit,
    find_digits,
    find_ink,
    is_dark_on_light,
    read_picture,
)

PLACES = [(60, 40), (180, 55), (330, 45), (70, 230), (200, 215), (340, 225)]


def on_paper(images: np.ndarray, places: list[tuple[int, int]] = PLACES) -> np.ndarray:
    """Ink of some digits of MNIST on a page of 500 × 400, 100 pixels each."""
    ink = np.zeros((400, 500), np.float32)
    for image, (left, top) in zip(images, places, strict=False):
        large = Image.fromarray(image).resize((100, 100), Image.Resampling.BICUBIC)
        ink[top : top + 100, left : left + 100] = np.asarray(large, np.float32) / 255
    return ink


def photographed(ink: np.ndarray, *, light: float = 0.5, noise: float = 0.03) -> np.ndarray:
    """Dark ink on paper on which the light falls off to a share of itself."""
    height, width = ink.shape
    down, right = np.mgrid[0:height, 0:width]
    shade = 1 - (1 - light) * (right / width * 0.7 + down / height * 0.3)
    rng = np.random.default_rng(0)
    grey = 0.95 * shade * (1 - 0.75 * ink) + rng.normal(0, noise, ink.shape)
    return grey.clip(0, 1).astype(np.float32)


def as_file(grey: np.ndarray, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.uint8(grey * 255)).save(file, kind, **options)
    return file.getvalue()


def places(found: list[FoundDigit]) -> list[tuple[int, int]]:
    """The corner of the square of 100 pixels that each digit was put into, at a guess."""
    return [
        (round(one.left + one.width / 2 - 50), round(one.top + one.height / 2 - 50))
        for one in found
    ]


def assert_in_order(found: list[FoundDigit], expected: list[tuple[int, int]]) -> None:
    assert len(found) == len(expected)
    assert np.abs(np.subtract(places(found), expected)).max() < 20


def alike(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one.astype(float).ravel(), other.astype(float).ravel()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("dark_on_light", [True, False])
def test_several_digits_are_found_in_reading_order(
    kind: str, dark_on_light: bool, tiny: Dataset
) -> None:
    grey = photographed(on_paper(tiny.x_test[:6]))
    found = find_digits(read_picture(as_file(grey if dark_on_light else 1 - grey, kind)))
    assert_in_order(found, PLACES)
    likeness = [
        alike(prepare(one.drawing).image, image)
        for one, image in zip(found, tiny.x_test, strict=False)
    ]
    assert min(likeness) > 0.6
    assert np.mean(likeness) > 0.8


@given(light=st.floats(0.3, 1), noise=st.floats(0, 0.06), dark_on_light=st.booleans())
@settings(deadline=None, max_examples=15)
def test_uneven_light_and_noise_change_nothing(
    light: float, noise: float, dark_on_light: bool, tiny_digits: np.ndarray
) -> None:
    grey = photographed(on_paper(tiny_digits), light=light, noise=noise)
    found = find_digits(read_picture(as_file(grey if dark_on_light else 1 - grey)))
    assert_in_order(found, PLACES)


@pytest.fixture(scope="module")
def tiny_digits(tiny: Dataset) -> np.ndarray:
    return tiny.x_test[:6]


def test_a_single_digit_of_28_pixels_is_found(tiny: Dataset) -> None:
    for image in tiny.x_test[:30]:
        found = find_digits(read_picture(as_file(image / 255, "PNG")))
        assert len(found) == 1
        assert alike(prepare(found[0].drawing).image, image) > 0.6


def test_the_paper_comes_out_empty_under_a_shadow(tiny: Dataset) -> None:
    drawn = on_paper(tiny.x_test[:6])
    ink = find_ink(photographed(drawn, light=0.4))
    assert (ink[drawn == 0] > 0.4).mean() < 0.002
    assert (ink[drawn > 0.9] > 0.4).mean() > 0.98


def test_ink_is_told_from_paper(tiny: Dataset) -> None:
    grey = photographed(on_paper(tiny.x_test[:6]), light=0.4)
    assert is_dark_on_light(grey)
    assert not is_dark_on_light(1 - grey)


def test_ruled_lines_and_specks_are_no_digits(tiny: Dataset) -> None:
    ink = on_paper(tiny.x_test[:6])
    ink[::80] = 1
    ink[1::80] = 1
    rng = np.random.default_rng(1)
    for row, column in zip(rng.integers(0, 400, 30), rng.integers(0, 500, 30), strict=True):
        if not ink[max(0, row - 25) : row + 25, max(0, column - 25) : column + 25].any():
            ink[row : row + 3, column : column + 3] = 1
    assert_in_order(find_digits(ink), PLACES)


def test_a_table_at_the_edge_of_the_picture_is_no_digit(tiny: Dataset) -> None:
    ink = on_paper(tiny.x_test[:6])
    ink[:, :25] = 1
    assert_in_order(find_digits(ink), PLACES)


def test_a_broken_digit_is_put_together() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[50:58, 40:90] = 1  # the bar of a 5, off its body
    ink[63:150, 40:50] = 1
    ink[50:150, 200:210] = 1
    assert [one.left < 100 for one in find_digits(ink)] == [True, False]


def test_the_ink_of_a_neighbour_is_left_out() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[50:150, 100:110] = 1
    ink[50:150, 118:128] = 1
    first, second = find_digits(ink)
    assert first.width > 18  # its frame reaches the neighbour
    for one in (first, second):
        assert np.count_nonzero(one.drawing.max(axis=0) > 0.4) == 10


def test_a_photograph_is_turned_upright(tiny: Dataset) -> None:
    grey = photographed(on_paper(tiny.x_test[:2], [(60, 40), (60, 230)]))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by 90 degrees to see it upright
    turned = as_file(np.rot90(grey), "JPEG", exif=exif)
    assert_in_order(find_digits(read_picture(turned)), [(60, 40), (60, 230)])


@pytest.mark.parametrize("colour", [0, 255])
def test_transparent_paper_is_paper(colour: int, tiny: Dataset) -> None:
    ink = np.uint8(on_paper(tiny.x_test[:6]) * 255)
    picture = Image.fromarray(np.dstack([np.full((*ink.shape, 3), colour, np.uint8), ink]))
    file = io.BytesIO()
    picture.save(file, "PNG")
    assert_in_order(find_digits(read_picture(file.getvalue())), PLACES)


def test_a_large_photograph_is_made_smaller(tiny: Dataset) -> None:
    grey = photographed(on_paper(tiny.x_test[:6]))
    large = np.asarray(Image.fromarray(grey).resize((4000, 3200)))
    ink = read_picture(as_file(large))
    assert max(ink.shape) == 1200
    assert len(find_digits(ink)) == 6


def chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + check


def png_that_claims(width: int, height: int) -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"digits,labels\n1,2\n", "no picture"),
        (b"%PDF-1.7 a page", "no picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "Save it as JPEG"),
        (bytes(20_000_001), "20 MB"),
        (png_that_claims(8000, 7000), "50 million"),
        (png_that_claims(12_000, 9000), "50 million"),
        (png_that_claims(60_000, 60_000), "50 million"),
        (png_that_claims(4, 300), "at least 8"),
        (png_that_claims(300, 300), "damaged"),
        (as_file(np.full((300, 300), 0.9)), "No ink"),
        (as_file(np.zeros((300, 300)), "PNG"), "No ink"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        read_picture(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_a_torn_file_is_read_or_gets_a_sentence(kind: str, tiny: Dataset) -> None:
    whole = as_file(photographed(on_paper(tiny.x_test[:6])), kind)
    for share in (0.02, 0.3, 0.9):
        with pytest.raises(DrawingError, match=r"no picture|damaged"):
            read_picture(whole[: int(share * len(whole))])


def test_noise_alone_gets_a_sentence() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(DrawingError):
        find_digits(read_picture(as_file(rng.random((900, 900)), "PNG")))


def test_no_digit_and_too_many_get_a_sentence() -> None:
    with pytest.raises(DrawingError, match="No digit"):
        find_digits(np.zeros((100, 100), np.float32))
    ink = np.zeros((400, 400), np.float32)
    for top in range(10, 390, 40):
        for left in range(10, 390, 40):
            ink[top : top + 25, left : left + 6] = 1
    with pytest.raises(DrawingError, match="100 digits"):
        find_digits(ink)


@pytest.mark.parametrize("mode", ["P", "1"])
def test_thin_lines_of_a_picture_with_few_colours_are_not_lost(mode: str, tiny: Dataset) -> None:
    ink = on_paper(tiny.x_test[:6]) > 0.5
    large = Image.fromarray(np.uint8(~ink) * 255).resize((2500, 2000), Image.Resampling.NEAREST)
    lines = large.filter(ImageFilter.FIND_EDGES).point(lambda grey: 255 - grey)  # 1 or 2 pixels
    file = io.BytesIO()
    lines.convert(mode).save(file, "PNG")
    grey = io.BytesIO()
    lines.save(grey, "PNG")
    found = read_picture(file.getvalue())
    np.testing.assert_allclose(found, read_picture(grey.getvalue()), atol=0.02)


def test_a_page_of_dots_gets_a_sentence() -> None:
    dots = np.zeros((1200, 1200), np.float32)
    for down in range(4):
        for right in range(4):
            dots[down::10, right::10] = 1
    with pytest.raises(DrawingError, match="too restless"):
        find_digits(dots)


def test_a_class_that_sends_pictures_at_once_has_them_opened_one_after_the_other(
    tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, at_once = photo._opened, []
    together = threading.Lock()

    def watched(data: bytes) -> Image.Image:
        at_once.append(together.acquire(blocking=False))
        try:
            return opened(data)
        finally:
            together.release()

    monkeypatch.setattr(photo, "_opened", watched)
    file = as_file(photographed(on_paper(tiny.x_test[:6])))
    with ThreadPoolExecutor(8) as pool:
        inks = list(pool.map(read_picture, [file] * 8))
    assert at_once == [True] * 8
    assert all(np.array_equal(ink, inks[0]) for ink in inks)


def test_a_picture_whose_turn_does_not_come_gets_a_sentence_and_is_read_later(
    tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo, "LONGEST_WAIT", 0.01)
    file = as_file(photographed(on_paper(tiny.x_test[:6])))
    with photo._OPENING, pytest.raises(DrawingError, match="Send it again"):
        read_picture(file)
    assert len(find_digits(read_picture(file))) == 6


def test_a_picture_that_cannot_be_read_makes_way_for_the_next(tiny: Dataset) -> None:
    with pytest.raises(DrawingError, match="no picture"):
        read_picture(b"no picture")
    assert read_picture(as_file(photographed(on_paper(tiny.x_test[:6])))).any()


def test_a_picture_of_sixteen_bits_is_read_as_its_eight_bits_are(tiny: Dataset) -> None:
    grey = np.uint8(photographed(on_paper(tiny.x_test[:6]), noise=0) * 255)
    file = io.BytesIO()
    Image.fromarray(grey.astype(np.uint16) * 257).save(file, "PNG")
    fine = find_digits(read_picture(file.getvalue()))
    assert_in_order(fine, places(find_digits(read_picture(as_file(grey / 255, "PNG")))))
