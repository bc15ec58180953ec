"""The ten bars of one digit, the guess and the true digit marked."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.charts import plot_probabilities, style
from mnist_core.errors import EvaluationError

Y_PROB = np.array([0, 0, 0, 0.01, 0.25, 0, 0, 0.04, 0, 0.7], np.float32)


def heights(figure):
    return {
        digit: height for bars in figure.data for digit, height in zip(bars.x, bars.y, strict=True)
    }


@pytest.mark.parametrize("true", [4, 9])
def test_each_digit_has_one_bar_as_high_as_its_likelihood(true):
    drawn = heights(plot_probabilities(Y_PROB, true))
    assert drawn == {digit: pytest.approx(Y_PROB[digit]) for digit in range(10)}


def test_guess_and_true_digit_are_told_apart_by_colour_pattern_and_words():
    other, guess, true = plot_probabilities(Y_PROB, 4).data
    assert (guess.x, true.x) == ((9,), (4,))
    assert guess.name == "Guess: 9, 70.0 %"
    assert true.name == "True digit: 4, 25.0 %"
    assert (guess.marker.color, true.marker.color) == (style.WRONG, style.RIGHT)
    assert len({bars.marker.pattern.shape for bars in (other, guess, true)}) == 3


def test_the_legend_names_the_marked_bars_only():
    figure = plot_probabilities(Y_PROB, 4)
    assert figure.layout.showlegend
    assert [bars.showlegend for bars in figure.data] == [False, True, True]


def test_a_right_guess_is_one_bar_with_both_names():
    _, right = plot_probabilities(Y_PROB, 9).data
    assert right.name == "Guess and true digit: 9, 70.0 %"
    assert (right.x, right.marker.color) == ((9,), style.RIGHT)


def test_where_nobody_said_what_it_is_the_guess_is_neither_right_nor_wrong():
    other, guess = plot_probabilities(Y_PROB, None).data
    assert (guess.x, guess.name) == ((9,), "Guess: 9, 70.0 %")
    assert guess.marker.color not in (style.RIGHT, style.WRONG, other.marker.color)
    assert guess.marker.pattern.shape != other.marker.pattern.shape
    assert heights(plot_probabilities(Y_PROB, None)) == heights(plot_probabilities(Y_PROB, 4))


def test_a_likelihood_of_one_is_drawn_whole():
    figure = plot_probabilities(np.eye(10, dtype=np.float32)[3], 3)
    assert figure.layout.yaxis.range[1] > 1
    assert list(figure.layout.xaxis.range) == [-0.5, 9.5]


def test_likelihoods_that_are_not_numbers_are_said_to_be_so():
    figure = plot_probabilities(np.full(10, np.nan, np.float32), 4)
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == "No guess: the likelihoods are not numbers."


@pytest.mark.parametrize(
    ("y_prob", "true", "message"),
    [(Y_PROB[:9], 4, "must be 10 numbers"), (Y_PROB, 10, "10 is no digit")],
)
def test_what_is_no_digit_is_not_drawn(y_prob, true, message):
    with pytest.raises(EvaluationError, match=message):
        plot_probabilities(y_prob, true)
