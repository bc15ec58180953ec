"""Batches: every digit once an epoch, and chunks that keep nobody waiting."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_core.config import TrainingConfig
from mnist_core.training.batches import NOBODY, chunk_size, cut, deal, epoch_order, pieces

MNIST = 54_000


@given(seed=st.integers(0, 2**31 - 1), epoch=st.integers(0, 99), digits=st.integers(1, 2000))
@settings(deadline=None)
def test_an_epoch_shows_every_digit_once(seed: int, epoch: int, digits: int) -> None:
    assert sorted(epoch_order(seed, epoch, digits)) == list(range(digits))


def test_every_epoch_has_an_order_of_its_own() -> None:
    orders = {epoch_order(seed, epoch, 100).tobytes() for seed in range(5) for epoch in range(5)}
    assert len(orders) == 25


@given(digits=st.integers(1, 2000), batch_size=st.integers(1, 500))
def test_dealing_gives_every_digit_to_one_batch(digits: int, batch_size: int) -> None:
    rows = deal(TrainingConfig(batch_size=batch_size), 3, digits)
    assert rows.shape == (-(-digits // batch_size), batch_size)
    assert sorted(rows[rows != NOBODY]) == [*range(digits)]
    assert (rows[:-1] != NOBODY).all()


@given(steps=st.integers(1, 300), chunk=st.integers(1, 100), data=st.data())
def test_the_chunks_of_an_epoch_are_its_batches_in_order(
    steps: int, chunk: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, steps - 1))
    rows = np.arange(steps, dtype=np.int32).reshape(-1, 1)
    seen: list[int] = []
    for begin in range(first, steps, chunk):
        piece, real = cut(rows, begin, chunk)
        assert len(piece) == chunk
        assert (piece[real:] == NOBODY).all()
        seen += piece[:real, 0].tolist()
    assert seen == [*range(first, steps)]


def chunks(config: TrainingConfig) -> int:
    return math.ceil(config.steps_per_epoch(MNIST) / chunk_size(config, MNIST))


def test_a_usual_epoch_is_reported_ten_times() -> None:
    for batch_size in (50, 100, 600):
        assert chunks(TrainingConfig(batch_size=batch_size)) == 10


def test_a_short_epoch_is_reported_after_every_batch() -> None:
    assert chunks(TrainingConfig(batch_size=10_000)) == 6


def test_a_slow_network_does_not_let_a_person_wait_for_stop() -> None:
    assert chunks(TrainingConfig(layers=(1024, 1024, 1024), batch_size=1)) > 10


@given(nodes=st.integers(1, 1024), batch_size=st.integers(1, 1000), epoch=st.integers(0, 2))
def test_no_piece_is_longer_than_a_chunk_and_only_the_first_of_all_is_cut(
    nodes: int, batch_size: int, epoch: int
) -> None:
    config = TrainingConfig(layers=(nodes, nodes), batch_size=batch_size)
    steps, chunk = config.steps_per_epoch(MNIST), chunk_size(config, MNIST)
    begins = pieces(config, epoch, MNIST)
    in_chunks = [*range(0, steps, chunk)]
    assert begins == sorted(set(begins))
    assert [each for each in begins if epoch or not 0 < each < chunk] == in_chunks


def test_a_large_network_shows_something_before_its_first_chunk_is_done() -> None:
    large = TrainingConfig(layers=(512, 512))
    assert 0 < pieces(large, 0, MNIST)[1] < chunk_size(large, MNIST) / 2
    assert pieces(large, 1, MNIST)[1] == chunk_size(large, MNIST)
