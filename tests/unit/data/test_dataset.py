"""Names, digests and splits."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_core.data import MNIST_DIGEST, Arrays, Dataset, load_mnist, split_indices
from mnist_core.data.splitting import split_sizes, stratified_order
from mnist_core.errors import ConfigError

LABELS = hnp.arrays(np.uint8, st.integers(2, 300), elements=st.integers(0, 9))
VALIDATION = st.floats(0.01, 0.5)
FRACTION = st.floats(0.01, 1.0)


@given(LABELS, VALIDATION, FRACTION)
def test_training_and_validation_share_no_digit_and_neither_is_empty(labels, share, fraction):
    train, val = split_indices(labels, share, fraction)
    both = np.concatenate([train, val])
    assert len(np.unique(both)) == len(both)
    assert len(train) >= 1
    assert len(val) >= 1
    assert both.max() < len(labels)


@given(LABELS, VALIDATION)
def test_the_whole_fraction_leaves_no_digit_out(labels, share):
    train, val = split_indices(labels, share, 1.0)
    assert sorted([*train, *val]) == list(range(len(labels)))


@given(LABELS, VALIDATION, FRACTION, FRACTION)
def test_a_smaller_fraction_is_part_of_a_larger_one(labels, share, one, other):
    small, small_val = split_indices(labels, share, min(one, other))
    large, large_val = split_indices(labels, share, max(one, other))
    np.testing.assert_array_equal(small, large[: len(small)])
    np.testing.assert_array_equal(small_val, large_val)


@given(LABELS, st.integers(0, 300))
def test_each_stretch_of_the_order_holds_the_classes_in_proportion(labels, length):
    sizes = np.bincount(labels, minlength=10)
    length = min(length, len(labels))
    counts = np.bincount(labels[stratified_order(labels)[:length]], minlength=10)
    classes = np.count_nonzero(sizes)
    # Webster's rule: half a digit off for rounding, and what the rounding of the others shifts.
    bound = 0.5 + classes * sizes / (2 * len(labels))
    assert (np.abs(counts - sizes * length / len(labels)) <= bound + 1e-9).all()


@given(st.integers(2, 200_000), VALIDATION, FRACTION)
def test_shares_are_met_to_the_digit_with_at_least_one_in_each_part(digits, share, fraction):
    training, validation = split_sizes(digits, share, fraction)
    assert abs(validation - share * digits) <= 1
    assert abs(training - fraction * (digits - validation)) <= 1
    assert training >= 1
    assert validation >= 1


@settings(max_examples=20)
@given(VALIDATION, FRACTION)
def test_the_count_for_the_sliders_is_what_the_split_gives(share, fraction):
    dataset = load_mnist("sample")
    split = dataset.split(share, fraction)
    assert dataset.training_digits(share, fraction) == len(split.x_train) == len(split.y_train)


def test_a_tenth_kept_aside_is_a_tenth_of_every_class(largest_dataset: Dataset):
    split = largest_dataset.split(0.1)
    assert len(split.y_val) == len(largest_dataset.y_train) // 10
    share = np.bincount(split.y_val) / np.bincount(largest_dataset.y_train)
    np.testing.assert_allclose(share, 0.1, atol=0.003)


def test_images_stay_with_their_labels(largest_dataset: Dataset):
    split = largest_dataset.split(0.2, 0.3)
    train, val = split_indices(largest_dataset.y_train, 0.2, 0.3)
    np.testing.assert_array_equal(split.x_train, largest_dataset.x_train[train])
    np.testing.assert_array_equal(split.y_train, largest_dataset.y_train[train])
    np.testing.assert_array_equal(split.x_val, largest_dataset.x_train[val])
    np.testing.assert_array_equal(split.y_val, largest_dataset.y_train[val])


def test_digits_sorted_by_class_come_out_mixed():
    train, _ = split_indices(np.repeat(np.arange(10, dtype=np.uint8), 100), 0.1, 1.0)
    labels = train // 100
    assert all(len(set(labels[start : start + 30])) == 10 for start in range(0, 870, 30))


def test_the_split_never_changes_from_one_version_to_the_next():
    # Stored runs are compared with new ones: another split would be another exam.
    train, val = split_indices(np.arange(24, dtype=np.uint8) % 10, 0.25, 0.5)
    assert (train.tolist(), val.tolist()) == (
        [16, 5, 17, 8, 13, 10, 2, 11, 15],
        [3, 20, 22, 21, 19, 4],
    )


def test_a_split_of_full_size_is_quick():
    labels = np.random.default_rng(0).integers(0, 10, 60_000).astype(np.uint8)
    start = time.thread_time()  # of this thread alone: the machine may be busy otherwise
    split_indices(labels, 0.1, 0.5)
    assert time.thread_time() - start < 0.3


@pytest.mark.parametrize(("share", "fraction"), [(0.0, 1.0), (0.6, 1.0), (0.1, 0.0), (0.1, 1.1)])
def test_a_share_outside_its_limits_is_refused_with_the_range(share, fraction):
    with pytest.raises(ConfigError, match=r"Choose 0\.01 to"):
        load_mnist("sample").split(share, fraction)


def test_the_showcase_is_two_of_each_digit_and_always_the_same():
    split = load_mnist("sample").split(0.1)
    shown = split.showcase()
    assert split.y_val[shown].tolist() == [*range(10), *range(10)]
    assert len(set(shown)) == 20
    assert load_mnist("sample").split(0.1).showcase().tolist() == shown.tolist()


def test_the_showcase_of_few_digits_shows_them_all(few: Arrays):
    split = Dataset.from_arrays(few, name="few", source="a test").split(0.1)
    assert sorted(split.showcase()) == [0, 1, 2, 3]


def test_the_digest_follows_values_shape_and_nothing_else(few: Arrays):
    other = few.x_train.copy()
    other[0, 0, 0] += 1
    assert few.digest() == Arrays(*(array.copy() for array in few)).digest()
    assert few.digest() == few._replace(x_train=np.asfortranarray(few.x_train)).digest()
    assert few.digest() != few._replace(x_train=other).digest()
    assert few.digest() != few._replace(x_train=few.x_train.reshape(40, 784)).digest()
    assert few.digest() != few._replace(y_train=few.y_train[::-1]).digest()


def test_all_of_mnist_is_recognised_by_its_arrays(largest_dataset: Dataset):
    is_full = len(largest_dataset.y_train) == 60_000
    assert (largest_dataset.digest == MNIST_DIGEST) == is_full
    assert (largest_dataset.name == "Full MNIST") == is_full
    assert largest_dataset.description in {
        "Full MNIST, 70,000 digits",
        "Built-in sample, 5,000 digits",
    }


def test_a_file_of_your_own_keeps_its_name_and_claims_no_licence(few: Arrays):
    dataset = Dataset.from_arrays(few, name="few.npz", source="a test")
    assert dataset.description == "few.npz, 60 digits"
    assert "LeCun" not in dataset.licence
    assert not dataset.is_sample


def test_nobody_can_write_to_the_digits_that_all_share(few: Arrays):
    dataset = Dataset.from_arrays(few, name="few", source="a test")
    with pytest.raises(ValueError, match="read-only"):
        dataset.x_train[0] = 0


def test_two_data_sets_can_be_compared_and_printed(few: Arrays):
    one, other = (Dataset.from_arrays(few, name="few", source="a test") for _ in range(2))
    assert one != other
    assert len(repr(one)) < 300
