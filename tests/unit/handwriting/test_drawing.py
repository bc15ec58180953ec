"""However a digit is drawn, the network sees much the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mnist_core.data import Dataset
from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import (
    ALL_STEPS,
    PEN_WIDTH,
    Step,
    centre_by_mass,
    crop,
    make_grey_levels,
    measure_line_width,
    prepare,
    scale_into_box,
    set_line_width,
)

STROKES = {
    "two": [(30, 40), (45, 22), (65, 22), (75, 40), (60, 65), (28, 95), (78, 95)],
    "four": [(60, 95), (62, 20), (25, 70), (85, 70)],
    "seven": [(25, 22), (75, 22), (45, 95)],
}


def drawn(
    name: str = "two", *, pen: float = 9, size: float = 1, right: float = 0, down: float = 0
) -> np.ndarray:
    """Draw with a round pen on a field of 300 × 300."""
    field = Image.new("L", (600, 600))
    pencil = ImageDraw.Draw(field)
    points = [((x * size + right) * 2, (y * size + down) * 2) for x, y in STROKES[name]]
    pencil.line(points, fill=255, width=round(2 * pen), joint="curve")
    for x, y in points:
        pencil.ellipse((x - pen, y - pen, x + pen, y + pen), fill=255)
    return np.asarray(field.resize((300, 300), Image.Resampling.BOX), np.float32) / 255


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """1 for the same image, 0 for images that share no ink."""
    a, b = one.astype(np.float64).ravel(), other.astype(np.float64).ravel()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


REFERENCE = {name: prepare(drawn(name, size=2)).image for name in STROKES}


def likeness_nearby(image: np.ndarray, other: np.ndarray) -> float:
    """As ``likeness``, or a pixel beside: the balance point is rounded to whole pixels."""
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(likeness(np.roll(image, shift, axis=(0, 1)), other) for shift in shifts)


def closest(image: np.ndarray) -> str:
    return max(REFERENCE, key=lambda name: likeness_nearby(REFERENCE[name], image))


@given(
    name=st.sampled_from(sorted(STROKES)),
    right=st.integers(-15, 110),
    down=st.integers(-10, 110),
)
@settings(deadline=None, max_examples=15)
def test_where_it_is_drawn_changes_little(name: str, right: int, down: int) -> None:
    image = prepare(drawn(name, size=1.5, right=right, down=down)).image
    assert likeness_nearby(image, REFERENCE[name]) > 0.9
    assert closest(image) == name


@given(name=st.sampled_from(sorted(STROKES)), size=st.floats(0.35, 2.7))
@settings(deadline=None, max_examples=15)
def test_how_large_it_is_drawn_changes_little(name: str, size: float) -> None:
    image = prepare(drawn(name, size=size, pen=9 * size)).image
    assert likeness_nearby(image, REFERENCE[name]) > 0.85
    assert closest(image) == name


@given(name=st.sampled_from(sorted(STROKES)), pen=st.floats(2, 34))
@settings(deadline=None, max_examples=20)
def test_how_thick_it_is_drawn_changes_little(name: str, pen: float) -> None:
    image = prepare(drawn(name, size=2, pen=pen)).image
    assert likeness_nearby(image, REFERENCE[name]) > 0.7
    assert closest(image) == name


def test_without_their_steps_thickness_and_place_change_a_lot() -> None:
    for name in STROKES:
        thin, thick = drawn(name, size=2), drawn(name, size=2, pen=34)
        kept = ALL_STEPS - {Step.LINE_WIDTH}
        with_it = likeness(prepare(thick).image, prepare(thin).image)
        assert with_it > likeness(prepare(thick, kept).image, prepare(thin, kept).image) + 0.03
    stretched = prepare(drawn(size=1), ()).image
    assert likeness(stretched, prepare(drawn(size=1, right=180), ()).image) < 0.1


@pytest.mark.parametrize("grey", [0.2, 0.5, 1.0])
def test_a_faint_pen_gives_the_same_image(grey: float) -> None:
    faint = prepare(drawn(size=2) * np.float32(grey)).image
    assert likeness(faint, REFERENCE["two"]) > 0.97
    assert faint.max() == 255


def test_digits_of_mnist_come_through_nearly_unchanged(tiny: Dataset) -> None:
    alike = []
    for image in tiny.x_test[:40]:
        large = Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC)
        alike.append(likeness(prepare(np.asarray(large) / 255).image, image))
    assert np.mean(alike) > 0.85
    assert min(alike) > 0.6


def test_large_square_pixels_become_smooth_lines() -> None:
    coarse = Image.fromarray(drawn(size=2.6)).resize((8, 8), Image.Resampling.BOX)
    blocks = np.kron(np.asarray(coarse), np.ones((35, 35)))
    smooth = np.asarray(coarse.resize((280, 280), Image.Resampling.BICUBIC))
    assert likeness(prepare(blocks).image, prepare(smooth).image) > 0.85


@given(steps=st.sets(st.sampled_from(list(Step))), name=st.sampled_from(sorted(STROKES)))
@settings(deadline=None, max_examples=32)
def test_whatever_is_switched_off_an_image_comes_out_and_each_step_is_shown(
    steps: set[Step], name: str
) -> None:
    prepared = prepare(drawn(name, size=1.2, right=40, down=90), steps)
    assert (prepared.image.shape, prepared.image.dtype) == ((28, 28), np.uint8)
    assert prepared.image.max() > 60
    assert [stage.step for stage in prepared.stages] == list(Step)
    assert {stage.step for stage in prepared.stages if stage.applied} == steps
    before = prepared.drawing
    for stage in prepared.stages:
        assert stage.image.dtype == np.float32
        assert stage.image.min() >= 0
        assert stage.image.max() <= 1
        if not stage.applied and stage.step != Step.SCALE:
            assert stage.image is before
        before = stage.image
    np.testing.assert_array_equal(np.rint(before * 255), prepared.image)


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (1, 40), (40, 1), (90, 2000), (3000, 700)])
def test_a_field_of_any_size_will_do(shape: tuple[int, int]) -> None:
    field = np.zeros(shape)
    field[shape[0] // 3 : 2 * shape[0] // 3 + 1, shape[1] // 3 : 2 * shape[1] // 3 + 1] = 1
    assert prepare(field).image.any()


def test_a_single_dot_is_read_like_any_drawing() -> None:
    field = np.zeros((280, 280))
    field[200, 30] = 1
    assert prepare(field).image[14, 14] > 100


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (np.zeros((280, 280)), "empty"),
        (np.full((280, 280), 0.01), "empty"),
        (np.ones((280, 280)), "full of ink"),
        (np.zeros((0, 5)), "no drawing"),
        (np.zeros((5, 5, 3)), "no drawing"),
        (np.full((5, 5), np.nan), "no number"),
        (np.broadcast_to(np.float32(0), (9000, 2)), "At most 8,000"),
        ([["a", "b"]], "no drawing"),
        ([[1.0], [1.0, 2.0]], "no drawing"),
    ],
)
def test_what_is_no_drawing_gets_a_sentence(field: object, words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        prepare(field)


def test_a_dot_that_vanishes_when_all_steps_are_off_gets_a_sentence() -> None:
    field = np.zeros((280, 280))
    field[200, 30] = 0.1
    with pytest.raises(DrawingError, match="switch a step on"):
        prepare(field, ())


def test_a_wide_black_line_is_not_hollowed_out() -> None:
    field = np.zeros((100, 100), np.float32)
    field[10:90, 30:70] = 1
    assert make_grey_levels(field)[20:80, 40:60].min() == 1


def test_a_hole_that_is_only_a_little_lighter_is_opened() -> None:
    field = np.zeros((100, 100), np.float32)
    field[20:80, 20:80] = 1
    field[40:60, 40:60] = 0.6
    opened = make_grey_levels(field)
    assert opened[50, 50] < 0.3
    assert opened[30, 30] == 1


@pytest.mark.parametrize("top", [0, 7, 37])
def test_cropping_leaves_the_ink_only(top: int) -> None:
    field = np.zeros((50, 60), np.float32)
    field[top : top + 13, 11:13] = 0.8
    assert crop(field).shape == (13, 2)


@pytest.mark.parametrize("place", [0, 40, 80])
def test_cropping_keeps_a_rim_for_soft_edges_where_the_field_ends_too(place: int) -> None:
    field = np.zeros((200, 200), np.float32)
    field[place : place + 120, place : place + 60] = 1
    cut = crop(field)
    assert cut.shape == (126, 66)
    assert cut.sum() == field.sum()
    assert not cut[:3].any()


@pytest.mark.parametrize("pen", [2, 5, 9, 16])
def test_lines_end_up_as_wide_as_those_of_mnist(pen: float) -> None:
    redrawn = set_line_width(crop(drawn("four", size=2, pen=pen)))
    width = measure_line_width(redrawn > 0.5) * 20 / max(redrawn.shape)
    assert width == pytest.approx(PEN_WIDTH, rel=0.25)


@given(width=st.integers(3, 10), length=st.integers(100, 300))
def test_the_width_of_a_bar_is_measured(width: int, length: int) -> None:
    # Edges are taken to be slanted; that of an upright bar counts too little.
    measured = measure_line_width(np.ones((length, width), bool))
    assert width <= measured <= 1.5 * width


def test_scaling_keeps_the_proportion() -> None:
    field = scale_into_box(np.ones((200, 50), np.float32))
    rows, columns = np.nonzero(field > 0.5)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 5)


@given(top=st.integers(0, 20), left=st.integers(0, 20))
def test_the_balance_point_ends_in_the_middle_and_no_ink_is_lost(top: int, left: int) -> None:
    field = np.zeros((28, 28), np.float32)
    field[top : top + 8, left : left + 5] = 1
    field[top, left : left + 8] = 1
    centred = centre_by_mass(field)
    assert centred.sum() == field.sum()
    index = np.arange(28)
    assert abs(centred.sum(axis=1) @ index / centred.sum() - 14) <= 0.5
    assert abs(centred.sum(axis=0) @ index / centred.sum() - 14) <= 0.5


def test_mnist_lies_where_a_prepared_digit_lies(tiny: Dataset) -> None:
    images = tiny.x_train.astype(np.float64)
    index = np.arange(28)
    down = (images.sum(axis=2) @ index) / images.sum(axis=(1, 2))
    assert down.mean() == pytest.approx(14, abs=0.1)


def test_every_step_is_explained_in_words_of_its_own() -> None:
    texts = [text for step in Step for text in (step.heading, step.explanation, step.without)]
    assert all(text.strip() for text in texts)
    assert len(set(texts)) == len(texts)
