"""Strokes become ink where they were drawn, as wide as the pen."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.handwriting.strokes import Stroke, draw_strokes


def stroke(*points: tuple[float, float], width: float = 0.1) -> Stroke:
    return Stroke(width, np.array(points, float))


@pytest.mark.parametrize("width", [0.035, 0.08, 0.14])
def test_a_straight_line_is_as_wide_as_the_pen_and_has_round_ends(width: float) -> None:
    ink = draw_strokes([stroke((0.3, 0.2), (0.3, 0.5), (0.3, 0.8), width=width)], 140)
    assert (ink.shape, ink.dtype) == ((140, 140), np.float32)
    assert ink.sum(axis=1)[40:100] == pytest.approx(140 * width, abs=0.8)
    rows = np.flatnonzero(ink[:, 42] > 0.5)
    assert (rows[0], rows[-1]) == pytest.approx((28 - 70 * width, 112 + 70 * width), abs=1.5)
    assert ink[int(28 - 70 * width) + 1, int(42 - 70 * width) + 1] < 0.5


def test_a_tap_is_a_dot() -> None:
    ink = draw_strokes([stroke((0.5, 0.5), width=0.2)], 100)
    assert ink.sum() == pytest.approx(np.pi * 100, rel=0.05)
    assert ink[50, 50] == 1


def test_a_curve_goes_through_the_middles_between_points_and_has_no_corners() -> None:
    corner = draw_strokes([stroke((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), width=0.04)], 200)
    assert corner[100, 160] > 0.9  # the middle of the second piece
    assert corner[40, 160] < 0.1  # the corner itself is cut
    assert corner[40, 40] > 0.9
    assert corner[159, 160] > 0.9


def test_strokes_of_several_pens_lie_over_each_other() -> None:
    thin, thick = stroke((0, 0.5), (1, 0.5), width=0.04), stroke((0.5, 0), (0.5, 1), width=0.2)
    both = draw_strokes([thin, thick], 100)
    either = np.maximum(draw_strokes([thin], 100), draw_strokes([thick], 100))
    np.testing.assert_allclose(both, either, atol=0.3)  # at the soft edges, where they meet
    assert (both >= either).all()


def test_a_stroke_may_leave_the_field_and_come_back() -> None:
    ink = draw_strokes([stroke((0.5, 0.5), (0.5, -0.4), (1.7, -0.4), (1.7, 0.5), (0.9, 0.5))], 100)
    assert ink[40, 50] == 1
    assert ink[50, 95] == 1
    assert ink[5, 80] == 0
    assert draw_strokes([stroke((0.5, -0.03))], 100)[0, 50] > 0.5  # the pen reaches in
    assert not draw_strokes([stroke((900, -900))], 100).any()


def test_without_strokes_there_is_no_ink() -> None:
    assert not draw_strokes([], 50).any()
