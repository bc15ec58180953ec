"""Estimates of turns, with numbers that can be added up by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mnist_core.store.waiting_times import TurnTaker, WaitingTime, waiting_times

TRAINS = TurnTaker(owner="a", waits=False, turn=2.0, elapsed=0.5, spent=4.0, share=0.2)
WAITS = replace(TRAINS, owner="b", waits=True, elapsed=0.0)


def test_turns_of_those_before_it_add_up_from_what_is_left_of_the_present_one() -> None:
    times = waiting_times([TRAINS, WAITS, replace(WAITS, owner="c", turn=3.0), WAITS], 1)
    assert [time.next_turn for time in times] == [None, 1.5, 3.5, 6.5]


def test_more_workers_are_quicker() -> None:
    runs = [TRAINS, replace(TRAINS, owner="d"), WAITS, replace(WAITS, owner="c")]
    one, two = waiting_times(runs, 1), waiting_times(runs, 2)
    assert [time.next_turn for time in two] == [None, None, 1.5, 2.5]
    for slow, fast in zip(one, two, strict=True):
        assert slow.done == pytest.approx(2 * fast.done)


def test_a_turn_that_takes_longer_than_the_last_one_is_about_to_end() -> None:
    late = replace(TRAINS, elapsed=60.0)
    assert waiting_times([late, WAITS], 1)[1].next_turn == 0.0


def test_equal_runs_are_done_at_the_same_time_and_shorter_ones_sooner() -> None:
    short = replace(WAITS, owner="c", share=0.8, spent=16.0)  # 2 turns are left, not 8
    times = waiting_times([TRAINS, WAITS, short], 1)
    assert [time.done for time in times] == pytest.approx([36.0, 36.0, 12.0])


def test_the_runs_of_one_person_share_that_person_s_turns() -> None:
    own = replace(WAITS, owner="a")
    alone, of_two = waiting_times([TRAINS, WAITS], 1), waiting_times([TRAINS, own, WAITS], 1)
    assert alone[1].done == pytest.approx(32.0)
    assert of_two[2].done == pytest.approx(32.0)  # not longer by somebody's second run
    assert of_two[0].done == pytest.approx(48.0)


def test_a_run_that_has_not_begun_is_taken_for_one_like_the_others() -> None:
    new = replace(WAITS, turn=None, spent=0.0, share=0.0)
    times = waiting_times([TRAINS, new, replace(new, owner="c")], 1)
    assert times[2].next_turn == 3.5
    assert times[1].done == pytest.approx(56.0)  # 8 turns of the first, 10 and 10 of the others


def test_before_the_first_turn_is_over_nothing_is_known() -> None:
    assert waiting_times([replace(TRAINS, turn=None), replace(WAITS, turn=None)], 1) == [
        WaitingTime(),
        WaitingTime(),
    ]
