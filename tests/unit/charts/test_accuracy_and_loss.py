"""The lesson's two subplots: the numbers in the figure are those of the history."""

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mnist_core.charts import HALVING, plot_accuracy_and_loss
from mnist_core.errors import ConfigError, HistoryError
from mnist_core.evaluation.diagnosis import Finding, Rule

HISTORY = {
    "accuracy": [0.8, 0.9, 0.95],
    "loss": [0.7, 0.4, 0.2],
    "val_accuracy": [0.85, 0.91, 0.93],
    "val_loss": [0.6, 0.35, 0.25],
}


def traces(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def test_each_of_the_four_numbers_of_an_epoch_is_drawn_at_that_epoch() -> None:
    drawn = traces(plot_accuracy_and_loss(HISTORY))

    assert list(drawn["Training accuracy"].y) == HISTORY["accuracy"]
    assert list(drawn["Training loss"].y) == HISTORY["loss"]
    assert list(drawn["Validation accuracy"].y) == HISTORY["val_accuracy"]
    assert list(drawn["Validation loss"].y) == HISTORY["val_loss"]
    assert all(list(trace.x) == [1, 2, 3] for trace in drawn.values())


def test_training_stands_left_and_validation_right_under_titles_of_their_own() -> None:
    figure = plot_accuracy_and_loss(HISTORY)
    left, right = figure.layout.xaxis, figure.layout.xaxis2

    assert [note.text for note in figure.layout.annotations] == ["Training", "Validation"]
    assert left.domain[1] < right.domain[0]
    drawn = traces(figure)
    assert {drawn["Training accuracy"].xaxis, drawn["Training loss"].xaxis} == {"x"}
    assert {drawn["Validation accuracy"].xaxis, drawn["Validation loss"].xaxis} == {"x2"}


def test_accuracy_and_loss_have_axes_of_their_own_with_labels() -> None:
    figure = plot_accuracy_and_loss(HISTORY)
    drawn = traces(figure)

    for name in ("Training", "Validation"):
        accuracy = figure.layout[drawn[f"{name} accuracy"].yaxis.replace("y", "yaxis")]
        loss = figure.layout[drawn[f"{name} loss"].yaxis.replace("y", "yaxis")]
        assert (accuracy.title.text, loss.title.text) == ("Accuracy", "Loss")
        assert accuracy.range[0] <= 0 < 1 <= accuracy.range[1]
        assert loss.side == "right"
    assert figure.layout.xaxis.title.text == figure.layout.xaxis2.title.text == "Epoch"


def test_by_metric_accuracy_stands_left_and_loss_right_each_of_both_kinds_of_digits() -> None:
    by_set, figure = plot_accuracy_and_loss(HISTORY), plot_accuracy_and_loss(HISTORY, by="metric")
    drawn, layout = traces(figure), figure.layout

    assert [note.text for note in layout.annotations] == ["Accuracy", "Loss"]
    assert layout.xaxis.domain[1] < layout.xaxis2.domain[0]
    for metric, axis in (("accuracy", "x"), ("loss", "x2")):
        pair = [drawn[f"{name} {metric}"] for name in ("Training", "Validation")]
        assert {trace.xaxis for trace in pair} == {axis}
        [side] = {trace.yaxis for trace in pair}
        assert layout[side.replace("y", "yaxis")].title.text == metric.capitalize()
    assert {name: trace.y for name, trace in drawn.items()} == {
        name: trace.y for name, trace in traces(by_set).items()
    }


@pytest.mark.parametrize("by", ["", "epoch", None, ["metric"]])
def test_an_unknown_way_to_share_the_subplots_is_refused_with_those_there_are(by: Any) -> None:
    with pytest.raises(ConfigError, match='Choose "set" or "metric"'):
        plot_accuracy_and_loss(HISTORY, by=by)


def test_a_point_says_its_number_as_it_is_written_everywhere() -> None:
    drawn = traces(plot_accuracy_and_loss(HISTORY | {"accuracy": [0.8, None, 385 / 400]}))

    assert list(drawn["Training accuracy"].customdata) == ["80.0 %", "–", "96.3 %"]
    assert list(drawn["Training loss"].customdata) == ["0.7000", "0.4000", "0.2000"]
    assert all("%{customdata}" in trace.hovertemplate for trace in drawn.values())


def test_on_another_axis_accuracies_are_drawn_at_its_heights_and_told_as_they_are() -> None:
    findings = [finding(("val_accuracy",), (0, 2))]
    figure = plot_accuracy_and_loss(HISTORY, findings=findings, accuracy_axis=HALVING)
    drawn = traces(figure)
    heights = [HALVING.height(value) for value in HISTORY["val_accuracy"]]

    assert list(drawn["Validation accuracy"].y) == heights
    assert list(drawn["Validation accuracy"].customdata) == ["85.0 %", "91.0 %", "93.0 %"]
    assert list(drawn["Validation loss"].y) == HISTORY["val_loss"]
    assert list(figure.data[-1].y) == [heights[0], heights[2]]
    shown = HALVING.shown([*HISTORY["accuracy"], *HISTORY["val_accuracy"]])
    assert tuple(figure.layout.yaxis.range) == tuple(figure.layout.yaxis3.range) == shown
    assert list(figure.layout.yaxis3.ticktext) == HALVING.ticks()["ticktext"]


def test_what_stands_at_the_edge_is_not_cut() -> None:
    figure = plot_accuracy_and_loss(HISTORY, findings=[finding(("loss",), (2,))])

    assert all(trace.cliponaxis is False for trace in figure.data)


@pytest.mark.parametrize("by", ["set", "metric"])
def test_nothing_is_told_by_colour_alone(by: str) -> None:
    looks = {
        (trace.line.dash, trace.marker.symbol)
        for trace in plot_accuracy_and_loss(HISTORY, by=by).data
    }

    assert len(looks) == 4


def test_a_keras_history_and_its_dict_give_the_same_figure() -> None:
    keras_history = SimpleNamespace(history=HISTORY, epoch=[0, 1, 2])

    assert plot_accuracy_and_loss(keras_history) == plot_accuracy_and_loss(HISTORY)


def test_further_keys_of_a_history_do_no_harm() -> None:
    assert plot_accuracy_and_loss(HISTORY | {"learning_rate": [1]}) == plot_accuracy_and_loss(
        HISTORY
    )


@pytest.mark.parametrize("nothing", [None, float("nan"), np.float32("nan"), float("inf")])
def test_a_value_that_is_not_a_number_leaves_a_gap(nothing: Any) -> None:
    figure = plot_accuracy_and_loss(HISTORY | {"val_loss": [0.6, nothing, 0.25]})

    assert list(traces(figure)["Validation loss"].y) == [0.6, None, 0.25]


def test_a_single_epoch_is_visible_as_a_marker() -> None:
    figure = plot_accuracy_and_loss({key: values[:1] for key, values in HISTORY.items()})

    assert all("markers" in trace.mode for trace in figure.data)
    assert list(figure.data[0].x) == [1]


@pytest.mark.parametrize("epochs", [1, 2, 7, 10, 30, 100])
def test_the_ticks_are_whole_epochs_and_few_enough_to_read(epochs: int) -> None:
    figure = plot_accuracy_and_loss({key: [0.5] * epochs for key in HISTORY})

    step = figure.layout.xaxis.dtick
    assert step == int(step) >= 1
    assert epochs / step <= 6


def test_the_markers_of_many_epochs_are_smaller_than_those_of_few() -> None:
    few, many = (
        plot_accuracy_and_loss({key: [0.5] * epochs for key in HISTORY}) for epochs in (10, 100)
    )

    assert many.data[0].marker.size < few.data[0].marker.size


def notes(figure: Any) -> list[str]:
    """Return what is written below the titles, left and right."""
    titles = [re.sub("<[^>]*>", " ", note.text) for note in figure.layout.annotations]
    return [" ".join(title.split()[1:]) for title in titles]


@pytest.mark.parametrize(
    ("missing", "note"),
    [
        (("accuracy",), 'No accuracy: compile the model with metrics=["accuracy"].'),
        (("loss",), "No loss in this history."),
        (("val_accuracy",), 'No accuracy: compile the model with metrics=["accuracy"].'),
        (
            ("val_accuracy", "val_loss"),
            "No validation: give model.fit validation_data or a validation_split.",
        ),
        (("accuracy", "loss"), "Nothing of the training digits in this history."),
    ],
)
def test_what_is_there_is_drawn_and_what_is_missing_is_said(
    missing: tuple[str, ...], note: str
) -> None:
    history = {name: values for name, values in HISTORY.items() if name not in missing}
    figure = plot_accuracy_and_loss(history)

    assert len(figure.data) == len(history)
    assert [written for written in notes(figure) if written] == [note]
    assert notes(plot_accuracy_and_loss(HISTORY)) == ["", ""]
    assert figure.layout.margin.t > plot_accuracy_and_loss(HISTORY).layout.margin.t


@pytest.mark.parametrize(
    ("missing", "left", "right"),
    [
        (("accuracy", "val_accuracy"), "No accuracy: compile", ""),
        (("loss", "val_loss"), "", "No loss in this history."),
        (("val_accuracy", "val_loss"), "No validation: give", "No validation: give"),
        (("accuracy", "loss"), "Nothing of the training", "Nothing of the training"),
    ],
)
def test_by_metric_what_is_missing_is_said_below_the_metric_that_lacks_it(
    missing: tuple[str, ...], left: str, right: str
) -> None:
    history = {name: values for name, values in HISTORY.items() if name not in missing}
    written = notes(plot_accuracy_and_loss(history, by="metric"))

    assert [bool(note) for note in written] == [bool(left), bool(right)]
    assert written[0].startswith(left)
    assert written[1].startswith(right)


def test_a_model_without_the_metric_is_told_to_compile_it_on_both_sides() -> None:
    figure = plot_accuracy_and_loss({key: HISTORY[key] for key in ("loss", "val_loss")})

    assert all('metrics=["accuracy"]' in note for note in notes(figure))


def test_epochs_stand_where_the_training_counted_them() -> None:
    history = SimpleNamespace(history=HISTORY, epoch=[5, 6, 7])
    figure = plot_accuracy_and_loss(history, findings=[finding(("val_loss",), (1,))])

    assert list(figure.data[0].x) == [6, 7, 8]
    assert list(figure.layout.xaxis.range) == [5.5, 8.5]
    assert list(figure.data[-1].x) == [7]


def test_a_validation_every_other_epoch_is_one_line_over_its_own_epochs() -> None:
    history = {
        "accuracy": [0.5, 0.6, 0.7, 0.8],
        "loss": [2, 1.5, 1, 0.5],
        "val_accuracy": [0.55, 0.75],
        "val_loss": [1.8, 0.9],
    }
    drawn = traces(plot_accuracy_and_loss(history))

    assert list(drawn["Training loss"].x) == [1, 2, 3, 4]
    assert list(drawn["Validation loss"].x) == [2, 4]
    assert list(drawn["Validation loss"].y) == [1.8, 0.9]


@pytest.mark.parametrize("empty", [{}, SimpleNamespace(history={}), {key: [] for key in HISTORY}])
def test_an_empty_history_is_refused(empty: Any) -> None:
    with pytest.raises(HistoryError, match="Train for at least one epoch first"):
        plot_accuracy_and_loss(empty)


def test_columns_of_different_lengths_are_refused_with_their_lengths() -> None:
    with pytest.raises(HistoryError, match="accuracy 3, loss 3, val_accuracy 2 and val_loss 3"):
        plot_accuracy_and_loss(HISTORY | {"val_accuracy": [0.8, 0.9]})


@pytest.mark.parametrize(
    "broken", [None, 3, [0.1, 0.2], HISTORY | {"loss": 0.5}, HISTORY | {"loss": ["a", "b", "c"]}]
)
def test_what_is_no_history_is_refused_with_a_sentence(broken: Any) -> None:
    with pytest.raises(HistoryError, match="history"):
        plot_accuracy_and_loss(broken)


def finding(series: tuple[str, ...], epochs: tuple[int, ...], rule: Rule = Rule.LEVEL) -> Finding:
    return Finding(rule, "It is level.", "That is fine.", series, epochs)


def test_without_findings_nothing_is_marked() -> None:
    assert plot_accuracy_and_loss(HISTORY, findings=()) == plot_accuracy_and_loss(HISTORY)


@pytest.mark.parametrize("by", ["set", "metric"])
def test_the_evidence_of_a_finding_is_ringed_on_its_own_curve(by: str) -> None:
    plain = traces(plot_accuracy_and_loss(HISTORY, by=by))
    found = [finding(("val_loss", "accuracy"), (1, 2))]
    figure = plot_accuracy_and_loss(HISTORY, by=by, findings=found)
    on_loss, on_accuracy = figure.data[4:]

    assert (list(on_loss.x), list(on_loss.y)) == ([2, 3], [0.35, 0.25])
    assert (list(on_accuracy.x), list(on_accuracy.y)) == ([2, 3], [0.9, 0.95])
    for rings, name in ((on_loss, "Validation loss"), (on_accuracy, "Training accuracy")):
        assert (rings.xaxis, rings.yaxis) == (plain[name].xaxis, plain[name].yaxis)
        assert rings.marker.size > plain[name].marker.size


def test_a_finding_is_named_once_in_the_legend() -> None:
    figure = plot_accuracy_and_loss(HISTORY, findings=[finding(("val_loss", "loss"), (0, 2))])

    assert [rings.name for rings in figure.data[4:] if rings.showlegend] == ["Evidence: level"]


def test_two_findings_have_rings_of_different_shapes() -> None:
    figure = plot_accuracy_and_loss(
        HISTORY,
        findings=[finding(("loss",), (1,), Rule.UNSTABLE), finding(("val_loss",), (2,))],
    )
    first, second = figure.data[4:]

    assert first.marker.symbol != second.marker.symbol


def test_evidence_that_is_no_number_is_marked_by_a_line_at_its_epoch() -> None:
    history = HISTORY | {"loss": [0.7, float("nan"), 0.2]}
    figure = plot_accuracy_and_loss(history, findings=[finding(("loss",), (1,), Rule.NOT_A_NUMBER)])
    [line] = figure.layout.shapes

    assert line.x0 == line.x1 == 2
    assert line.xref == "x"
    assert len(figure.data) == 4
