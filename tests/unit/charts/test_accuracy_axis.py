"""The axis of accuracy: its law, its lines, and how much of it is shown."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.charts import HALVING, PLAIN, AccuracyAxis

AXES = pytest.mark.parametrize("axis", [HALVING, PLAIN], ids=["halving", "plain"])

fractions = st.floats(0, 1)
histories = st.lists(st.one_of(st.none(), st.just(math.nan), fractions), max_size=30)


def shown_lines(axis: AccuracyAxis, accuracies: list[float | None]) -> list[str]:
    """The names of the lines that are shown."""
    bottom, top = axis.shown(accuracies)
    ticks = axis.ticks()
    heights = zip(ticks["tickvals"], ticks["ticktext"], strict=True)
    return [name for height, name in heights if bottom <= height <= top]


@pytest.mark.parametrize("error", [1.0, 0.5, 0.31, 0.1, 0.05, 0.02])
def test_half_of_the_errors_is_one_step_higher_wherever_it_begins(error: float) -> None:
    below, above = HALVING.height(1 - error), HALVING.height(1 - error / 2)

    assert above - below == pytest.approx(1, abs=0.005)


def test_the_last_stretch_is_straight_and_goes_on_as_steep_as_it_came() -> None:
    heights = [HALVING.height(accuracy) for accuracy in (0.985, 0.99, 0.995, 1.0)]
    steps = [after - before for before, after in pairwise(heights)]

    assert steps[1] == pytest.approx(steps[2])
    assert 0.8 * steps[1] < steps[0] < steps[1]


@AXES
@given(one=fractions, other=fractions)
def test_a_better_accuracy_is_never_drawn_lower(axis: AccuracyAxis, one: float, other: float):
    low, high = sorted((one, other))

    assert axis.height(low) <= axis.height(high)
    if high - low > 1e-9:
        assert axis.height(low) < axis.height(high)


@AXES
def test_0_and_1_are_the_ends_and_nothing_is_drawn_beyond(axis: AccuracyAxis) -> None:
    assert axis.height(0.0) == axis.height(-0.5) == axis.ticks()["tickvals"][0] == 0
    assert axis.height(1.0) == axis.height(1.5) == axis.ticks()["tickvals"][-1]


@AXES
@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_what_is_no_number_has_no_height(axis: AccuracyAxis, nothing: float | None) -> None:
    assert axis.height(nothing) is None


def test_heights_of_the_plain_axis_are_the_accuracies() -> None:
    assert [PLAIN.height(accuracy) for accuracy in (0.0, 0.1, 0.978, 1.0)] == [0.0, 0.1, 0.978, 1.0]


def test_lines_are_named_in_per_cent() -> None:
    names = ["0 %", "50 %", "75 %", "90 %", "95 %", "97.5 %", "99 %", "100 %"]

    assert HALVING.ticks()["ticktext"] == names
    assert PLAIN.ticks()["ticktext"] == ["0 %", "25 %", "50 %", "75 %", "100 %"]


@pytest.mark.parametrize(
    ("accuracies", "first", "last"),
    [
        ([], "0 %", "100 %"),
        ([None, math.nan], "0 %", "100 %"),
        ([0.05], "0 %", "75 %"),  # below chance
        ([0.0, 0.0], "0 %", "75 %"),
        ([0.31, 0.69], "0 %", "75 %"),
        ([0.906, 0.944], "90 %", "97.5 %"),
        ([0.906, None, 0.978, 0.996], "90 %", "100 %"),
        ([0.95], "95 %", "99 %"),  # on a line, which is the edge
        ([0.98], "97.5 %", "100 %"),
        ([1.0], "97.5 %", "100 %"),
        ([0.0, 1.0], "0 %", "100 %"),
    ],
)
def test_whole_spaces_are_shown_as_many_as_the_numbers_need(
    accuracies: list[float | None], first: str, last: str
) -> None:
    lines = shown_lines(HALVING, accuracies)

    assert (lines[0], lines[-1]) == (first, last)


@given(histories)
def test_the_plain_axis_is_always_whole(accuracies: list[float | None]) -> None:
    assert PLAIN.shown(accuracies) == PLAIN.shown([0.0, 1.0])


@AXES
@given(accuracies=histories)
def test_every_number_lies_inside_with_room_for_its_marker(
    axis: AccuracyAxis, accuracies: list[float | None]
) -> None:
    bottom, top = axis.shown(accuracies)
    heights = [height for each in accuracies if (height := axis.height(each)) is not None]

    assert all(bottom + 0.02 * (top - bottom) < height < top for height in heights)
    assert all(height < top - 0.02 * (top - bottom) for height in heights)
    assert len(shown_lines(axis, accuracies)) > axis.fewest_spaces


@AXES
def test_it_travels_as_json(axis: AccuracyAxis) -> None:
    data = json.loads(json.dumps(axis.as_data()))

    assert data["lines"] == list(axis.lines)
    assert data["ticks"] == axis.ticks()
