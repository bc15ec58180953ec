"""The empty template of the live figure: what the browser relies on when it fills it."""

import json

from mnist_core.charts import HALVING, live_figure

NAMES = ["previous_{}", "previous_val_{}", "best_val_{}", "step_{}", "{}", "val_{}"]


def test_every_trace_draws_nothing_and_is_named_by_its_numbers() -> None:
    traces = live_figure().data

    expected = [name.format(metric) for metric in ("accuracy", "loss") for name in NAMES]
    assert [trace.meta for trace in traces] == expected
    assert all(trace.x == trace.y == (None,) for trace in traces)


def test_the_legend_has_its_entries_before_the_first_point() -> None:
    spec = json.loads(live_figure().to_json())

    named = [trace for trace in spec["data"] if trace.get("showlegend") is not False]
    assert [trace["name"] for trace in named] == ["Training", "Validation"]
    assert all(trace["x"] == [None] for trace in named)


def test_accuracy_stands_above_loss_on_a_shared_axis_of_epochs() -> None:
    figure = live_figure()
    by_name = {trace.meta: trace for trace in figure.data}

    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert by_name["val_accuracy"].yaxis == "y"
    assert by_name["val_loss"].yaxis == "y2"
    assert figure.layout.xaxis.matches == "x2"
    assert figure.layout.xaxis2.title.text == "Epoch"


def test_accuracy_has_the_axis_whose_lines_halve_the_errors() -> None:
    axis = live_figure().layout.yaxis

    assert tuple(axis.range) == HALVING.shown([])
    assert axis.title.text == HALVING.title
    assert list(axis.tickvals) == HALVING.ticks()["tickvals"]


def test_a_line_stands_at_guessing() -> None:
    [line] = live_figure().layout.shapes

    assert line.y0 == line.y1 == HALVING.height(0.1)


def test_markers_at_the_edge_are_whole() -> None:
    marked = [trace for trace in live_figure().data if "markers" in trace.mode]

    assert len(marked) == 8
    assert all(trace.cliponaxis is False for trace in marked)


def test_pointing_at_a_curve_tells_the_accuracy_and_not_its_height() -> None:
    by_name = {trace.meta: trace for trace in live_figure().data}

    assert "%{customdata:.4f}" in by_name["val_accuracy"].hovertemplate
    assert "%{y:.4f}" in by_name["val_loss"].hovertemplate


def test_training_and_validation_differ_without_colour() -> None:
    by_name = {trace.meta: trace for trace in live_figure().data}
    train, val, steps = (by_name[name] for name in ("accuracy", "val_accuracy", "step_accuracy"))

    assert train.line.dash != val.line.dash
    assert train.marker.symbol != val.marker.symbol
    assert steps.mode == "lines"
    assert steps.line.width < train.line.width


def test_the_previous_run_is_pale_and_lies_behind() -> None:
    traces = live_figure().data

    previous = [index for index, trace in enumerate(traces) if "previous" in trace.meta]
    assert all(traces[index].opacity < 0.5 for index in previous)
    assert previous[:2] == [0, 1]


def test_both_curves_of_the_previous_run_have_a_name() -> None:
    by_name = {trace.meta: trace.name for trace in live_figure().data}

    assert by_name["previous_accuracy"] == "Training before"
    assert by_name["previous_val_accuracy"] == "Validation before"


def test_a_zoom_is_kept_and_the_figure_can_travel_as_json() -> None:
    spec = json.loads(live_figure().to_json())

    assert spec["layout"]["uirevision"]
