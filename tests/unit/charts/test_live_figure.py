"""The empty template of the live figure: what the browser relies on when it fills it."""

import json

from mnist_core.charts import live_figure

NAMES = ["previous_{}", "previous_val_{}", "step_{}", "{}", "val_{}"]


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


def test_accuracy_runs_from_0_to_1_with_a_labelled_line_at_guessing() -> None:
    layout = live_figure().layout

    assert list(layout.yaxis.range) == [0, 1]
    assert layout.shapes[0].y0 == layout.shapes[0].y1 == 0.1
    assert "guessing" in layout.annotations[0].text


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


def test_a_zoom_is_kept_and_the_figure_can_travel_as_json() -> None:
    spec = json.loads(live_figure().to_json())

    assert spec["layout"]["uirevision"]
