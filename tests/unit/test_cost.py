"""Estimates of what a run will take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import TrainingConfig
from mnist_core.cost import ASK_TWICE_SECONDS, Cost, Measured, estimate

DIGITS = 54_000
DEFAULT = TrainingConfig()


def test_the_default_run_has_its_known_size() -> None:
    cost = estimate(DEFAULT, DIGITS)
    assert (cost.parameters, cost.updates) == (101_770, 5_400)
    assert 1 < cost.seconds < 60


def test_the_last_batch_of_an_epoch_counts_although_it_is_smaller() -> None:
    assert estimate(TrainingConfig(batch_size=100, epochs=2), 101).updates == 4


@given(seconds=st.floats(0.1, 10_000))
def test_the_same_run_again_is_expected_to_take_what_it_took(seconds: float) -> None:
    measured = [Measured(DEFAULT, DIGITS, seconds)]
    assert estimate(DEFAULT, DIGITS, measured).seconds == pytest.approx(seconds)


def test_one_run_on_a_busy_machine_changes_nothing() -> None:
    took = [800.0, 8.0, 9.0, 8.5]
    measured = [Measured(DEFAULT, DIGITS, seconds) for seconds in took]
    assert estimate(DEFAULT, DIGITS, measured).seconds == pytest.approx(8.75)


def test_the_runs_that_are_most_like_it_count_and_of_equal_ones_the_newest() -> None:
    another = Measured(DEFAULT.replace(epochs=100), DIGITS, 8000.0)
    alike = [Measured(DEFAULT, DIGITS, seconds) for seconds in (7.0, 8.0, 9.0, 8.0, 8.0)]
    older = [Measured(DEFAULT, DIGITS, 800.0)] * 9
    measured = [another, *alike, *older, another]
    assert estimate(DEFAULT, DIGITS, measured).seconds == pytest.approx(8.0)


@pytest.mark.parametrize(
    "more", [{"epochs": 20}, {"layers": (256,)}, {"layers": (128, 128)}, {"batch_size": 50}]
)
def test_more_work_is_expected_to_take_longer(more: dict[str, int]) -> None:
    measured = [Measured(DEFAULT, DIGITS, 8.0)]
    assert estimate(DEFAULT.replace(**more), DIGITS, measured).seconds > 8.0


def test_a_person_is_asked_twice_only_above_ten_minutes() -> None:
    assert not Cost(1, 1, ASK_TWICE_SECONDS).asks_twice
    assert Cost(1, 1, ASK_TWICE_SECONDS + 1).asks_twice
    assert not estimate(DEFAULT, DIGITS).asks_twice
    assert estimate(TrainingConfig(layers=(1024,) * 4, batch_size=1, epochs=100), DIGITS).asks_twice
