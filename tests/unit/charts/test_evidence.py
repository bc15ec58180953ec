from __future__ import annotations

import numpy as np

from mnist_core.charts import plot_evidence, style
from mnist_core.charts.evidence import gather_evidence


def made_up() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(28, 28)).astype(np.float32)


def test_what_speaks_for_one_answer_and_what_for_the_other_add_up_to_all() -> None:
    pixels = made_up()
    evidence = gather_evidence(pixels)
    np.testing.assert_array_equal(evidence.first - evidence.second, pixels)
    assert evidence.first.min() == evidence.second.min() == 0
    assert evidence.largest == np.abs(pixels).max()


def test_numbers_that_overflowed_speak_for_nobody() -> None:
    pixels = made_up()
    pixels[0, :3] = np.nan, np.inf, -np.inf
    evidence = gather_evidence(pixels)
    assert np.isfinite(evidence.first).all()
    assert evidence.first[0, :3].tolist() == evidence.second[0, :3].tolist() == [0, 0, 0]


def test_both_pictures_have_one_scale_and_lie_the_right_way_up() -> None:
    pixels = made_up()
    figure = plot_evidence(pixels, 9, 4, true=4)
    first, second = figure.data
    np.testing.assert_array_equal(first.z, gather_evidence(pixels).first)
    np.testing.assert_array_equal(second.z, gather_evidence(pixels).second)
    assert (first.zmin, first.zmax) == (second.zmin, second.zmax)
    ends = [trace.colorscale[-1][1] for trace in figure.data]
    assert ends == [style.WRONG, style.RIGHT]
    assert [note.text for note in figure.layout.annotations] == ["for 9", "for 4"]
    assert figure.layout.yaxis.autorange == figure.layout.yaxis2.autorange == "reversed"


def test_an_image_without_evidence_is_drawn_as_well() -> None:
    assert plot_evidence(np.zeros((28, 28), np.float32), 9, 4, true=4).data[0].zmax > 0
