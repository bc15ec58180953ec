"""The laws of disturbances: what each does to a digit, and what none of them does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.data import load_mnist
from mnist_core.errors import EvaluationError
from mnist_core.handwriting.drawing import measure_line_width
from mnist_core.inspection.perturbations import Perturbation, perturb

DIGITS = load_mnist("sample").x_test[:60]
IN_PIXELS = (Perturbation.SHIFT_RIGHT, Perturbation.SHIFT_DOWN, Perturbation.COVER)


def balance_point(image: np.ndarray) -> np.ndarray:
    """Row and column of the centre of mass."""
    places = np.indices(image.shape).reshape(2, -1)
    return places @ image.ravel().astype(float) / image.sum()


def ink(images: np.ndarray) -> np.ndarray:
    return images.sum(axis=(1, 2), dtype=np.int64)


@pytest.mark.parametrize("kind", Perturbation)
def test_strength_0_changes_nothing_at_all(kind):
    np.testing.assert_array_equal(perturb(DIGITS, {kind: 0}), DIGITS)


@pytest.mark.parametrize("kind", Perturbation)
def test_every_other_strength_changes_something_and_leaves_the_original_alone(kind):
    before = DIGITS.copy()
    for strength in kind.slider_strengths:
        perturbed = perturb(DIGITS, {kind: strength})
        assert perturbed.dtype == np.uint8
        assert perturbed.shape == DIGITS.shape
        assert bool((perturbed != DIGITS).any()) == bool(strength)
    np.testing.assert_array_equal(DIGITS, before)


@pytest.mark.parametrize("kind", Perturbation)
def test_the_same_strength_gives_the_same_digits_again(kind):
    strength = kind.limit.maximum
    np.testing.assert_array_equal(
        perturb(DIGITS, {kind: strength}), perturb(DIGITS, {kind: strength})
    )


@pytest.mark.parametrize("kind", Perturbation)
def test_a_curve_starts_from_the_digits_as_they_are_and_reaches_both_ends(kind):
    assert 0 in kind.curve_strengths
    assert set(kind.curve_strengths) <= set(kind.slider_strengths)
    assert (kind.curve_strengths[0], kind.curve_strengths[-1]) == kind.limit


@given(st.integers(-45, 45))
def test_turning_there_and_back_gives_nearly_the_same_digit(degrees):
    there = perturb(DIGITS, {Perturbation.ROTATION: degrees})
    back = perturb(there, {Perturbation.ROTATION: -degrees})
    assert np.abs(back.astype(int) - DIGITS).mean() < 12  # of 255: edges get softer
    np.testing.assert_allclose(ink(back), ink(DIGITS), rtol=0.1)


def test_a_positive_rotation_turns_to_the_right():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 14, 22] = 255  # right of the middle
    turned = perturb(image, {Perturbation.ROTATION: 90})
    assert np.argwhere(turned[0]).tolist() == [[22, 14]]  # below the middle


def test_a_quarter_turn_loses_no_ink():
    np.testing.assert_array_equal(ink(perturb(DIGITS, {Perturbation.ROTATION: 90})), ink(DIGITS))


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_a_shift_moves_the_balance_point_by_as_many_pixels(right, down):
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:24, 4:24] = DIGITS[0, 4:24, 4:24]
    shifted = perturb(image, {Perturbation.SHIFT_RIGHT: right, Perturbation.SHIFT_DOWN: down})
    np.testing.assert_allclose(
        balance_point(shifted[0]) - balance_point(image[0]), [down, right], atol=1e-9
    )


@pytest.mark.parametrize("strength", [20, 50, 80])
def test_the_strength_of_noise_is_its_standard_deviation(strength):
    grey = np.full((50, 28, 28), 128, np.uint8)
    noise = perturb(grey, {Perturbation.NOISE: strength}).astype(float)
    deviation = strength / 100 * 255
    rng = np.random.default_rng(1)
    expected = (128 + deviation * rng.standard_normal(100_000)).clip(0, 255)
    assert noise.std() == pytest.approx(expected.std(), rel=0.02)
    assert noise.mean() == pytest.approx(expected.mean(), rel=0.02)


def test_noise_is_another_one_for_every_digit_and_seed():
    grey = np.full((2, 28, 28), 128, np.uint8)
    one = perturb(grey, {Perturbation.NOISE: 30}, seed=1)
    other = perturb(grey, {Perturbation.NOISE: 30}, seed=2)
    assert (one[0] != one[1]).any()
    assert (one != other).any()


def test_thicker_lines_have_more_ink_and_thinner_ones_less():
    amounts = [
        ink(perturb(DIGITS, {Perturbation.THICKNESS: s}))
        for s in Perturbation.THICKNESS.slider_strengths
    ]
    assert (np.diff(amounts, axis=0) > 0).all()


@pytest.mark.parametrize("wider", [-1, 1, 2, 4])
def test_thickness_widens_a_line_by_as_many_pixels(wider):
    line = np.zeros((1, 28, 28), np.uint8)
    line[0, 4:24, 12:16] = 255
    width = perturb(line, {Perturbation.THICKNESS: wider})[0, 14].sum() / 255
    assert width == pytest.approx(4 + wider, abs=0.02)


def test_thickness_is_right_about_real_digits_too():
    thick = perturb(DIGITS, {Perturbation.THICKNESS: 2})
    widths = [
        np.median([measure_line_width(image > 127) for image in images])
        for images in (DIGITS, thick)
    ]
    assert widths[1] - widths[0] == pytest.approx(2, abs=0.7)


@pytest.mark.parametrize("side", [2, 8, 20])
def test_a_cover_hides_its_square_in_the_middle_and_nothing_else(side):
    full = np.full((1, 28, 28), 255, np.uint8)
    covered = perturb(full, {Perturbation.COVER: side})[0]
    assert (covered == 0).sum() == side * side
    edge = (28 - side) // 2
    assert (covered[edge : edge + side, edge : edge + side] == 0).all()
    np.testing.assert_array_equal(covered, covered[::-1, ::-1])


def test_noise_falls_on_the_cover_too():
    both = perturb(DIGITS, {Perturbation.COVER: 10, Perturbation.NOISE: 50})
    assert both[:, 12:16, 12:16].any()


def test_several_disturbances_are_done_one_after_the_other():
    thick = perturb(DIGITS, {Perturbation.THICKNESS: 1})
    one_by_one = perturb(perturb(thick, {Perturbation.ROTATION: 20}), {Perturbation.SHIFT_DOWN: 3})
    at_once = perturb(
        DIGITS,
        {
            Perturbation.SHIFT_DOWN: 3,
            Perturbation.ROTATION: 20,
            Perturbation.THICKNESS: 1,
            Perturbation.NOISE: 0,
        },
    )
    np.testing.assert_array_equal(at_once, one_by_one)


def test_no_digits_stay_no_digits():
    for kind in Perturbation:
        assert perturb(DIGITS[:0], {kind: kind.limit.maximum}).shape == (0, 28, 28)


@pytest.mark.parametrize("kind", Perturbation)
@pytest.mark.parametrize("beyond", [-1000, 1000, float("nan"), float("inf"), "1", None, True])
def test_a_strength_that_is_not_allowed_gets_a_sentence(kind, beyond):
    with pytest.raises(EvaluationError, match=f"{kind.label} must be .* to .*{kind.unit}"):
        perturb(DIGITS, {kind: beyond})


@pytest.mark.parametrize("kind", IN_PIXELS)
def test_half_a_pixel_gets_a_sentence(kind):
    with pytest.raises(EvaluationError, match=r"must be a whole number of pixels; got 1\.5"):
        perturb(DIGITS, {kind: 1.5})


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28)), np.zeros((2, 8, 8), np.uint8)])
def test_what_is_no_digit_gets_a_sentence(images):
    with pytest.raises(EvaluationError, match="Digits must be uint8 of the shape"):
        perturb(images, {})


@pytest.mark.parametrize(
    ("kind", "strength", "words"),
    [
        (Perturbation.NOISE, 0, "left as it is"),
        (Perturbation.NOISE, 30, "with 30 % noise"),
        (Perturbation.ROTATION, -5, "turned 5° to the left"),
        (Perturbation.SHIFT_RIGHT, 1, "shifted 1 pixel to the right"),
        (Perturbation.SHIFT_DOWN, -3, "shifted 3 pixels up"),
        (Perturbation.THICKNESS, 0.5, "with lines 0.5 pixels thicker"),
        (Perturbation.COVER, 8, "with 8 × 8 pixels covered"),
    ],
)
def test_what_was_done_is_said_in_words(kind, strength, words):
    assert kind.describe(strength) == words
