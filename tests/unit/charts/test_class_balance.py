"""The bars of the class balance: as high as there are digits."""

from __future__ import annotations

import numpy as np

from mnist_core.charts import ClassBalance, gather_class_balance, plot_class_balance
from mnist_core.data import load_mnist

BALANCE = ClassBalance(
    train=[5, 4, 3, 2, 1, 0, 1, 2, 3, 4], val=[1] * 10, test=[2, 2, 2, 2, 2, 2, 2, 2, 2, 3]
)


def test_each_part_is_counted_by_its_own_labels():
    balance = gather_class_balance(
        np.array([0, 0, 9], np.uint8), np.array([3], np.uint8), np.array([], np.uint8)
    )
    assert balance.train == [2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert balance.val == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert balance.test == [0] * 10


def test_the_split_of_the_sample_is_as_even_as_the_sample():
    sample = load_mnist("sample")
    split = sample.split(0.1)
    balance = gather_class_balance(split.y_train, split.y_val, sample.y_test)
    assert balance == ClassBalance([360] * 10, [40] * 10, [100] * 10)


def test_each_bar_is_as_high_as_its_count_and_stands_at_its_digit():
    bars = plot_class_balance(BALANCE).data
    assert {bar.name: list(bar.y) for bar in bars} == {
        "Training": BALANCE.train,
        "Validation": BALANCE.val,
        "Test": BALANCE.test,
    }
    assert all(list(bar.x) == list(range(10)) for bar in bars)


def test_the_parts_of_a_digit_stand_on_top_of_each_other():
    assert plot_class_balance(BALANCE).layout.barmode == "stack"


def test_the_parts_have_the_colours_of_every_chart_and_differ_without_colour_too():
    bars = plot_class_balance(BALANCE).data
    colours = {bar.name: bar.marker.color for bar in bars}
    assert colours["Training"] == "#0072B2"
    assert colours["Validation"] == "#E69F00"
    assert len(set(colours.values())) == 3
    assert len({bar.marker.pattern.shape for bar in bars}) == 3
    assert all(bar.marker.pattern.bgcolor == bar.marker.color for bar in bars)


def test_the_axes_say_what_they_count():
    layout = plot_class_balance(BALANCE).layout
    assert layout.xaxis.title.text == "Digit"
    assert layout.yaxis.title.text == "Images"
