"""The bars of the reliability diagram: as high as the guesses of a bin are right."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.charts import plot_calibration, style
from mnist_core.evaluation.predictions import Calibration, Evaluation

CALIBRATION = Calibration(
    edges=np.array([0, 0.25, 0.5, 0.75, 1.0]),
    count=np.array([0, 2, 0, 1998]),
    confidence=np.array([np.nan, 0.4, np.nan, 0.9]),
    accuracy=np.array([np.nan, 0.5, np.nan, 0.975]),
    ece=0.075,
)


def test_each_filled_bin_has_a_bar_over_its_whole_width_as_high_as_its_accuracy():
    bars = plot_calibration(CALIBRATION).data[0]
    assert list(bars.x) == [0.375, 0.875]
    assert list(bars.width) == [0.25, 0.25]
    assert list(bars.y) == [0.5, 0.975]


def test_the_number_of_guesses_stands_above_each_bar_and_has_room_there():
    figure = plot_calibration(CALIBRATION)
    assert list(figure.data[0].text) == ["2", "1,998"]
    assert figure.data[0].textposition == "outside"
    assert figure.layout.yaxis.range[1] > 1.1


def test_pointing_at_a_bar_tells_its_numbers_in_words():
    told = [list(numbers) for numbers in plot_calibration(CALIBRATION).data[0].customdata]
    assert told == [
        ["25.0 % to 50.0 %", "40.0 %", "50.0 %", 2],
        ["75.0 % to 100.0 %", "90.0 %", "97.5 %", 1998],
    ]


def test_the_line_of_equal_confidence_and_accuracy_is_no_bar_and_dashed():
    line = plot_calibration(CALIBRATION).data[1]
    assert (list(line.x), list(line.y)) == ([0, 1], [0, 1])
    assert line.line.dash == "dash"


def test_the_bars_look_like_those_of_test_digits_everywhere():
    marker = plot_calibration(CALIBRATION).data[0].marker
    assert (marker.color, marker.pattern.shape) == (style.TEST, ".")


@pytest.mark.parametrize("bins", [1, 10, 100])
def test_the_calibration_of_a_run_can_be_drawn_with_any_bins(bins):
    y_prob = np.random.default_rng(0).dirichlet(np.ones(10), 50).astype(np.float32)
    calibration = Evaluation(np.zeros(50, np.uint8), y_prob).calibration(bins)
    bars = plot_calibration(calibration).data[0]
    assert sum(int(text) for text in bars.text) == 50
    assert np.isfinite(bars.y).all()
