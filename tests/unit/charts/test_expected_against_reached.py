from __future__ import annotations

from mnist_core.charts import HALVING, ExpectedPoint, plot_expected_against_reached

POINTS = [ExpectedPoint(0.9, 0.978, "brave otter"), ExpectedPoint(0.99, 0.95)]


def test_a_point_above_the_line_came_out_better_than_predicted() -> None:
    line, runs = plot_expected_against_reached(POINTS).data
    assert list(line.x) == list(line.y)
    assert list(runs.x) == [HALVING.height(0.9), HALVING.height(0.99)]
    assert list(runs.y) == [HALVING.height(0.978), HALVING.height(0.95)]
    assert runs.y[0] > runs.x[0]
    assert runs.y[1] < runs.x[1]


def test_both_axes_are_the_same_and_have_room_for_all_points() -> None:
    layout = plot_expected_against_reached(POINTS).layout
    assert layout.xaxis.range == layout.yaxis.range
    low, high = layout.xaxis.range
    assert low < HALVING.height(0.9) < HALVING.height(0.99) < high
    assert layout.xaxis.ticktext == layout.yaxis.ticktext


def test_a_name_is_told_where_there_is_one() -> None:
    _, runs = plot_expected_against_reached(POINTS).data
    assert list(runs.hovertext) == [
        "brave otter: predicted 90.0 %, reached 97.8 %",
        "predicted 99.0 %, reached 95.0 %",
    ]
