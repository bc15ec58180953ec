"""Figures for the projector: larger text and lines, the same numbers."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from mnist_core.charts import enlarged, live_figure, plot_accuracy_and_loss

HISTORY = {
    "accuracy": [0.8, 0.9],
    "loss": [0.7, 0.4],
    "val_accuracy": [0.85, 0.91],
    "val_loss": [0.6, 0.35],
}


def test_text_lines_markers_and_margins_grow_by_the_factor() -> None:
    before = plot_accuracy_and_loss(HISTORY)
    after = enlarged(before, 1.5)
    assert after.layout.legend.font.size == before.layout.legend.font.size * 1.5
    assert after.layout.xaxis.tickfont.size == before.layout.xaxis.tickfont.size * 1.5
    assert after.layout.annotations[0].font.size == before.layout.annotations[0].font.size * 1.5
    assert after.layout.margin.t == before.layout.margin.t * 1.5
    for small, large in zip(before.data, after.data, strict=True):
        assert large.line.width == small.line.width * 1.5
        assert large.marker.size == small.marker.size * 1.5


@pytest.mark.parametrize("before", [plot_accuracy_and_loss(HISTORY), live_figure()])
def test_numbers_words_and_axes_stay_as_they_are(before: go.Figure) -> None:
    after = enlarged(before, 1.5)
    for small, large in zip(before.data, after.data, strict=True):
        assert (large.x, large.y, large.name, large.meta) == (
            small.x,
            small.y,
            small.name,
            small.meta,
        )
    assert after.layout.xaxis.range == before.layout.xaxis.range
    assert after.layout.xaxis.domain == before.layout.xaxis.domain
    assert after.layout.yaxis.title.text == before.layout.yaxis.title.text


def test_the_figure_itself_is_left_as_it_was() -> None:
    figure = live_figure()
    before = figure.to_json()
    enlarged(figure, 2.0)
    assert figure.to_json() == before


def test_a_factor_of_one_changes_nothing() -> None:
    assert enlarged(live_figure(), 1.0).to_dict() == live_figure().to_dict()


def test_text_that_names_no_size_grows_as_well() -> None:
    assert enlarged(go.Figure(), 2.0).layout.font.size == 24


def test_arrays_are_no_sizes() -> None:
    sizes = np.array([1.0, 2.0])
    figure = go.Figure(go.Scatter(x=sizes, y=sizes, customdata=[[1, 2]]), layout_width=700)
    after = enlarged(figure, 3.0)
    np.testing.assert_array_equal(after.data[0].x, sizes)
    np.testing.assert_array_equal(after.data[0].customdata, [[1, 2]])
    assert after.layout.width == 700
