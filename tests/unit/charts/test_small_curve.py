"""The small curve of a run: what stands in the image, and the words beside it."""

from __future__ import annotations

import math
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnist_core.charts import HALVING, common_scale, scale_words, small_curve_svg, small_curve_words
from mnist_core.charts.small_curve import gather_points

SVG = "{http://www.w3.org/2000/svg}"
RISING = [0.85, 0.91, 0.93]

accuracies = st.lists(st.one_of(st.none(), st.just(math.nan), st.floats(0, 1)), max_size=100)


def texts(image: str) -> list[str | None]:
    return [node.text for node in ElementTree.fromstring(image).iter(f"{SVG}text")]


def test_a_rising_accuracy_goes_up_from_left_to_right() -> None:
    points = gather_points(RISING, common_scale([RISING]))
    assert [point.value for point in points] == RISING
    assert all(before.x < after.x and before.y > after.y for before, after in pairwise(points))


def test_on_the_halving_axis_half_of_the_errors_is_as_far_everywhere() -> None:
    values = [0.5, 0.75, 0.875, 0.9375]
    points = gather_points(values, common_scale([values]), accuracy_axis=HALVING)
    steps = [before.y - after.y for before, after in pairwise(points)]
    assert steps == pytest.approx([steps[0]] * 3)
    assert steps[0] > 0


def test_the_image_has_the_points_of_the_curve_and_its_first_and_last_number() -> None:
    scale = common_scale([RISING])
    image = small_curve_svg(RISING, scale)
    [line] = ElementTree.fromstring(image).iter(f"{SVG}polyline")
    drawn = [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]
    expected = [(point.x, point.y) for point in gather_points(RISING, scale)]
    assert drawn == [pytest.approx(place, abs=0.05) for place in expected]
    assert texts(image) == ["85.0 %", "93.0 %"]


@given(st.lists(accuracies, min_size=2, max_size=6))
def test_on_one_scale_a_better_accuracy_is_never_drawn_lower(
    curves: list[list[float | None]],
) -> None:
    scale = common_scale(curves)
    points = sorted(
        (point for values in curves for point in gather_points(values, scale)),
        key=lambda point: point.value,
    )
    assert all(worse.y >= better.y for worse, better in pairwise(points))


def test_on_one_scale_the_best_ends_at_the_line_and_the_other_below_it() -> None:
    curves = {"good": [0.9, 0.92], "better": [0.95, 0.98]}
    scale = common_scale(curves.values())
    last = {name: gather_points(values, scale)[-1].y for name, values in curves.items()}
    [line] = ElementTree.fromstring(small_curve_svg(curves["good"], scale)).iter(f"{SVG}line")
    assert float(line.attrib["y1"]) == float(line.attrib["y2"]) == last["better"] < last["good"]


@pytest.mark.parametrize(
    ("curves", "words"),
    [
        (
            [[0.9, 0.92], [0.95, None, 0.98]],
            "90.0 % is at the bottom, and 98.0 % at the faint line",
        ),
        ([[0.9], [0.90001]], ""),
        ([[], [math.nan]], ""),
    ],
)
def test_the_scale_is_said_in_words_where_there_is_one(
    curves: list[list[float | None]], words: str
) -> None:
    said = scale_words(common_scale(curves))
    assert words in said
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (RISING, "Validation accuracy rose from 85.0 % to 93.0 % in 3 epochs"),
        ([0.9, 0.5], "Validation accuracy fell from 90.0 % to 50.0 % in 2 epochs"),
        ([0.9, 0.5, 0.90001], "Validation accuracy began and ended at 90.0 % in 3 epochs"),
        ([0.85], "Validation accuracy 85.0 % after one epoch"),
        ([], "No epoch is complete yet"),
        ([None, math.nan], "No epoch is complete yet"),
        ([math.nan, 0.1, 0.2], "Validation accuracy rose from 10.0 % to 20.0 % in 3 epochs"),
    ],
)
def test_the_words_say_what_the_curve_shows(values: list[float | None], words: str) -> None:
    assert small_curve_words(values) == words


def test_a_run_without_an_epoch_says_so_instead_of_an_empty_image() -> None:
    assert texts(small_curve_svg([], None)) == ["no epoch yet"]


@given(accuracies)
@example([0.0, 2.225073858507e-311])  # so small that its reciprocal is infinite
def test_whatever_the_numbers_everything_lies_inside_the_image(values: list[float | None]) -> None:
    scale = common_scale([values])
    points = gather_points(values, scale)
    assert len(points) == sum(value is not None and not math.isnan(value) for value in values)
    assert all(0 <= point.x <= 320 and 0 <= point.y <= 120 for point in points)
    for text in ElementTree.fromstring(small_curve_svg(values, scale)).iter(f"{SVG}text"):
        assert 15 <= float(text.attrib["y"]) <= 120
