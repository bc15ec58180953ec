"""Files of every kind become pixels, or one sentence that says which kinds do."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageFilter

from mnist_core.errors import DrawingError
from mnist_core.handwriting import picture
from mnist_core.handwriting.picture import ENDINGS, FORMATS, FORMATS_IN_WORDS, open_picture
from tests.unit.handwriting.handwriting_helpers import as_file

GREY = np.linspace(0, 1, 60 * 40, dtype=np.float32).reshape(40, 60)
CORNER = np.zeros((40, 60), np.float32)
CORNER[:10, :20] = 1


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def in_grey(data: bytes) -> np.ndarray:
    return open_picture(data).mean(axis=2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_every_format_gives_the_same_pixels(kind: str) -> None:
    colour = open_picture(as_file(GREY, kind))
    assert (colour.shape, colour.dtype) == ((40, 60, 3), np.float32)
    np.testing.assert_allclose(colour.mean(axis=2), GREY, atol=0.04)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_way_to_write_a_colour_gives_the_same_pixels(mode: str) -> None:
    eight = Image.fromarray(np.uint8(255 * CORNER))
    sixteen = Image.fromarray(np.uint16(65535 * CORNER))
    image = sixteen if mode == "I;16" else eight.convert(mode)
    data = saved(image, "JPEG", quality=95) if mode == "CMYK" else saved(image, "PNG")
    np.testing.assert_allclose(in_grey(data)[:8, :16], 1, atol=0.03)
    np.testing.assert_allclose(in_grey(data)[16:, 24:], 0, atol=0.03)


def test_colours_stay_colours() -> None:
    image = Image.new("RGB", (20, 10), (255, 128, 0))
    for data in (saved(image, "PNG"), saved(image.convert("P"), "GIF")):
        np.testing.assert_allclose(open_picture(data)[5, 5], [1, 0.5, 0], atol=0.12)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_a_moving_picture_the_first_one_is_taken(kind: str) -> None:
    first = Image.fromarray(np.uint8(255 * CORNER))
    others = [Image.new("L", (60, 40), level) for level in (255, 0)]
    data = saved(first, kind, save_all=True, append_images=others)
    np.testing.assert_allclose(in_grey(data), CORNER, atol=0.1)


@pytest.mark.parametrize("ink", [0, 255])
def test_transparent_paper_becomes_paper_that_ink_stands_out_from(ink: int) -> None:
    image = Image.fromarray(
        np.dstack([np.full((40, 60, 3), ink, np.uint8), np.uint8(255 * CORNER)])
    )
    for kind in ("PNG", "WEBP"):
        grey = in_grey(saved(image, kind, lossless=True) if kind == "WEBP" else saved(image, kind))
        assert abs(grey[5, 5] - ink / 255) < 0.05
        assert abs(grey[30, 50] - (1 - ink / 255)) < 0.05


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_upright(orientation: int) -> None:
    turned = Image.fromarray(np.uint8(255 * CORNER))
    back = {5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90}
    back |= {7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}
    back |= {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180}
    back |= {4: Image.Transpose.FLIP_TOP_BOTTOM}
    if orientation in back:
        turned = turned.transpose(back[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_allclose(in_grey(saved(turned, "PNG", exif=exif)), CORNER, atol=0.01)


def exif_block(*entries: tuple[int, int, int, bytes], offset: int = 8) -> bytes:
    """An EXIF block of entries: tag, type, count and four bytes of value or place."""
    body = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in entries)
    head = b"Exif\0\0II*\0" + struct.pack("<I", offset)
    return head + struct.pack("<H", len(entries)) + body + b"\0\0\0\0"


@pytest.mark.parametrize(
    "block",
    [
        exif_block((0x011A, 5, 1, b"\xff\0\0\0"), (0x0112, 3, 1, b"\1\0\0\0")),  # place outside
        exif_block((0x0112, 5, 0, b"\0\0\0\0")),  # no number at all
        exif_block((0x0112, 2, 4, b"abc\0")),  # a word for an orientation
        exif_block((0x0112, 3, 3, b"\1\0\1\0")),
        exif_block((0x8769, 4, 1, b"\x08\0\0\0"), (0x0112, 3, 1, b"\1\0\0\0")),  # a loop
        exif_block((0x0112, 3, 1, b"\1\0\0\0"), offset=9999),
        exif_block((0x0112, 3, 1, b"\1\0\0\0"))[:-7],
        b"Exif\0\0XX*\0\x08\0\0\0",
        b"Exif\0\0",
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_exif_block_does_no_harm(kind: str, block: bytes) -> None:
    image = Image.fromarray(np.uint8(255 * GREY))
    exif = block if kind == "JPEG" else block.removeprefix(b"Exif\0\0")
    np.testing.assert_allclose(in_grey(saved(image, kind, exif=exif)), GREY, atol=0.04)


def test_the_orientation_is_read_though_other_parts_of_the_block_are_damaged() -> None:
    """Pillow's own turning writes the block anew, and fails: bad operand type for abs()."""
    block = exif_block((0x0112, 3, 1, b"\6\0\0\0"), (0x011A, 2, 4, b"abc\0"))
    turned = Image.fromarray(np.uint8(255 * CORNER)).transpose(Image.Transpose.ROTATE_90)
    data = saved(turned, "JPEG", exif=block, quality=95)
    np.testing.assert_allclose(in_grey(data)[:8, :16], 1, atol=0.05)
    assert open_picture(data).shape == (40, 60, 3)


def test_a_large_picture_is_made_smaller() -> None:
    large = np.asarray(Image.fromarray(GREY).resize((3000, 2000)))
    colour = open_picture(as_file(large))
    assert colour.shape == (800, 1200, 3)
    np.testing.assert_allclose(colour[::20, ::20, 0], GREY, atol=0.05)


@pytest.mark.parametrize("mode", ["P", "1"])
def test_thin_lines_of_a_large_picture_with_few_colours_are_not_lost(mode: str) -> None:
    large = Image.new("L", (2500, 2000), 255)
    large.paste(0, (1200, 200, 1800, 900))
    lines = large.filter(ImageFilter.FIND_EDGES).point(lambda grey: 255 - grey)  # 1 or 2 pixels
    np.testing.assert_allclose(
        in_grey(saved(lines.convert(mode), "PNG")), in_grey(saved(lines, "PNG")), atol=0.02
    )


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
        (bytes(20_000_001), "20 MB"),
        (png_that_claims(8000, 7000), "50 million"),
        (png_that_claims(12_000, 9000), "50 million"),
        (png_that_claims(60_000, 60_000), "50 million"),
        (png_that_claims(4, 300), "at least 8"),
        (png_that_claims(300, 300), "damaged"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        open_picture(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        (b"\0\0\0\x18ftypheix" + bytes(40), "HEIC"),
        (b"\0\0\0\x18ftypmif1" + bytes(40), "HEIC"),
        (b"\0\0\0\x18ftypavif" + bytes(40), "AVIF"),
        (b"\0\0\0\x18ftypqt  " + bytes(40), "film"),
        (b"II*\0" + bytes(40), "TIFF"),
        (b"%PDF-1.7 a page", "PDF"),
        (b"<svg xmlns=''></svg>", "SVG"),
        (b"8BPS\0\1", "Photoshop"),
        (b"These are words.", "no picture"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name_and_told_what_is_read(
    data: bytes, kind: str
) -> None:
    with pytest.raises(DrawingError, match=kind) as caught:
        open_picture(data)
    assert FORMATS_IN_WORDS in str(caught.value)


def test_every_format_has_an_ending_and_its_name_in_the_sentence() -> None:
    assert {Image.registered_extensions()[f".{ending}"] for ending in ENDINGS} == set(FORMATS)
    assert all(name.lower() in FORMATS_IN_WORDS.lower() for name in FORMATS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_a_torn_file_gets_a_sentence(kind: str) -> None:
    rng = np.random.default_rng(0)
    whole = as_file(rng.random((100, 100), np.float32), kind)
    for share in (0.02, 0.3, 0.9):
        with pytest.raises(DrawingError, match=r"no picture|damaged"):
            open_picture(whole[: int(share * len(whole))])


def test_a_class_that_sends_pictures_at_once_has_them_opened_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened, at_once = picture._opened, []
    together = threading.Lock()

    def watched(data: bytes) -> Image.Image:
        at_once.append(together.acquire(blocking=False))
        try:
            return opened(data)
        finally:
            together.release()

    monkeypatch.setattr(picture, "_opened", watched)
    with ThreadPoolExecutor(8) as pool:
        pictures = list(pool.map(open_picture, [as_file(GREY)] * 8))
    assert at_once == [True] * 8
    assert all(np.array_equal(each, pictures[0]) for each in pictures)


def test_a_picture_whose_turn_does_not_come_gets_a_sentence_and_is_read_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture, "LONGEST_WAIT", 0.01)
    with picture._OPENING, pytest.raises(DrawingError, match="Send it again"):
        open_picture(as_file(GREY))
    assert open_picture(as_file(GREY)).any()


def test_a_picture_that_cannot_be_read_makes_way_for_the_next() -> None:
    with pytest.raises(DrawingError, match="no picture"):
        open_picture(b"no picture")
    assert open_picture(as_file(GREY)).any()
