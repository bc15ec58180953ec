from __future__ import annotations

from mnist_core.charts import HALVING, RunPoint, plot_accuracy_against
from mnist_core.charts.style import RUN_COLOURS, RUN_SYMBOLS

POINTS = [RunPoint("A", "one", 101_770, 0.978), RunPoint("C", "three", 7850.0, 0.92)]


def test_each_run_is_a_point_that_can_be_told_apart_and_opened() -> None:
    figure = plot_accuracy_against(POINTS, "Parameters", "Test accuracy")
    [trace] = figure.data
    assert list(trace.x) == [101_770, 7850]
    assert list(trace.y) == [HALVING.height(0.978), HALVING.height(0.92)]
    assert list(trace.text) == ["A", "C"]
    assert list(trace.customdata) == ["one", "three"]
    assert list(trace.marker.color) == [RUN_COLOURS[0], RUN_COLOURS[2]]
    assert list(trace.marker.symbol) == [RUN_SYMBOLS[0], RUN_SYMBOLS[2]]
    assert list(trace.hovertext) == ["A: 97.8 %, 1.018e+05", "C: 92.0 %, 7,850"]


def test_the_axes_say_what_they_are() -> None:
    layout = plot_accuracy_against(POINTS, "Parameters", "Test accuracy").layout
    assert (layout.xaxis.title.text, layout.xaxis.type) == ("Parameters", "log")
    assert layout.yaxis.title.text == "Test accuracy"
