"""Counts, averages and distances: by made-up digits, by law, and on real ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_core.data import Dataset, Likeness, Pair, count_digits
from mnist_core.data.statistics import average_digits, average_distances, most_alike


def flat(*levels: int) -> np.ndarray:
    """Images of one grey level each."""
    return np.stack([np.full((28, 28), level, np.uint8) for level in levels])


def labels(*digits: int) -> np.ndarray:
    return np.array(digits, np.uint8)


any_averages = hnp.arrays(np.float64, (10, 28, 28), elements=st.floats(0, 255), fill=st.just(0.0))


def test_each_digit_is_counted_and_a_missing_one_counts_zero():
    assert count_digits(labels(3, 3, 9, 0)).tolist() == [1, 0, 0, 2, 0, 0, 0, 0, 0, 1]
    assert count_digits(labels()).tolist() == [0] * 10


def test_an_average_lies_between_its_images_pixel_by_pixel():
    images = flat(10, 20, 200)
    images[0, 5, 7] = 100
    averages = average_digits(images, labels(4, 4, 1))
    assert averages[4, 0, 0] == 15
    assert averages[4, 5, 7] == 60
    assert (averages[1] == 200).all()


def test_averages_of_bright_images_do_not_overflow():
    assert (average_digits(flat(*[255] * 300), labels(*[2] * 300))[2] == 255).all()


def test_a_missing_digit_has_no_average_and_no_distance_and_warns_nobody():
    likeness = Likeness.of(flat(0, 100), labels(1, 7))
    assert np.isnan(likeness.averages[3]).all()
    assert np.isnan(likeness.distances[3]).all()
    assert likeness.present == [1, 7]
    assert likeness.pairs == [Pair(1, 7, 100.0)]


def test_the_distance_says_by_how_many_grey_levels_a_pixel_differs():
    averages = np.zeros((10, 28, 28))
    averages[1, :14] = 50  # half of all pixels
    assert average_distances(averages)[0, 1] == 25


@given(any_averages)
def test_distances_are_zero_to_oneself_the_same_both_ways_and_never_longer_than_round_a_third(
    averages,
):
    distances = average_distances(averages)
    assert (distances.diagonal() == 0).all()
    assert (distances == distances.T).all()
    assert (distances >= 0).all()
    assert (distances <= 255).all()
    over_a_third = distances[:, :, np.newaxis] + distances[np.newaxis]
    assert (distances[:, np.newaxis] <= over_a_third + 1e-9).all()


def test_pairs_are_ranked_from_the_most_to_the_least_alike_each_once():
    likeness = Likeness.of(flat(0, 10, 40), labels(5, 2, 8))
    assert likeness.pairs == [Pair(2, 5, 10.0), Pair(2, 8, 30.0), Pair(5, 8, 40.0)]


def test_one_digit_alone_is_like_no_other():
    assert most_alike(average_distances(average_digits(flat(9), labels(6)))) == []


def test_the_order_of_the_images_changes_nothing_but_rounding(largest_dataset: Dataset):
    images, digits = largest_dataset.x_train[:2000], largest_dataset.y_train[:2000]
    there, back = average_digits(images, digits), average_digits(images[::-1], digits[::-1])
    np.testing.assert_allclose(there, back, rtol=0, atol=1e-9)


def test_of_real_digits_4_and_9_are_the_most_alike_and_0_and_1_the_least(
    largest_dataset: Dataset,
):
    likeness = Likeness.of(largest_dataset.x_train, largest_dataset.y_train)
    assert likeness.present == list(range(10))
    assert len(likeness.pairs) == 45
    assert likeness.pairs[0][:2] == (4, 9)
    assert likeness.pairs[-1][:2] == (0, 1)


def test_pictures_are_the_averages_in_whole_grey_levels():
    likeness = Likeness.of(flat(10, 11, 200), labels(4, 4, 1))
    pictures = likeness.pictures([1, 4])
    assert pictures.dtype == np.uint8
    assert pictures[:, 0, 0].tolist() == [200, 10]  # 10.5 rounds to the even neighbour
