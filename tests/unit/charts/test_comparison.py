from __future__ import annotations

import math

import pytest

from mnist_core.charts import HALVING, PLAIN, ComparedRun, gather_comparison, plot_comparison
from mnist_core.charts.style import RUN_COLOURS, RUN_SYMBOLS
from mnist_core.errors import ConfigError


def compared(
    key: str, val_accuracy: list[float | None], *, steps: int | None = 36, epochs: int = 3
) -> ComparedRun:
    count = len(val_accuracy)
    history = {
        "accuracy": [0.5] * count,
        "loss": [2.0, 1.0, 0.5][:count],
        "val_accuracy": val_accuracy,
        "val_loss": [1.5] * count,
    }
    return ComparedRun(key, f"run <{key}>", history, [0.5, 0.25, 0.25][:count], epochs, steps)


FAST, SLOW = compared("one", [0.8, 0.9, 0.95]), compared("two", [0.7, None], steps=360, epochs=5)


@pytest.mark.parametrize(
    ("by", "fast", "slow"),
    [
        ("epochs", [1, 2, 3], [1, 2]),
        ("updates", [36, 72, 108], [360, 720]),
        ("seconds", [0.5, 0.75, 1.0], [0.5, 0.75]),
    ],
)
def test_the_ends_of_epochs_are_counted_in_epochs_updates_or_seconds(
    by: str, fast: list[float], slow: list[float]
) -> None:
    one, two = gather_comparison([FAST, SLOW], by=by)
    assert (one.letter, one.x, one.values) == ("A", fast, [0.8, 0.9, 0.95])
    assert (two.letter, two.x, two.values) == ("B", slow, [0.7, None])


def test_without_known_updates_a_run_has_no_point_over_updates() -> None:
    [curve] = gather_comparison([compared("one", [0.8], steps=None)], by="updates")
    assert (curve.x, curve.values) == ([], [])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"metric": "accuracies"}, "metric='accuracies' is not allowed. Choose one of: accuracy,"),
        ({"by": "steps"}, "by='steps' is not allowed. Choose one of: epochs, updates, seconds."),
    ],
)
def test_what_can_not_be_drawn_is_refused(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence.replace(".", r"\.")):
        gather_comparison([FAST], **given)


def test_more_than_eight_runs_are_refused() -> None:
    with pytest.raises(ConfigError, match="9 runs are too many"):
        gather_comparison([FAST] * 9)


@pytest.mark.parametrize("axis", [HALVING, PLAIN])
def test_accuracies_are_drawn_at_their_heights_and_told_as_numbers(axis) -> None:
    figure = plot_comparison([FAST, SLOW], accuracy_axis=axis)
    fast, slow = figure.data
    assert list(fast.y) == [axis.height(value) for value in (0.8, 0.9, 0.95)]
    assert list(fast.customdata) == ["80.0 %", "90.0 %", "95.0 %"]
    assert list(slow.y) == [axis.height(0.7), None]
    assert list(figure.layout.yaxis.range) == list(axis.shown([0.7, 0.8, 0.9, 0.95]))


def test_a_loss_has_a_plain_axis_from_zero() -> None:
    figure = plot_comparison([FAST], "loss")
    assert list(figure.data[0].y) == [2.0, 1.0, 0.5]
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > 2.0


def test_each_run_has_a_colour_a_marker_and_a_letter_of_its_own() -> None:
    figure = plot_comparison([FAST] * 8)
    assert [trace.line.color for trace in figure.data] == list(RUN_COLOURS)
    assert [trace.marker.symbol for trace in figure.data] == list(RUN_SYMBOLS)
    assert [trace.text[-1] for trace in figure.data] == list("ABCDEFGH")
    assert [trace.meta for trace in figure.data] == ["one"] * 8


def test_a_name_is_text_in_the_figure() -> None:
    assert plot_comparison([FAST]).data[0].name == "A: run &lt;one&gt;"


@pytest.mark.parametrize(("by", "end"), [("epochs", 5), ("updates", 5 * 360), ("seconds", 1.0)])
def test_the_axis_goes_on_to_where_the_longest_run_will_end(by: str, end: float) -> None:
    low, high = plot_comparison([FAST, SLOW], by=by).layout.xaxis.range
    assert low == 0
    assert end < high < 1.1 * end


def test_runs_that_have_not_begun_draw_nothing_and_break_nothing() -> None:
    figure = plot_comparison([compared("one", []), compared("two", [math.nan])], "val_loss")
    assert list(figure.data[0].x) == []
    assert figure.layout.yaxis.range[1] > 0
