"""Wishes: what the sliders rest on, and nothing that they only pass."""

from __future__ import annotations

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.serving.precompile import REST_SECONDS, PrecompileRequest, PrecompileRequests


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_nobody_wishes_for_anything_at_first(clock: Clock) -> None:
    assert PrecompileRequests(clock).present is None


def test_settings_become_a_wish_once_they_have_rested(tiny: Dataset, clock: Clock) -> None:
    precompile_requests = PrecompileRequests(clock)
    precompile_requests.note(tiny, TrainingConfig(layers=(64,)))
    assert precompile_requests.present is None
    clock.now = REST_SECONDS
    assert precompile_requests.present == PrecompileRequest(tiny, TrainingConfig(layers=(64,)))


def test_sliders_that_are_still_moving_put_the_wish_off(tiny: Dataset, clock: Clock) -> None:
    precompile_requests = PrecompileRequests(clock)
    for nodes in range(10, 20):
        precompile_requests.note(tiny, TrainingConfig(layers=(nodes,)))
        clock.now += 0.9 * REST_SECONDS
        assert precompile_requests.present is None
    clock.now += REST_SECONDS
    assert precompile_requests.present == PrecompileRequest(tiny, TrainingConfig(layers=(19,)))


def test_what_needs_no_compiling_is_no_new_wish(tiny: Dataset, clock: Clock) -> None:
    precompile_requests = PrecompileRequests(clock)
    precompile_requests.note(tiny, TrainingConfig())
    clock.now = REST_SECONDS
    before = precompile_requests.present
    precompile_requests.note(tiny, TrainingConfig(seed=5, epochs=3, learning_rate=0.1))
    assert precompile_requests.present is before
