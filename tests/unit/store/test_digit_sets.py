"""Drawn digits: kept under a set's name, read in their order, deleted by those who may."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mnist_core.errors import ConfigError, LimitError, NotYoursError
from mnist_core.store import DigitSetEntry, Store, digit_sets
from tests.unit.store.store_helpers import ANNA, BEN, Clock

CARL = "c" * 64


def drawn(count: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28), dtype=np.uint8)


def test_digits_come_back_in_their_order_under_the_name_of_their_set(
    store: Store, clock: Clock
) -> None:
    images = drawn(5)
    assert store.keep_digits(" class\n7b ", images[:3], [3, 1, 2], owner=ANNA) == 3
    clock.advance(1)
    assert store.keep_digits("class 7b", images[3:], [0, 9], owner=BEN) == 5
    kept = store.read_digit_set("class 7b")
    np.testing.assert_array_equal(kept.images, images)
    assert kept.labels.tolist() == [3, 1, 2, 0, 9]
    assert kept.owners == (ANNA,) * 3 + (BEN,) * 2
    assert len(set(kept.ids)) == len(kept) == 5


def test_sets_are_listed_by_their_newest_digit(store: Store, clock: Clock) -> None:
    for name in ("first", "second", "first"):
        store.keep_digits(name, drawn(1), [1], owner=ANNA)
        clock.advance(1)
    assert store.list_digit_sets() == [
        DigitSetEntry(name="first", size=2),
        DigitSetEntry(name="second", size=1),
    ]


def test_a_set_that_nobody_began_is_empty(store: Store) -> None:
    kept = store.read_digit_set("nothing")
    assert len(kept) == 0
    assert kept.images.shape == (0, 28, 28)
    assert kept.founder is None
    assert store.list_digit_sets() == []


def test_people_delete_their_own_digits_and_the_founder_everybodys(
    store: Store, clock: Clock
) -> None:
    for owner in (ANNA, BEN, CARL):
        store.keep_digits("7b", drawn(1), [1], owner=owner)
        clock.advance(1)
    annas, bens, carls = store.read_digit_set("7b").ids
    with pytest.raises(NotYoursError, match="whoever began the set"):
        store.delete_digits("7b", [bens, carls], owner=BEN)
    assert len(store.read_digit_set("7b")) == 3
    store.delete_digits("7b", [bens], owner=BEN)
    store.delete_digits("7b", [annas, bens, carls], owner=ANNA)
    assert store.list_digit_sets() == []


def test_whoever_began_a_set_stays_its_founder_without_the_first_digit(
    store: Store, clock: Clock
) -> None:
    for owner in (ANNA, BEN):
        store.keep_digits("7b", drawn(1), [1], owner=owner)
        clock.advance(1)
    annas, bens = store.read_digit_set("7b").ids
    store.delete_digits("7b", [annas], owner=ANNA)
    store.keep_digits("7b", drawn(1), [2], owner=CARL)
    kept = store.read_digit_set("7b")
    assert kept.founder == ANNA
    with pytest.raises(NotYoursError):
        store.delete_digits("7b", kept.ids, owner=BEN)
    store.delete_digits("7b", [bens], owner=ANNA)


def test_deleting_leaves_the_digits_of_other_sets_alone(store: Store) -> None:
    store.keep_digits("one", drawn(1), [1], owner=ANNA)
    store.keep_digits("other", drawn(1), [1], owner=BEN)
    store.delete_digits("one", store.read_digit_set("other").ids, owner=ANNA)
    assert len(store.read_digit_set("other")) == 1


@pytest.mark.parametrize(
    ("name", "images", "labels", "words"),
    [
        (" ", drawn(1), [1], "needs a name"),
        ("x" * 81, drawn(1), [1], "at most 80"),
        ("7b", drawn(2), [1], "2 digits and 1 labels"),
        ("7b", drawn(0), [], "0 digits"),
        ("7b", drawn(1), [10], "0 to 9"),
        ("7b", drawn(1)[:, :20], [1], "28 × 28"),
        ("7b", drawn(1).astype(np.float32), [1], "28 × 28"),
    ],
)
def test_what_can_not_be_kept_is_refused(
    store: Store, name: str, images: npt.NDArray[np.uint8], labels: list[int], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        store.keep_digits(name, images, labels, owner=ANNA)
    assert store.list_digit_sets() == []


def test_a_full_set_and_a_full_list_say_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digit_sets, "MOST_IN_A_SET", 3)
    monkeypatch.setattr(digit_sets, "MOST_SETS", 2)
    store.keep_digits("7b", drawn(3), [1, 2, 3], owner=ANNA)
    with pytest.raises(LimitError, match="has room for 3 digits"):
        store.keep_digits("7b", drawn(1), [1], owner=BEN)
    store.keep_digits("7c", drawn(1), [1], owner=BEN)
    with pytest.raises(LimitError, match="room for 2 sets"):
        store.keep_digits("7d", drawn(1), [1], owner=BEN)
    assert [(each.name, each.size) for each in store.list_digit_sets()] == [("7b", 3), ("7c", 1)]
