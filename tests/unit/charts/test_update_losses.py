"""The curve of updates made by hand: its points, and what it says in words."""

from __future__ import annotations

import math

from mnist_core.charts import plot_update_losses, update_losses_words
from mnist_core.charts.style import TRAINING, VALIDATION


def test_both_curves_have_a_point_before_each_update_and_after_the_last() -> None:
    taught, watched = plot_update_losses([2.5, 1.0, 0.2], [2.3, 2.4, 2.9]).data
    assert list(taught.x) == list(watched.x) == [0, 1, 2]
    assert list(taught.y) == [2.5, 1.0, 0.2]
    assert list(watched.y) == [2.3, 2.4, 2.9]
    assert (taught.line.color, watched.line.color) == (TRAINING, VALIDATION)


def test_a_loss_that_is_no_number_is_left_out_and_said() -> None:
    taught, _ = plot_update_losses([2.5, math.nan], [2.3, math.inf]).data
    assert list(taught.y) == [2.5, None]
    assert update_losses_words([2.5, math.nan], [2.3, math.inf]) == (
        "Loss over 1 update: from 2.5000 to – for the digits being taught, "
        "from 2.3000 to – for the validation digits."
    )
