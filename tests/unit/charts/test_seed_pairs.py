"""Seeds side by side: every run a point, pairs joined."""

from __future__ import annotations

import pytest

from mnist_core.charts import plot_seed_pairs
from mnist_core.evaluation.luck import SeedComparison


def test_every_run_is_a_point_and_those_of_one_seed_are_joined() -> None:
    comparison = SeedComparison({0: 0.95, 1: 0.96, 2: 0.94}, {0: 0.93, 1: 0.97, 7: 0.9})
    figure = plot_seed_pairs(comparison, "batch 100", "batch 1,000")

    lines = [trace for trace in figure.data if trace.mode == "lines"]
    points = [trace for trace in figure.data if trace.mode == "markers"]
    assert [(line.meta, line.y, line.line.dash) for line in lines] == [
        ("seed 0", (0.95, 0.93), "solid"),
        ("seed 1", (0.96, 0.97), "dash"),
    ]
    assert [(each.name, each.x[0], each.y) for each in points] == [
        ("batch 100", 0, (0.95, 0.96, 0.94)),
        ("batch 1,000", 1, (0.93, 0.97, 0.9)),
    ]
    assert points[0].marker.symbol != points[1].marker.symbol
    assert figure.layout.xaxis.ticktext == ("batch 100", "batch 1,000")


def test_a_hairs_breadth_is_not_drawn_as_a_gap() -> None:
    low, high = plot_seed_pairs(SeedComparison({0: 0.95}, {0: 0.951}), "A", "B").layout.yaxis.range
    assert high - low == pytest.approx(0.01)


def test_nothing_trained_yet_is_an_empty_figure() -> None:
    figure = plot_seed_pairs(SeedComparison({}, {0: 0.9}), "A", "B")
    assert sum(len(trace.x) for trace in figure.data) == 1
