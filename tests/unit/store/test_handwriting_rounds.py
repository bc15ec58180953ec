"""Handwriting rounds: who is asked for what, what is kept, and that it goes with the class."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
import sqlalchemy as sa

from mnist_core.errors import (
    ClassNotFoundError,
    ConfigError,
    HandwritingClosedError,
    HandwritingNotFoundError,
    LimitError,
    NotYoursError,
)
from mnist_core.store import (
    ClassRules,
    HandwritingRound,
    Member,
    SchoolClass,
    Store,
    handwriting_rounds,
)
from mnist_core.store.handwriting_rounds import MOST_OF_A_PERSON
from mnist_core.store.schema import handwriting_digits
from tests.unit.store.store_helpers import ANNA, BEN, Clock


@pytest.fixture
def class_7b(store: Store) -> SchoolClass:
    return store.create_class("7b")


def joined(store: Store, school_class: SchoolClass, name: str = "brave otter") -> Member:
    return store.join_class(school_class.id, name, f"{name} code", token=f"token of {name}")


def ink(grey: int = 255) -> npt.NDArray[np.uint8]:
    return np.full((28, 28), grey, np.uint8)


def write(store: Store, asked: HandwritingRound, who: Member, *places: int) -> None:
    for place in places:
        store.keep_handwriting(asked.id, place, ink(place + 1), owner=who.owner)


# ---------------------------------------------------------------------------------- what is asked


def test_everybody_writes_the_same_digits_in_an_order_of_their_own_that_stays(
    store: Store, class_7b: SchoolClass
) -> None:
    asked = store.start_handwriting(class_7b.id)
    assert asked.is_open
    assert sorted(asked.tasks_of(ANNA)) == list(range(10))
    assert asked.tasks_of(ANNA) == store.list_handwriting(class_7b.id)[0].tasks_of(ANNA)
    assert asked.tasks_of(ANNA) != asked.tasks_of(BEN)


def test_of_several_each_comes_once_before_the_first_comes_again(
    store: Store, class_7b: SchoolClass
) -> None:
    asked = store.start_handwriting(class_7b.id, [7, 1, 7, 4], 3)
    assert asked.digits == (1, 4, 7)
    tasks = asked.tasks_of(ANNA)
    assert Counter(tasks) == {1: 3, 4: 3, 7: 3}
    for start in (0, 3, 6):
        assert {*tasks[start : start + 3]} == {1, 4, 7}


@pytest.mark.parametrize(
    ("digits", "each", "words"),
    [
        ([], 1, "at least one digit"),
        ([1, 10], 1, "0 to 9"),
        (["x"], 1, "0 to 9"),
        ([1], 0, "Choose 1 to 5"),
        ([1], 6, "Choose 1 to 5"),
    ],
)
def test_what_can_not_be_asked_for_is_refused(
    store: Store, class_7b: SchoolClass, digits: list, each: int, words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        store.start_handwriting(class_7b.id, digits, each)
    assert store.list_handwriting(class_7b.id) == []


def test_a_class_writes_in_one_round_at_a_time(store: Store, class_7b: SchoolClass) -> None:
    assert store.open_handwriting(class_7b.id) is None
    first = store.start_handwriting(class_7b.id)
    assert store.open_handwriting(class_7b.id) == first
    with pytest.raises(ConfigError, match="of this class is open"):
        store.start_handwriting(class_7b.id)
    store.close_handwriting(first.id)
    assert store.open_handwriting(class_7b.id) is None
    second = store.start_handwriting(class_7b.id)
    with pytest.raises(ConfigError, match="of this class is open"):
        store.reopen_handwriting(first.id)
    store.close_handwriting(second.id)
    store.reopen_handwriting(first.id)
    assert store.open_handwriting(class_7b.id) == first
    assert [each.number for each in store.list_handwriting(class_7b.id)] == [2, 1]
    other = store.create_class("8a")
    assert store.start_handwriting(other.id).number == 1


def test_an_archived_class_and_a_full_one_start_no_round(
    store: Store, class_7b: SchoolClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handwriting_rounds, "MOST_ROUNDS", 1)
    kept = store.start_handwriting(class_7b.id)
    store.close_handwriting(kept.id)
    with pytest.raises(LimitError, match="room for 1 handwriting rounds"):
        store.start_handwriting(class_7b.id)
    store.archive_class(class_7b.id)
    with pytest.raises(ConfigError, match="archived"):
        store.start_handwriting(class_7b.id)
    with pytest.raises(ClassNotFoundError):
        store.start_handwriting("0" * 12)
    assert [each.id for each in store.list_handwriting(class_7b.id)] == [kept.id]


@pytest.mark.parametrize("round_id", ["", "0" * 12, "x\0"])
def test_an_id_of_no_round_is_told_by_everything_that_takes_one(
    store: Store, round_id: str
) -> None:
    for asked in (
        store.close_handwriting,
        store.reopen_handwriting,
        store.delete_handwriting,
        store.read_handwriting,
        lambda wanted: store.keep_handwriting(wanted, 0, ink(), owner=ANNA),
    ):
        with pytest.raises(HandwritingNotFoundError):
            asked(round_id)


# ----------------------------------------------------------------------------------- what is kept


def test_a_digit_is_kept_with_the_label_that_was_asked_for(
    store: Store, class_7b: SchoolClass, clock: Clock
) -> None:
    asked, who = store.start_handwriting(class_7b.id), joined(store, class_7b)
    for place in (3, 0):
        write(store, asked, who, place)
        clock.advance(1)
    assert store.kept_handwriting(asked.id, owner=who.owner) == (3, 0)
    assert store.kept_handwriting(asked.id, owner=ANNA) == ()
    kept = store.read_handwriting(asked.id)
    assert kept.name == "class 7b, round 1"
    tasks = asked.tasks_of(who.owner)
    by_label = dict(zip(kept.labels.tolist(), kept.images[:, 0, 0].tolist(), strict=True))
    assert by_label == {tasks[3]: 4, tasks[0]: 1}
    assert kept.owners == (who.owner,) * 2
    assert not any(kept.may_delete(place, ANNA) for place in range(2))
    assert store.list_digit_sets() == []  # it is the class's own


def test_what_is_written_again_takes_the_place_of_what_was_there(
    store: Store, class_7b: SchoolClass
) -> None:
    asked, who = store.start_handwriting(class_7b.id), joined(store, class_7b)
    write(store, asked, who, 3)
    [before] = store.read_handwriting(asked.id).ids
    store.keep_handwriting(asked.id, 3, ink(99), owner=who.owner)
    kept = store.read_handwriting(asked.id)
    assert kept.images[:, 0, 0].tolist() == [99]
    assert kept.ids != (before,)  # whoever meant to take out the first takes out nothing
    store.take_out_handwriting(asked.id, [before])
    assert len(store.read_handwriting(asked.id)) == 1


def test_nobody_keeps_more_digits_than_they_are_asked_for(
    store: Store, class_7b: SchoolClass
) -> None:
    asked, who = store.start_handwriting(class_7b.id, range(10), 5), joined(store, class_7b)
    write(store, asked, who, *range(50))
    for place in (-1, 50):
        with pytest.raises(ConfigError, match="Only 50 digits are asked for"):
            write(store, asked, who, place)
    assert len(store.read_handwriting(asked.id)) == MOST_OF_A_PERSON == 50


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (ink(0), "has no ink"),
        (ink().astype(np.float32), "28 × 28"),
        (np.ones((20, 28), np.uint8), "28 × 28"),
        (np.ones(784, np.uint8), "28 × 28"),
    ],
)
def test_what_is_no_written_digit_is_refused(
    store: Store, class_7b: SchoolClass, image: npt.NDArray, words: str
) -> None:
    asked, who = store.start_handwriting(class_7b.id), joined(store, class_7b)
    with pytest.raises(ConfigError, match=words):
        store.keep_handwriting(asked.id, 0, image, owner=who.owner)
    assert len(store.read_handwriting(asked.id)) == 0


def test_a_closed_round_takes_nothing_and_keeps_what_it_has(
    store: Store, class_7b: SchoolClass
) -> None:
    asked, who = store.start_handwriting(class_7b.id), joined(store, class_7b)
    write(store, asked, who, 0)
    store.close_handwriting(asked.id)
    with pytest.raises(HandwritingClosedError):
        write(store, asked, who, 1)
    store.reopen_handwriting(asked.id)
    write(store, asked, who, 1)
    assert store.kept_handwriting(asked.id, owner=who.owner) == (0, 1)


def test_only_who_is_in_the_class_writes_for_it(store: Store) -> None:
    strict, other = (
        store.create_class("7b", ClassRules(needs_approval=True)),
        store.create_class("8a"),
    )
    asked = store.start_handwriting(strict.id)
    waiting, stranger = joined(store, strict), joined(store, other, "calm koala")
    for owner in (waiting.owner, stranger.owner, ANNA):
        with pytest.raises(NotYoursError, match="Only who is in the class"):
            store.keep_handwriting(asked.id, 0, ink(), owner=owner)
    store.approve_members(strict.id, [waiting.id])
    write(store, asked, waiting, 0)
    store.archive_class(strict.id)
    with pytest.raises(NotYoursError):
        write(store, asked, waiting, 1)
    store.bring_class_back(strict.id)
    assert len(store.read_handwriting(asked.id)) == 1


def test_the_order_of_a_set_is_by_digit_and_not_by_who_wrote_when(
    store: Store, class_7b: SchoolClass, clock: Clock
) -> None:
    asked = store.start_handwriting(class_7b.id)
    for name in ("ada", "ben", "cleo", "dan", "eve", "fay"):
        who = joined(store, class_7b, name)
        for place in range(10):
            write(store, asked, who, place)
            clock.advance(1)
    kept = store.read_handwriting(asked.id)
    assert kept.labels.tolist() == sorted([*range(10)] * 6)
    assert list(kept.ids) != sorted(kept.ids)
    for digit in range(10):
        same = [each for each, label in zip(kept.ids, kept.labels, strict=True) if label == digit]
        assert same == sorted(same)  # random numbers


def test_a_digit_that_is_taken_out_is_asked_for_again(store: Store, class_7b: SchoolClass) -> None:
    asked, who = store.start_handwriting(class_7b.id, [7]), joined(store, class_7b)
    other = store.start_handwriting(store.create_class("8a").id)
    write(store, asked, who, 0)
    ids = store.read_handwriting(asked.id).ids
    store.take_out_handwriting(other.id, ids)
    assert len(store.read_handwriting(asked.id)) == 1
    store.take_out_handwriting(asked.id, ids)
    assert store.kept_handwriting(asked.id, owner=who.owner) == ()


# -------------------------------------------------------------------------------------- forgotten


def digits_left(store: Store) -> int:
    return store._value(sa.select(sa.func.count()).select_from(handwriting_digits))


def test_a_deleted_round_takes_its_digits_along_and_leaves_the_others(
    store: Store, class_7b: SchoolClass
) -> None:
    who = joined(store, class_7b)
    first = store.start_handwriting(class_7b.id)
    write(store, first, who, 0, 1)
    store.close_handwriting(first.id)
    second = store.start_handwriting(class_7b.id)
    write(store, second, who, 0)
    store.delete_handwriting(first.id)
    assert store.list_handwriting(class_7b.id) == [second]
    assert digits_left(store) == 1


def test_whoever_is_removed_takes_their_handwriting_along_and_writes_no_more(
    store: Store, class_7b: SchoolClass
) -> None:
    asked, who = store.start_handwriting(class_7b.id), joined(store, class_7b)
    other = joined(store, class_7b, "calm koala")
    write(store, asked, who, 0, 1)
    write(store, asked, other, 0)
    store.remove_member(class_7b.id, who.id)
    assert store.read_handwriting(asked.id).owners == (other.owner,)
    with pytest.raises(NotYoursError):
        write(store, asked, who, 1)


@pytest.mark.parametrize("with_runs", [True, False])
def test_a_forgotten_class_takes_all_handwriting_along(
    store: Store, class_7b: SchoolClass, with_runs: bool
) -> None:
    other = store.create_class("8a")
    for each, name in ((class_7b, "brave otter"), (other, "calm koala")):
        write(store, store.start_handwriting(each.id), joined(store, each, name), 0, 1)
    store.forget_class(class_7b.id, with_runs=with_runs)
    assert digits_left(store) == 2
    assert store.list_handwriting(class_7b.id) == []
    assert len(store.list_handwriting(other.id)) == 1
