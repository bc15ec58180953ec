"""The histogram of a class's guesses: a bar a range, and a line where the result is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mnist_core.charts import HALVING, RANGES, count_guesses, guesses_words, plot_guesses, style

COUNTS = [1, 0, 0, 4, 12, 3, 0]


def test_the_ranges_are_those_between_the_lines_of_the_accuracy_axis() -> None:
    assert [*RANGES] == [*pairwise(HALVING.lines)]


def test_every_guess_is_counted_in_its_range() -> None:
    assert count_guesses([0.0, 0.1, 0.95, 0.96, 0.975, 1.0]) == [2, 0, 0, 0, 2, 1, 1]


def test_a_bar_stands_over_its_range_and_says_how_many() -> None:
    [bars] = plot_guesses(COUNTS).data
    ends = [(x - width / 2, x + width / 2) for x, width in zip(bars.x, bars.width, strict=True)]
    for (left, right), (low, high) in zip(ends, RANGES, strict=True):
        assert HALVING.height(low) < left < right < HALVING.height(high)
        assert left + right == pytest.approx(HALVING.height(low) + HALVING.height(high))
    assert [*bars.y] == COUNTS
    assert [*bars.text] == ["1", "", "", "4", "12", "3", ""]


def test_the_result_is_a_line_at_its_place_above_all_bars() -> None:
    figure = plot_guesses(COUNTS, 0.978)
    line = figure.data[1]
    assert [*line.x] == [HALVING.height(0.978)] * 2
    assert line.y[1] == figure.layout.yaxis.range[1] > max(COUNTS)
    assert (line.text[1], line.line.color, line.line.dash) == ("97.8 %", style.TEST, "dot")


def test_before_anybody_guesses_the_axis_is_there() -> None:
    figure = plot_guesses([0] * len(RANGES))
    assert figure.layout.yaxis.range[1] > 0
    assert figure.layout.xaxis.ticktext[1] == "50"


def test_the_figure_is_told_in_words() -> None:
    assert guesses_words(COUNTS, 0.978) == (
        "20 predictions of the test accuracy: 1 for under 50 %, 4 for 90 to 95 %, 12 for 95 to "
        "97.5 % and 3 for 97.5 to 99 %. It is 97.8 %."
    )
    assert guesses_words([0] * 7) == "Nobody has predicted a test accuracy."
