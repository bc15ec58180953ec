"""Ink is told from paper: whichever is darker, under shadows, by its colour too."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.data import Dataset
from mnist_core.errors import DrawingError
from mnist_core.handwriting.ink import FAINTEST, find_ink, is_dark_on_light
from tests.unit.handwriting.handwriting_helpers import in_colour, on_paper, photographed


def test_the_paper_comes_out_empty_under_a_shadow(tiny: Dataset) -> None:
    drawn = on_paper(tiny.x_test[:6])
    ink = find_ink(in_colour(photographed(drawn, light=0.4)))
    assert (ink[drawn == 0] > FAINTEST).mean() < 0.02
    assert (ink[drawn > 0.9] > 2 * FAINTEST).mean() > 0.98


@pytest.mark.parametrize("light", [0.4, 1])
def test_whichever_is_darker_is_recognised(light: float, tiny: Dataset) -> None:
    grey = photographed(on_paper(tiny.x_test[:6]), light=light)
    assert is_dark_on_light(grey)
    assert not is_dark_on_light(1 - grey)


@pytest.mark.parametrize("width", [4, 30, 90, 130])
def test_a_bar_is_ink_however_wide_it_is(width: int) -> None:
    light = np.full((300, 300), 0.9, np.float32)
    light[30:270, 150 - width // 2 : 150 + width // 2] = 0.1
    assert is_dark_on_light(light)
    assert not is_dark_on_light(1 - light)
    for grey in (light, 1 - light):
        ink = find_ink(in_colour(grey))
        assert ink[150, 150] > 0.5
        assert ink[5, 5] == ink[150, 20] == 0


def test_what_lies_beside_the_sheet_is_no_ink(tiny: Dataset) -> None:
    grey = photographed(on_paper(tiny.x_test[:6]), light=0.8)
    sheet = np.zeros(grey.shape, bool)
    sheet[20:380, 20:480] = True
    grey[~sheet] = 0.1
    ink = find_ink(in_colour(grey), sheet)
    assert not ink[~sheet].any()
    assert (ink[on_paper(tiny.x_test[:6]) > 0.9] > 2 * FAINTEST).mean() > 0.98


def test_grey_ink_has_no_colour_on_black_paper() -> None:
    grey = np.zeros((100, 100), np.float32)
    grey[20:80, 40:60] = 0.02  # nearly as black as the paper
    with pytest.raises(DrawingError, match="No ink stands out"):
        find_ink(in_colour(grey))


@pytest.mark.parametrize("paper", [(0.9, 0.9, 0.9), (0.4, 0.6, 0.4), (0.1, 0.2, 0.4)])
def test_a_shadow_on_coloured_paper_is_no_ink(paper: tuple[float, float, float]) -> None:
    colour = np.empty((200, 300, 3), np.float32)
    colour[:] = paper
    colour[:, 150:] *= 0.5
    with pytest.raises(DrawingError, match="No ink stands out"):
        find_ink(colour)


def test_red_on_green_of_the_same_brightness_stands_out() -> None:
    colour = np.empty((200, 300, 3), np.float32)
    colour[:] = (0.35, 0.62, 0.35)
    colour[50:150, 100:115] = (0.85, 0.41, 0.3)
    ink = find_ink(colour)
    assert ink[100, 107] > 4 * FAINTEST
    assert ink[100, 200] < FAINTEST
