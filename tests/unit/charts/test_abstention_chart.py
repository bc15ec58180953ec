"""The two curves over the threshold under which a network says "I don't know"."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.charts import plot_abstention, threshold_name
from mnist_core.evaluation.predictions import Abstention

ABSTENTION = Abstention(
    thresholds=np.array([0.0, 0.9, 0.995]),
    answered=np.array([1000, 800, 0]),
    right=np.array([950, 792, 0]),
    digits=1000,
)


def test_both_curves_stand_over_the_same_thresholds_at_equal_distances():
    answered, wrong = plot_abstention(ABSTENTION, 0.9).data
    assert list(answered.x) == list(wrong.x) == ["0 %", "90 %", "99.5 %"]
    assert list(answered.y) == [1.0, 0.8, 0.0]
    assert list(wrong.y)[:2] == [0.05, 0.01]
    assert np.isnan(wrong.y[2])  # nothing is answered: no share of nothing


def test_the_chosen_threshold_is_marked_and_every_point_told_in_words():
    for curve in plot_abstention(ABSTENTION, 0.9).data:
        assert int(np.argmax(curve.marker.size)) == 1
        assert curve.customdata[1] == "at least 90 % sure: 800 answered, 8 of them wrong"


def test_the_curve_of_mistakes_has_a_scale_even_without_one():
    flawless = Abstention(np.array([0.0]), np.array([10]), np.array([10]), 10)
    assert plot_abstention(flawless, 0.0).layout.yaxis2.range == (0, 0.01)
    assert plot_abstention(ABSTENTION, 0.0).layout.yaxis2.range[1] > 0.05


@pytest.mark.parametrize(
    ("threshold", "name"), [(0.0, "0 %"), (0.9, "90 %"), (0.995, "99.5 %"), (1.0, "100 %")]
)
def test_a_threshold_is_written_without_needless_zeros(threshold, name):
    assert threshold_name(threshold) == name
