"""The curve over a disturbance: its points, and where the slider stands on it."""

from __future__ import annotations

import pytest

from mnist_core.charts import plot_robustness
from mnist_core.inspection.perturbations import Perturbation
from mnist_core.inspection.robustness import RobustnessCurve

CURVE = RobustnessCurve(Perturbation.ROTATION, (-90.0, 0.0, 90.0), (0.1, 0.9, 0.2), 10_000)


def falling(kind: Perturbation) -> RobustnessCurve:
    strengths = kind.curve_strengths
    return RobustnessCurve(kind, strengths, tuple(1 / (2 + abs(s)) for s in strengths), 1000)


def test_the_points_are_those_of_the_curve_and_say_what_was_done():
    points = plot_robustness(CURVE, 0).data[0]
    assert list(points.x) == [-90, 0, 90]
    assert list(points.y) == [0.1, 0.9, 0.2]
    assert points.customdata[0] == "turned 90° to the left: 10.0 %"


@pytest.mark.parametrize(("strength", "height"), [(-90, 0.1), (0, 0.9), (45, 0.55)])
def test_the_slider_stands_on_the_curve(strength, height):
    slider = plot_robustness(CURVE, strength).data[-1]
    assert list(slider.x) == [strength, strength]
    assert list(slider.y) == [0, pytest.approx(height)]


@pytest.mark.parametrize("kind", Perturbation)
def test_the_axis_names_what_was_done_and_marks_zero(kind):
    axis = plot_robustness(falling(kind), 0).layout.xaxis
    assert axis.title.text == f"{kind.label} in {kind.unit}"
    assert 0 in axis.tickvals
    assert len(axis.tickvals) <= 9
    assert axis.range[0] < kind.limit.minimum
    assert axis.range[1] > kind.limit.maximum
