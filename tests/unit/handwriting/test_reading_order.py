"""Rows are read from the top, each from the left, however they rise or fall."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.handwriting.reading_order import reading_order
from mnist_core.handwriting.segmentation import Frame


def rows(
    lengths: list[int], slopes: list[float], *, across: float = 90, down: float = 120, seed: int = 0
) -> list[Frame]:
    """Frames of digits of 40 × 60, in reading order, not quite where they ought to be."""
    rng = np.random.default_rng(seed)
    frames = []
    for row, (length, slope) in enumerate(zip(lengths, slopes, strict=True)):
        for column in range(length):
            x = 50 + column * across + rng.uniform(-12, 12)
            y = 200 + row * down + np.tan(np.deg2rad(slope)) * x + rng.uniform(-7, 7)
            frames.append(Frame(round(x), round(y), round(x) + 40, round(y) + 60))
    return frames


def shuffled(frames: list[Frame], seed: int = 0) -> list[Frame]:
    return [frames[place] for place in np.random.default_rng(seed).permutation(len(frames))]


@given(slope=st.floats(-8, 8), lengths=st.lists(st.integers(2, 8), min_size=1, max_size=5))
def test_rows_may_rise_and_fall(slope: float, lengths: list[int]) -> None:
    frames = rows(lengths, [slope] * len(lengths))
    mixed = shuffled(frames)
    assert [mixed[place] for place in reading_order(mixed)] == frames


@pytest.mark.parametrize("slopes", [[3, 5, 8], [-2, -5, -8], [4, 0, -4], [8, 8, 5]])
def test_every_row_may_have_a_slope_of_its_own(slopes: list[float]) -> None:
    frames = rows([6, 5, 7], slopes, down=150)
    mixed = shuffled(frames)
    assert [mixed[place] for place in reading_order(mixed)] == frames


@pytest.mark.parametrize("seed", range(8))
def test_in_a_row_one_digit_may_stand_higher_than_the_next(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = []
    for row, column in np.ndindex(5, 8):
        height = int(rng.integers(64, 96))
        left = 150 * column + int(rng.integers(12, 138 - height))
        top = 150 * row + int(rng.integers(12, 138 - height))
        frames.append(Frame(left, top, left + height // 2, top + height))
    mixed = shuffled(frames)
    assert [mixed[place] for place in reading_order(mixed)] == frames


def test_large_and_small_digits_stand_in_one_row() -> None:
    frames = [Frame(0, 0, 60, 120), Frame(90, 40, 110, 80), Frame(150, 5, 210, 118)]
    below = [Frame(10, 160, 30, 200), Frame(80, 140, 140, 260)]
    mixed = shuffled(frames + below)
    assert [mixed[place] for place in reading_order(mixed)] == frames + below


def test_a_column_is_read_downwards() -> None:
    frames = [Frame(50 + 9 * (row % 2), 100 * row, 90, 100 * row + 60) for row in range(5)]
    mixed = shuffled(frames)
    assert [mixed[place] for place in reading_order(mixed)] == frames


def test_of_nothing_there_is_no_order() -> None:
    assert reading_order([]) == []
    assert reading_order([Frame(1, 2, 3, 4)]) == [0]
