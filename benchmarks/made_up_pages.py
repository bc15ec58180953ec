"""Made-up photographs of digits on paper, of every kind that people send: pages with their answers.

Digits come from a data set, from a pen that follows strokes, or from fonts. Each kind gives pages
that differ in angle, size, width, colour or light; the same numbers give the same pages.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy.interpolate import make_interp_spline
from scipy.ndimage import gaussian_filter
from scipy.ndimage import label as label_all

Floats = npt.NDArray[np.float32]
Colour = tuple[float, float, float]
Stroke = Sequence[tuple[float, float]]

WHITE: Final[Colour] = (0.93, 0.92, 0.9)
BLACK: Final[Colour] = (0.13, 0.13, 0.15)
BLUE: Final[Colour] = (0.15, 0.2, 0.55)
RED: Final[Colour] = (0.8, 0.15, 0.15)
GREEN: Final[Colour] = (0.15, 0.55, 0.25)
YELLOW: Final[Colour] = (0.97, 0.9, 0.2)
LINES: Final[Mapping[str, Colour]] = {
    "pale": (0.68, 0.76, 0.86),
    "grey": (0.5, 0.52, 0.55),
    "dark": (0.2, 0.22, 0.3),
}

STROKES: Final[Mapping[int, tuple[tuple[str, Stroke], ...]]] = {
    0: (
        (
            "round",
            [(0.5, 0), (0.12, 0.25), (0.1, 0.72), (0.5, 1), (0.88, 0.72), (0.85, 0.25), (0.5, 0)],
        ),
    ),
    1: (("straight", [(0.3, 0.22), (0.55, 0), (0.55, 1)]),),
    2: (
        ("round", [(0.1, 0.25), (0.3, 0.03), (0.65, 0.03), (0.82, 0.28), (0.6, 0.6), (0.1, 1)]),
        ("straight", [(0.1, 1), (0.9, 1)]),
    ),
    3: (
        ("round", [(0.12, 0.12), (0.45, 0), (0.8, 0.2), (0.65, 0.42), (0.38, 0.48)]),
        ("round", [(0.38, 0.48), (0.75, 0.55), (0.85, 0.78), (0.5, 1), (0.1, 0.9)]),
    ),
    4: (
        ("straight", [(0.55, 0), (0.08, 0.65), (0.92, 0.65)]),
        ("straight", [(0.7, 0.35), (0.7, 1)]),
    ),
    5: (
        ("straight", [(0.85, 0.02), (0.25, 0.02), (0.18, 0.45)]),
        ("round", [(0.18, 0.45), (0.5, 0.36), (0.85, 0.6), (0.7, 0.94), (0.35, 1), (0.08, 0.88)]),
    ),
    6: (
        (
            "round",
            [
                (0.7, 0),
                (0.35, 0.2),
                (0.12, 0.6),
                (0.3, 0.98),
                (0.7, 0.97),
                (0.82, 0.7),
                (0.5, 0.52),
                (0.18, 0.7),
            ],
        ),
    ),
    7: (
        ("straight", [(0.1, 0.02), (0.88, 0.02), (0.38, 1)]),
        ("straight", [(0.32, 0.5), (0.82, 0.5)]),
    ),
    8: (
        (
            "round",
            [
                (0.5, 0.46),
                (0.2, 0.25),
                (0.5, 0),
                (0.8, 0.22),
                (0.5, 0.46),
                (0.15, 0.75),
                (0.5, 1),
                (0.85, 0.75),
                (0.5, 0.46),
            ],
        ),
    ),
    9: (
        (
            "round",
            [(0.8, 0.25), (0.55, 0.02), (0.22, 0.15), (0.25, 0.42), (0.55, 0.5), (0.8, 0.25)],
        ),
        ("straight", [(0.8, 0.22), (0.7, 1)]),
    ),
}
"""How a pen writes the ten digits, in a square from 0 to 1; the 7 has a bar."""


LEAST_OVERLAP: Final = 0.5
"""Of the area that two frames cover together: what they share, to be of the same digit."""


class Page(NamedTuple):
    """A picture file and what is written on it, in reading order.

    Attributes:
        name: what is special about it.
        data: the file.
        y_true: the digits.
        frames: float (n, 4): left, top, right, bottom of each digit's ink in pixels.
    """

    name: str
    data: bytes
    y_true: tuple[int, ...]
    frames: npt.NDArray[np.float64]


@dataclass
class Digits:
    """Ink of digits in turn, each as large as it is asked for.

    Attributes:
        images: uint8 (n, 28, 28), of a data set.
        labels: int (n,).
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[Any]
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))

    def __post_init__(self) -> None:
        clean = [number for number in range(len(self.images)) if _is_clean(self.images[number])]
        self._order = cycle(self.rng.permutation(clean).tolist())
        self._digits = cycle(range(10))

    def scanned(self, size: float) -> tuple[int, Floats]:
        """Return a digit of the data set: its ink as float32 (h, w), cropped, ``size`` high."""
        number = next(self._order)
        small = _cropped(self.images[number].astype(np.float32) / 255, 0.15)
        scale = size / max(small.shape)
        shape = [max(3, round(side * scale)) for side in small.shape]
        large = Image.fromarray(small).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
        sharp = (np.asarray(large) - 0.45) * min(6.0, scale) + 0.5
        return int(self.labels[number]), sharp.clip(0, 1).astype(np.float32)

    def written(self, size: float, pen: float, digit: int | None = None) -> tuple[int, Floats]:
        """Return a digit of a pen that is ``pen`` pixels wide, ``size`` high without the pen."""
        digit = next(self._digits) if digit is None else digit
        width = size * self.rng.uniform(0.58, 0.75)
        slant = self.rng.uniform(-0.05, 0.18)
        ink = _stroked(
            [
                [(x * width + (1 - y) * slant * size, y * size) for x, y in _points(kind, stroke)]
                for kind, stroke in STROKES[digit]
            ],
            pen,
        )
        return digit, _cropped(ink, 0.3)

    def printed(self, size: float, face: str) -> tuple[int, Floats]:
        """Return a digit of a font, ``size`` high."""
        digit = next(self._digits)
        font = ImageFont.truetype(face, round(size * 1.35))
        sheet = Image.new("L", (round(3 * size), round(3 * size)))
        ImageDraw.Draw(sheet).text(
            (1.5 * size, 1.5 * size), str(digit), fill=255, font=font, anchor="mm"
        )
        return digit, _cropped(np.asarray(sheet, np.float32) / 255, 0.3)


class Sheet:
    """Paper with ink on it; every colour is a share of full light.

    Attributes:
        colour: float32 (h, w, 3).
    """

    def __init__(self, width: int, height: int, paper: Colour = WHITE) -> None:
        self.colour = np.empty((height, width, 3), np.float32)
        self.colour[:] = paper
        self.covered = np.ones((height, width), np.float32)
        self.y_true: list[int] = []
        self.frames: list[tuple[float, float, float, float]] = []

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.colour.shape[1], self.colour.shape[0]

    def rule(self, distance: float, width: float, colour: Colour, *, squared: bool = False) -> None:
        """Draw lines across the sheet, and down it too where it is squared."""
        down, right = np.mgrid[0 : self.size[1], 0 : self.size[0]].astype(np.float32)
        for along in (down, right) if squared else (down,):
            off = np.abs((along + distance / 2) % distance - distance / 2)
            self.paint(np.clip(width / 2 - off + 0.5, 0, 1), colour)

    def put(self, digit: tuple[int, Floats], x: float, y: float, colour: Colour = BLACK) -> None:
        """Put a digit with its middle at a point; what sticks out of the sheet is cut off."""
        label, ink = digit
        height, width = ink.shape
        left, top = round(x - width / 2), round(y - height / 2)
        whole = np.zeros(self.colour.shape[:2], np.float32)
        first_row, first_column = max(0, top), max(0, left)
        part = ink[first_row - top :, first_column - left :]
        part = part[: whole.shape[0] - first_row, : whole.shape[1] - first_column]
        whole[
            first_row : first_row + part.shape[0], first_column : first_column + part.shape[1]
        ] = part
        self.paint(whole, colour)
        self.y_true.append(label)
        self.frames.append((left, top, left + width, top + height))

    def photographed_at(self, degrees: float, width: int, height: int, scale: float = 1.0) -> None:
        """Turn the sheet about its middle, and show what a picture of this size has of it.

        Args:
            degrees: clockwise.
            width: of the picture; where it is larger than the sheet, nothing is there.
            height: of the picture.
            scale: how much larger the sheet becomes.
        """
        angle = np.deg2rad(degrees)
        turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        old, new = np.array(self.size) / 2, np.array([width, height]) / 2
        back = turned.T / scale
        offset = old - back @ new
        matrix = (back[0, 0], back[0, 1], offset[0], back[1, 0], back[1, 1], offset[1])
        layers = [
            np.asarray(
                Image.fromarray(np.ascontiguousarray(layer)).transform(
                    (width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC
                )
            )
            for layer in (*np.moveaxis(self.colour, 2, 0), self.covered)
        ]
        self.colour, self.covered = np.stack(layers[:3], axis=2), layers[3].clip(0, 1)
        self.frames = [
            _around(scale * turned @ (_middle(frame) - old) + new, frame, scale)
            for frame in self.frames
        ]

    def lay_on(self, table: Floats) -> None:
        """Show a table wherever the sheet is not."""
        covered = self.covered[..., np.newaxis]
        self.colour = self.colour * covered + table * (1 - covered)

    def photograph(
        self,
        name: str,
        *,
        light: Floats | float = 1.0,
        noise: float = 0.015,
        kind: str = "JPEG",
        seed: int = 0,
    ) -> Page:
        """Take the picture in some light, with a noisy camera."""
        rng = np.random.default_rng(seed)
        lit = self.colour * np.asarray(light, np.float32).reshape(*np.shape(light), 1)
        grain = rng.normal(0, noise, lit.shape).astype(np.float32)
        pixels = np.uint8((lit + grain).clip(0, 1) * 255)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, kind, **({"quality": 85} if kind == "JPEG" else {}))
        frames = np.array(self.frames, np.float64).reshape(-1, 4)
        return Page(name, file.getvalue(), tuple(self.y_true), frames)

    def paint(self, ink: Floats, colour: Colour) -> None:
        """Put ink of a colour on it: float32 (h, w), 0 to 1."""
        cover = ink[..., np.newaxis]
        self.colour = self.colour * (1 - cover) + np.asarray(colour, np.float32) * cover


def write_rows(
    sheet: Sheet,
    make: Callable[[], tuple[int, Floats]],
    *,
    rows: int = 2,
    columns: int = 4,
    colours: Sequence[Colour] = (BLACK,),
    slope: float | Sequence[float] = 0.0,
    jitter: float = 0.06,
    area: tuple[float, float, float, float] = (0, 0, 1, 1),
    rng: np.random.Generator | None = None,
) -> None:
    """Write digits in rows into a part of a sheet; a slope is in degrees, downwards."""
    rng = np.random.default_rng(3) if rng is None else rng
    width, height = sheet.size
    left, top = area[0] * width, area[1] * height
    across, down = (area[2] - area[0]) * width / columns, (area[3] - area[1]) * height / rows
    slopes = [slope] * rows if isinstance(slope, float | int) else list(slope)
    colour = cycle(colours)
    for row in range(rows):
        for column in range(columns):
            x = left + (column + 0.5 + rng.uniform(-jitter, jitter)) * across
            rise = np.tan(np.deg2rad(slopes[row])) * (x - left - columns * across / 2)
            y = top + (row + 0.5 + rng.uniform(-jitter, jitter) / 2) * down + rise
            sheet.put(make(), x, y, next(colour))


def plain(digits: Digits) -> Iterator[Page]:
    """White paper in uneven light."""
    for seed, size in enumerate((60, 90, 120)):
        sheet = Sheet(900, 600)
        write_rows(sheet, lambda size=size: digits.scanned(size), rows=3, columns=5)
        yield sheet.photograph(f"{size} px", light=falling(sheet, 0.45), noise=0.03, seed=seed)


def ruled(digits: Digits, *, squared: bool = False) -> Iterator[Page]:
    """Ruled paper, turned."""
    pairs = [
        (0, 40),
        (1, 40),
        (-1, 30),
        (2, 90),
        (-2, 20),
        (3, 50),
        (-3, 70),
        (4, 35),
        (5, 60),
        (-5, 25),
    ]
    for number, (degrees, distance) in enumerate(pairs):
        colour = list(LINES)[number % 3]
        width = 1 + number % 3
        sheet = Sheet(1100, 800)
        sheet.rule(distance, width, LINES[colour], squared=squared)
        size = max(60, min(2 * distance, 120))
        source = partial(digits.scanned, size) if number % 2 else partial(digits.written, size, 7)
        ink = (BLACK if number % 3 else BLUE,)
        write_rows(sheet, source, rows=3, columns=5, colours=ink, area=(0.14, 0.16, 0.86, 0.84))
        sheet.photographed_at(degrees, 900, 600)
        name = f"{degrees}°, {colour} lines of {width} px, {distance} px apart"
        yield sheet.photograph(name, light=falling(sheet, 0.7), seed=number)


def on_a_table(digits: Digits) -> Iterator[Page]:
    """A white sheet on a dark or wooden table, seen on one to four sides."""
    cases: list[tuple[str, str, float]] = [
        ("dark", "left", 0),
        ("dark", "left top", 3),
        ("dark", "all", 0),
        ("dark", "all", 12),
        ("wood", "left", 0),
        ("wood", "top right", -2),
        ("wood", "left top right", 5),
        ("wood", "all", 0),
        ("wood", "all", -8),
        ("wood", "all", 15),
        ("grey", "all", 4),
        ("grey", "bottom", 0),
        ("dark", "right", 2),
        ("black", "all", -4),
    ]
    for number, (table, sides, degrees) in enumerate(cases):
        if sides == "all":
            sheet = Sheet(640, 480)
            area = (0.06, 0.06, 0.94, 0.94)
            write_rows(sheet, lambda: digits.scanned(75), rows=3, columns=4, area=area)
            sheet.photographed_at(degrees, 1000, 750, scale=1.15)
        else:
            sheet = Sheet(1300, 1050)  # 150 pixels of it stay out of the picture on every side
            edge = {
                side: 190 + 130 * (side in sides) for side in ("left", "top", "right", "bottom")
            }
            area = (
                edge["left"] / 1300,
                edge["top"] / 1050,
                1 - edge["right"] / 1300,
                1 - edge["bottom"] / 1050,
            )
            write_rows(sheet, lambda: digits.scanned(80), rows=3, columns=4, area=area)
            rim = 270
            sheet.covered[:, : rim * ("left" in sides)] = 0
            sheet.covered[: rim * ("top" in sides)] = 0
            sheet.covered[:, 1300 - rim * ("right" in sides) :] = 0
            sheet.covered[1050 - rim * ("bottom" in sides) :] = 0
            sheet.photographed_at(degrees, 1000, 750)
        sheet.lay_on(table_top(table, *sheet.size, seed=number))
        yield sheet.photograph(
            f"{table} table, {sides}, {degrees}°", light=falling(sheet, 0.75), seed=number
        )


def in_shadow(digits: Digits) -> Iterator[Page]:
    """Shadows with hard and soft edges, and the spot of a flash."""
    for number, (name, soft, degrees, depth) in enumerate(
        [
            ("hard", 1.5, 0, 0.5),
            ("hard", 1.5, 20, 0.6),
            ("hard", 1.5, 65, 0.4),
            ("hard", 3, 90, 0.55),
            ("soft", 25, 10, 0.45),
            ("soft", 60, 50, 0.4),
            ("soft", 40, 80, 0.55),
            ("hard", 1.5, -35, 0.5),
        ]
    ):
        sheet = Sheet(900, 600)
        write_rows(sheet, lambda: digits.scanned(90), rows=3, columns=5)
        light = shadow(sheet, degrees, depth, soft) * falling(sheet, 0.8)
        yield sheet.photograph(f"{name} shadow, {degrees}°", light=light, noise=0.02, seed=number)
    for number, (x, y, reach) in enumerate([(0.3, 0.3, 120), (0.6, 0.5, 80), (0.8, 0.7, 200)]):
        sheet = Sheet(900, 600)
        write_rows(sheet, lambda: digits.scanned(90), rows=3, columns=5)
        down, right = np.mgrid[0:600, 0:900]
        spot = np.exp(-((right - 900 * x) ** 2 + (down - 600 * y) ** 2) / (2 * reach**2))
        sheet.colour = sheet.colour * 0.6 + 0.35 * spot[..., np.newaxis].astype(np.float32)
        yield sheet.photograph(f"flash of {reach} px", noise=0.02, seed=number)
    sheet = Sheet(900, 600)
    write_rows(sheet, lambda: digits.scanned(90), rows=3, columns=5)
    down, right = np.mgrid[0:600, 0:900]
    hand = 1 / (1 + np.exp((np.hypot(right - 750, (down - 640) * 0.8) - 260) / 2.5))
    yield sheet.photograph(
        "the shadow of a head", light=(1 - 0.5 * hand).astype(np.float32), noise=0.02
    )


def thin(digits: Digits) -> Iterator[Page]:
    """A single digit of thin strokes on 400 × 400, as large as most of it."""
    for pen in (1, 2, 3, 4):
        for digit in range(10):
            sheet = Sheet(400, 400, (1, 1, 1))
            size = digits.rng.uniform(180, 330)
            sheet.put(digits.written(size, pen, digit), 200, 200, (0, 0, 0))
            yield sheet.photograph(f"{digit}, {pen} px", noise=0, kind="PNG")


def tight(digits: Digits) -> Iterator[Page]:
    """A digit that touches two or three edges, with a mark of its own beside it or without."""
    for number, digit in enumerate((2, 3, 4, 5, 7, 0, 6, 9, 8, 1)):
        label, ink = digits.written(300, 22 if number % 2 else 12, digit)
        height, width = ink.shape
        cut = 4
        sheet = Sheet(width + (60 if number % 3 else -cut), height - cut)
        sheet.put((label, ink), width / 2 - cut / 2, height / 2 - cut / 2)
        if number % 3 == 1:
            sheet.paint(dot(sheet, sheet.size[0] - 22, height * 0.3, 6), BLACK)
        yield sheet.photograph(f"{digit}, cut at its edges", light=falling(sheet, 0.8), seed=number)
    for number, digit in enumerate((5, 4, 7)):  # the bar of a 5, off its body, at the edge
        label, ink = digits.written(300, 16, digit)
        sheet = Sheet(ink.shape[1] - 4, ink.shape[0] + 20)
        sheet.put((label, ink), ink.shape[1] / 2 - 2, ink.shape[0] / 2 - 2)
        sheet.colour[95:108] = WHITE
        yield sheet.photograph(f"{digit}, broken, cut at its edges", seed=number)


def thick(digits: Digits) -> Iterator[Page]:
    """A thick marker: strokes up to a third of the digit, and filled shapes."""
    for number, digit in enumerate((0, 1, 2, 3, 4, 5, 6, 7, 8, 9)):
        sheet = Sheet(420, 420)
        sheet.put(
            digits.written(270, 50 + 3 * number, digit), 210, 210, (BLACK, BLUE, RED)[number % 3]
        )
        yield sheet.photograph(
            f"{digit}, pen of {50 + 3 * number} px", light=falling(sheet, 0.7), seed=number
        )
    for number, digit in enumerate((0, 4, 6, 8, 9, 2)):  # hardly any paper around them
        ink = digits.written(230, 75 + 5 * number, digit)
        for paper, colour in ((WHITE, BLACK), (BLACK, WHITE)):
            sheet = Sheet(ink[1].shape[1] + 40, ink[1].shape[0] + 40, paper)
            sheet.put(ink, sheet.size[0] / 2, sheet.size[1] / 2, colour)
            dark = "dark" if colour == BLACK else "light"
            yield sheet.photograph(f"{digit}, {dark}, pen of {75 + 5 * number} px", seed=number)
    for width in (60, 110, 150, 200):
        for paper, colour in ((WHITE, BLACK), (BLACK, WHITE)):
            sheet = Sheet(400, 400, paper)
            sheet.put((1, np.ones((300, width), np.float32)), 200, 200, colour)
            dark = "dark" if colour == BLACK else "light"
            light = falling(sheet, 0.7)
            yield sheet.photograph(f"a solid 1, {dark}, of {width} px", light=light)
    for size in (110, 150):
        sheet = Sheet(900, 600)
        write_rows(sheet, lambda size=size: digits.written(size, size / 4.5), rows=2, columns=4)
        yield sheet.photograph(f"a page with a thick marker, {size} px", light=falling(sheet, 0.5))


def of_two_sizes(digits: Digits) -> Iterator[Page]:
    """Large digits and small ones on a page, up to 1 : 3."""
    for number, (large, small) in enumerate([(150, 50), (120, 60), (180, 60), (90, 30), (140, 50)]):
        sheet = Sheet(900, 600)
        sizes = cycle((large, small, large, small, small) if number % 2 else (small, large, large))
        if number % 2:
            write_rows(sheet, lambda s=sizes: digits.scanned(next(s)), rows=2, columns=5)
        else:
            write_rows(
                sheet,
                lambda s=sizes: digits.written(n := next(s), max(4, n / 14)),
                rows=2,
                columns=5,
            )
        yield sheet.photograph(f"{large} and {small} px", light=falling(sheet, 0.6), seed=number)
    for number, (large, small) in enumerate([(300, 100), (240, 80), (330, 105)]):
        sheet = Sheet(700, 460)
        sheet.put(digits.written(large, large / 12), 180, 230)
        sheet.put(digits.written(small, small / 12), 430, 230 + 40 * number)
        sheet.put(digits.written(small, small / 12), 600, 260)
        yield sheet.photograph(f"one of {large} and two of {small} px", seed=number)


def in_slanting_rows(digits: Digits) -> Iterator[Page]:
    """Rows that rise or fall, several of them, uneven distances."""
    cases: list[float | list[float]] = [
        4,
        -4,
        8,
        -8,
        6,
        [3, 6, 8],
        [-2, -5, -8],
        [8, 8, 8],
        [-3, 2, 5],
        [5, 0, -5],
    ]
    for number, slope in enumerate(cases):
        rows = len(slope) if isinstance(slope, list) else 1 + number % 3
        sheet = Sheet(1000, 700)
        width = 5 + number % 3
        write_rows(
            sheet,
            lambda: digits.scanned(75),
            rows=rows,
            columns=width,
            slope=slope,
            jitter=0.12,
            area=(0.02, 0.08, 0.98, 0.92),
        )
        yield sheet.photograph(
            f"{slope}°, {rows} rows of {width}", light=falling(sheet, 0.7), seed=number
        )
    sheet = Sheet(1200, 750)
    for row, column in np.ndindex(5, 8):  # each somewhere in its square
        size = float(digits.rng.integers(64, 96))
        x, y = 150 * np.array([column, row]) + digits.rng.uniform(size / 2 + 5, 145 - size / 2, 2)
        sheet.put(digits.scanned(size), x, y)
    yield sheet.photograph("40 digits, none beside the other", light=falling(sheet, 0.5))
    sheet = Sheet(1000, 700)
    for row, columns in enumerate((3, 6, 2, 5)):
        for column in range(columns):
            sheet.put(
                digits.scanned(70),
                90 + 150 * column + 25 * row,
                80 + 170 * row + 0.1 * 150 * column,
            )
    yield sheet.photograph("rows of different lengths, 6°", noise=0.02)


def coloured(digits: Digits) -> Iterator[Page]:
    """Coloured ink on coloured paper, some of it as bright as the paper."""
    green, pink, sky = (0.35, 0.62, 0.35), (0.95, 0.75, 0.8), (0.7, 0.82, 0.95)
    pairs: list[tuple[str, Colour, list[Colour]]] = [
        ("red on green", green, [(0.8, 0.43, 0.35)]),
        ("yellow and black on white", WHITE, [YELLOW, BLACK]),
        ("yellow on white", WHITE, [YELLOW]),
        ("red, blue, green on white", WHITE, [RED, BLUE, GREEN]),
        ("blue on pink", pink, [BLUE, (0.6, 0.7, 0.95)]),
        ("red on sky", sky, [(0.9, 0.3, 0.35), BLACK]),
        ("orange on yellow", (0.95, 0.92, 0.5), [(0.95, 0.5, 0.1)]),
        ("pencil and ink", WHITE, [(0.6, 0.6, 0.6), BLACK]),
        ("white on green board", (0.12, 0.3, 0.2), [WHITE, YELLOW]),
        ("red and green on white", WHITE, [(0.85, 0.3, 0.3), (0.45, 0.75, 0.45)]),
    ]
    for number, (name, paper, inks) in enumerate(pairs):
        sheet = Sheet(900, 600, paper)
        write_rows(sheet, lambda: digits.scanned(100), rows=2, columns=4, colours=inks)
        yield sheet.photograph(name, light=falling(sheet, 0.75), seed=number)


def of_every_format(digits: Digits) -> Iterator[Page]:
    """One page in every format that is read, and with an EXIF block that is damaged."""
    sheet = Sheet(500, 400)
    write_rows(sheet, lambda: digits.scanned(100), rows=2, columns=3)
    page = sheet.photograph("", noise=0, kind="PNG")
    picture = Image.open(io.BytesIO(page.data))
    grey = np.asarray(picture.convert("L"))
    ink = np.uint8(255 - grey)
    transparent = Image.fromarray(np.dstack([np.zeros((*grey.shape, 3), np.uint8), ink]))
    # A resolution that is a word: Pillow fails when it writes the block anew.
    broken = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x1a\x01\x02\0\x04\0\0\0abc\0\0\0\0\0"
    others = [Image.new("RGB", picture.size, "white"), Image.new("RGB", picture.size, "black")]
    files: list[tuple[str, Image.Image, str, dict[str, Any]]] = [
        ("PNG, 16 bits", Image.fromarray(grey.astype(np.uint16) * 257), "PNG", {}),
        ("JPEG, CMYK", picture.convert("CMYK"), "JPEG", {"quality": 90}),
        ("PNG, palette", picture.convert("P", palette=Image.Palette.ADAPTIVE), "PNG", {}),
        ("PNG, transparent", transparent, "PNG", {}),
        ("GIF, palette", picture, "GIF", {}),
        ("GIF, animated", picture, "GIF", {"save_all": True, "append_images": others}),
        ("PNG, animated", picture, "PNG", {"save_all": True, "append_images": others}),
        ("WebP, animated", picture, "WEBP", {"save_all": True, "append_images": others}),
        ("WebP, transparent", transparent, "WEBP", {"lossless": True}),
        ("PNG, two colours", picture.convert("1", dither=Image.Dither.NONE), "PNG", {}),
        ("BMP", picture, "BMP", {}),
        ("JPEG, damaged EXIF", picture, "JPEG", {"exif": broken}),
    ]
    for name, image, kind, options in files:
        file = io.BytesIO()
        image.save(file, kind, **options)
        yield page._replace(name=name, data=file.getvalue())


def unreadable(digits: Digits) -> Iterator[Page]:
    """What holds no digits, or is no picture that can be read."""
    sheet = Sheet(500, 400)
    empty = sheet.photograph("empty paper", light=falling(sheet, 0.5))
    yield empty
    yield sheet.photograph("empty paper in a shadow", light=shadow(sheet, 30, 0.5, 2))
    sheet.rule(40, 2, LINES["grey"], squared=True)
    yield sheet.photograph("empty squared paper")
    sheet = Sheet(500, 400)
    sheet.lay_on(table_top("wood", 500, 400))
    sheet.colour = table_top("wood", 500, 400)
    yield sheet.photograph("a wooden table")
    noise = digits.rng.random((400, 500, 3)).astype(np.float32)
    sheet.colour = noise
    yield sheet.photograph("noise")
    others: dict[str, bytes] = {
        "HEIC": b"\0\0\0\x18ftypheic" + bytes(60),
        "TIFF": b"II*\0" + bytes(60),
        "PDF": b"%PDF-1.7 a page",
        "words": b"These are words.",
        "half a JPEG": empty.data[: len(empty.data) // 2],
        "nothing": b"",
    }
    for name, data in others.items():
        yield Page(name, data, (), np.zeros((0, 4)))


def printed(digits: Digits, faces: Sequence[str]) -> Iterator[Page]:
    """Digits of fonts, on white paper."""
    for number, face in enumerate(faces):
        sheet = Sheet(900, 500)
        write_rows(sheet, lambda face=face: digits.printed(100, face), rows=2, columns=5)
        yield sheet.photograph(face.removesuffix(".ttf"), light=falling(sheet, 0.6), seed=number)


KINDS: Final[Mapping[str, Callable[[Digits], Iterator[Page]]]] = {
    "plain paper, uneven light": plain,
    "ruled paper, turned": ruled,
    "squared paper, turned": lambda digits: ruled(digits, squared=True),
    "a sheet on a table": on_a_table,
    "shadows and a flash": in_shadow,
    "thin strokes": thin,
    "tight crop": tight,
    "thick marker": thick,
    "two sizes on a page": of_two_sizes,
    "rows that rise or fall": in_slanting_rows,
    "coloured ink and paper": coloured,
    "formats and damaged EXIF": of_every_format,
    "nothing to read": unreadable,
}
"""What people send, by kind."""


def falling(sheet: Sheet, least: float) -> Floats:
    """Light that falls off from the upper left to a share of itself."""
    width, height = sheet.size
    down, right = np.mgrid[0:height, 0:width].astype(np.float32)
    return 1 - np.float32(1 - least) * (right / width * 0.7 + down / height * 0.3)


def shadow(sheet: Sheet, degrees: float, depth: float, soft: float) -> Floats:
    """Light with a shadow over one half, its edge turned and so many pixels soft."""
    width, height = sheet.size
    down, right = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = np.deg2rad(degrees)
    off = (right - width * 0.55) * np.cos(angle) + (down - height * 0.52) * np.sin(angle)
    return (1 - depth / (1 + np.exp((-off / soft).clip(-50, 50)))).astype(np.float32)


def table_top(kind: str, width: int, height: int, seed: int = 0) -> Floats:
    """A table to lay a sheet on: dark, black, grey or wooden, with its grain."""
    rng = np.random.default_rng(seed)
    plain_colours: dict[str, Colour] = {
        "dark": (0.2, 0.19, 0.18),
        "black": (0.06, 0.06, 0.07),
        "grey": (0.48, 0.48, 0.5),
    }
    if kind in plain_colours:
        return np.broadcast_to(np.asarray(plain_colours[kind], np.float32), (height, width, 3))
    grain = gaussian_filter(rng.normal(0, 1, (height, width)), (1.2, 60)) * 40
    rings = np.sin(
        np.arange(height)[:, np.newaxis] / 9
        + 2 * gaussian_filter(rng.normal(0, 30, (height, width)), 50)
    )
    tone = 1 + 0.12 * grain.clip(-2, 2) + 0.1 * rings
    return (np.array([0.55, 0.36, 0.2]) * tone[..., np.newaxis]).clip(0, 1).astype(np.float32)


def dot(sheet: Sheet, x: float, y: float, radius: float) -> Floats:
    """Ink of a dot."""
    width, height = sheet.size
    down, right = np.mgrid[0:height, 0:width]
    return np.clip(radius - np.hypot(right - x, down - y) + 0.5, 0, 1).astype(np.float32)


def _points(kind: str, stroke: Stroke) -> list[tuple[float, float]]:
    if kind == "straight":
        return list(stroke)
    places = np.asarray(stroke, float)
    closed = bool((places[0] == places[-1]).all())
    spline = make_interp_spline(
        range(len(places)), places, k=3, bc_type="periodic" if closed else None
    )
    return [(float(x), float(y)) for x, y in spline(np.linspace(0, len(places) - 1, 60))]


def _stroked(lines: Sequence[Stroke], pen: float, finer: int = 4) -> Floats:
    """Draw lines with a round pen: float32 (h, w), 0 paper to 1 ink."""
    every = np.array([point for line in lines for point in line])
    shift = pen / 2 + 2 - every.min(axis=0)
    width, height = np.ceil(every.max(axis=0) + shift + pen / 2 + 2).astype(int).tolist()
    sheet = Image.new("L", (width * finer, height * finer))
    pencil = ImageDraw.Draw(sheet)
    for line in lines:
        points = [tuple((np.array(point) + shift) * finer) for point in line]
        pencil.line(points, fill=255, width=max(1, round(pen * finer)), joint="curve")
        for x, y in (points[0], points[-1]):
            reach = pen * finer / 2
            pencil.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    return np.asarray(sheet.resize((width, height), Image.Resampling.BOX), np.float32) / 255


def _is_clean(image: npt.NDArray[np.uint8]) -> bool:
    """Check that a digit was scanned without a mark beside it, which nobody could call invented."""
    areas = np.bincount(label_all(image > 60)[0].ravel())[1:]
    return bool(areas.min() > 0.1 * areas.sum())


def _cropped(ink: Floats, least: float) -> Floats:
    rows, columns = (np.flatnonzero((ink > least).any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _middle(frame: Sequence[float]) -> npt.NDArray[np.float64]:
    left, top, right, bottom = frame
    return np.array([left + right, top + bottom]) / 2


def _around(
    middle: npt.NDArray[np.float64], frame: Sequence[float], scale: float
) -> tuple[float, float, float, float]:
    """Return a frame of the old size around a new middle: a digit that is turned hardly grows."""
    x, y = middle.tolist()
    width, height = scale * (frame[2] - frame[0]) / 2, scale * (frame[3] - frame[1]) / 2
    return (x - width, y - height, x + width, y + height)


def compare(page: Page, found: Sequence[tuple[float, float, float, float]]) -> list[int | None]:
    """Say which digit of a page each frame holds: None for half a digit, two, or none at all.

    Args:
        page: with the frames that are right.
        found: left, top, width and height of each frame.
    """
    taken: set[int] = set()
    matched: list[int | None] = []
    for left, top, width, height in found:
        shares = [_overlap((left, top, left + width, top + height), frame) for frame in page.frames]
        best = int(np.argmax(shares)) if shares else -1
        if not shares or shares[best] < LEAST_OVERLAP or best in taken:
            matched.append(None)
        else:
            taken.add(best)
            matched.append(best)
    return matched


def _overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the area that two frames share, as a share of what they cover together."""
    margin = 3.0
    width = min(one[2], other[2]) - max(one[0], other[0]) + 2 * margin
    height = min(one[3], other[3]) - max(one[1], other[1]) + 2 * margin
    shared = max(0.0, width) * max(0.0, height)
    areas = [(f[2] - f[0] + 2 * margin) * (f[3] - f[1] + 2 * margin) for f in (one, other)]
    return shared / (sum(areas) - shared)


def enlarged(images: npt.NDArray[Any], labels: npt.NDArray[Any], side: int = 280) -> Iterator[Page]:
    """Digits of 8 × 8 pixels, white on black, each enlarged smoothly to fill a picture."""
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        small = Image.fromarray(image.astype(np.float32) / image.max())
        large = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC)).clip(0, 1)
        ink = np.argwhere(large > 0.3)
        top, left, bottom, right = *ink.min(axis=0), *(ink.max(axis=0) + 1)
        file = io.BytesIO()
        Image.fromarray(np.uint8(255 * large)).save(file, "PNG")
        frames = np.array([[left, top, right, bottom]], np.float64)
        yield Page(f"number {number}, a {label}", file.getvalue(), (int(label),), frames)
