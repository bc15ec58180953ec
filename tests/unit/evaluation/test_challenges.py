"""Challenges: who leads, who ties, and what can't be won by luck."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import TrainingConfig
from mnist_core.evaluation.challenges import (
    MOST_PARAMETERS,
    QUICK_LEARNER,
    SMALL_NETWORK,
    Challenge,
    Entry,
    Place,
    rank,
)


def entry(
    person: str, *val_accuracy: float, key: str = "", parameters: int = 9_550, **given: object
) -> Entry:
    values = {
        "training_digits": 54_000,
        "validation_digits": 6_000,
        "validation_split": 0.1,
        **given,
    }
    return Entry(
        person=person, key=key or person, parameters=parameters, val_accuracy=val_accuracy, **values
    )


def people(places: list[Place]) -> list[tuple[int, list[str]]]:
    return [(each.number, sorted(who.best.person for who in each.standings)) for each in places]


def test_whoever_lies_within_the_leaders_interval_shares_the_place() -> None:
    # The 95 % interval of 94.0 % of 6,000, as one of four, goes down to 93.2 %.
    found = rank(
        SMALL_NETWORK,
        [entry("a", 0.94), entry("b", 0.933), entry("c", 0.93), entry("d", 0.80)],
    )
    assert people(found) == [(1, ["a", "b"]), (3, ["c"]), (4, ["d"])]
    assert [place.words for place in found] == ["Place 1: a tie of 2", "Place 3", "Place 4"]


def test_fewer_validation_digits_tell_less() -> None:
    def both(validation_digits: int) -> list[Entry]:
        return [
            entry(person, value, validation_digits=validation_digits)
            for person, value in (("a", 0.94), ("b", 0.91))
        ]

    assert people(rank(SMALL_NETWORK, both(6_000))) == [(1, ["a"]), (2, ["b"])]
    assert people(rank(SMALL_NETWORK, both(400))) == [(1, ["a", "b"])]


def test_a_network_with_more_parameters_takes_no_part_in_small_network() -> None:
    largest = TrainingConfig(layers=(12,)).parameters
    too_large = TrainingConfig(layers=(13,)).parameters
    assert largest <= MOST_PARAMETERS < too_large
    found = rank(
        SMALL_NETWORK,
        [entry("a", 0.94, parameters=largest), entry("b", 0.98, parameters=too_large)],
    )
    assert people(found) == [(1, ["a"])]


def test_the_accuracy_at_the_end_counts_and_not_the_best_epoch() -> None:
    [place] = rank(SMALL_NETWORK, [entry("a", 0.99, 0.94)])
    assert place.standings[0].score.value == 0.94


@pytest.mark.parametrize("challenge", [SMALL_NETWORK, QUICK_LEARNER])
def test_who_is_checked_by_too_few_digits_takes_no_part(challenge: Challenge) -> None:
    lucky = entry("a", 1.0, validation_split=0.01, validation_digits=40)
    assert rank(challenge, [lucky]) == []


def test_the_fewest_digits_seen_lead_whatever_the_epochs() -> None:
    found = rank(
        QUICK_LEARNER,
        [
            entry("a", 0.93, 0.97, training_digits=54_000),
            entry("b", 0.8, 0.9, 0.97, training_digits=20_000),
            entry("never", 0.94, 0.949),
        ],
    )
    assert people(found) == [(1, ["b"]), (2, ["a"])]
    assert [QUICK_LEARNER.written(place.standings[0].score.value) for place in found] == [
        "60,000 digits",
        "108,000 digits",
    ]


def test_who_may_have_reached_it_by_luck_does_not_win_alone() -> None:
    touched = entry("lucky", 0.951, 0.949, 0.97, training_digits=20_000)
    surely = entry("sure", 0.97, training_digits=54_000)
    assert people(rank(QUICK_LEARNER, [touched, surely])) == [(1, ["lucky", "sure"])]
    sooner = entry("sooner", 0.97, training_digits=19_000)
    assert people(rank(QUICK_LEARNER, [touched, surely, sooner])) == [
        (1, ["sooner"]),
        (2, ["lucky", "sure"]),
    ]


def test_where_nobody_reached_it_for_sure_all_who_did_tie() -> None:
    found = rank(QUICK_LEARNER, [entry("a", 0.951), entry("b", 0.9, 0.952)])
    assert people(found) == [(1, ["a", "b"])]


def test_exactly_95_per_cent_is_reached_in_the_numbers_that_keras_keeps() -> None:
    value = float(np.float32(0.95))
    assert value < 0.95
    assert people(rank(QUICK_LEARNER, [entry("a", value)])) == [(1, ["a"])]


def test_trying_again_and_again_makes_ties_and_no_winner() -> None:
    honest = entry("honest", 0.94)
    better = entry("patient", 0.9495, key="the best")
    assert people(rank(SMALL_NETWORK, [honest, better])) == [(1, ["patient"]), (2, ["honest"])]
    tries = [entry("patient", 0.94, key=str(number)) for number in range(200)]
    found = rank(SMALL_NETWORK, [honest, better, *tries])
    assert people(found) == [(1, ["honest", "patient"])]
    assert sorted(standing.tries for standing in found[0].standings) == [1, 201]


def test_a_deleted_try_was_a_try_and_can_not_win() -> None:
    better = entry("patient", 0.9495, key="kept")
    deleted = [entry("patient", 0.99, key=str(number), is_deleted=True) for number in range(200)]
    [place] = rank(SMALL_NETWORK, [entry("honest", 0.94), better, *deleted])
    assert [(standing.best.key, standing.tries) for standing in place.standings] == [
        ("honest", 1),
        ("kept", 201),
    ]


@pytest.mark.parametrize("count", [2, 30])
def test_who_is_as_good_as_the_leader_is_hardly_ever_left_out(count: int) -> None:
    # Half of the luck is that of the digits, which all have in common.
    random = np.random.default_rng(0)
    deviation = math.sqrt(0.94 * 0.06 / 6_000)
    left_out = winners = 0
    for _ in range(200):
        luck = math.sqrt(0.5) * (random.standard_normal(count) + random.standard_normal())
        values = 0.94 + deviation * luck
        first, *_ = rank(SMALL_NETWORK, [entry(str(n), each) for n, each in enumerate(values)])
        left_out += count - len(first.standings)
        winners += len(first.standings) == 1
    assert left_out / (200 * count) < 0.05
    assert winners / 200 < 0.05


def test_a_person_counts_once_with_their_best_run() -> None:
    found = rank(SMALL_NETWORK, [entry("a", 0.9, key="1"), entry("a", 0.94, key="2")])
    assert [(who.best.key, who.tries) for each in found for who in each.standings] == [("2", 2)]


def test_ties_stand_in_an_order_that_says_nothing_of_who_is_better() -> None:
    standings = [entry("a", 0.94, parameters=9_550), entry("b", 0.939, parameters=7_850)]
    [place] = rank(SMALL_NETWORK, standings)
    assert [standing.best.parameters for standing in place.standings] == [7_850, 9_550]


@pytest.mark.parametrize("challenge", [SMALL_NETWORK, QUICK_LEARNER])
def test_what_was_not_a_number_has_no_place(challenge: Challenge) -> None:
    tried = [entry("a"), entry("b", math.nan), entry("c", 0.9, math.nan)]
    assert rank(challenge, tried) == []


entries = st.lists(
    st.builds(
        lambda person, values, parameters, is_deleted, key: entry(
            person, *values, parameters=parameters, is_deleted=is_deleted, key=str(key)
        ),
        st.sampled_from("abcdef"),
        st.lists(st.floats(0, 1) | st.just(math.nan), max_size=3),
        st.integers(7_850, 12_000),
        st.booleans(),
        st.integers(),
    ),
    max_size=12,
)


@given(entries, st.sampled_from([SMALL_NETWORK, QUICK_LEARNER]))
def test_everybody_has_one_place_and_nobody_who_measured_better_stands_behind(
    tried: list[Entry], challenge: Challenge
) -> None:
    found = rank(challenge, tried)
    standings = [standing for place in found for standing in place.standings]
    assert len({standing.best.person for standing in standings}) == len(standings)
    assert [place.number for place in found] == [
        1 + sum(len(before.standings) for before in found[:number]) for number in range(len(found))
    ]
    for before, after in itertools.pairwise(found):
        worst = min(standing.score.value for standing in before.standings)
        assert max(standing.score.value for standing in after.standings) < worst
