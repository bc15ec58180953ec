"""Which networks are kept, which go, and what they weigh."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mnist_core.inspection.network import Network
from mnist_core.inspection.network_cache import NetworkCache
from tests.unit.network_helpers import random_network

SMALL = random_network((8,))
LARGE = random_network((100,))


def loaded_for(kept: NetworkCache, key: object, network: Network = SMALL) -> bool:
    """Ask for a network, and say whether it had to be loaded."""
    calls = []

    def load() -> Network:
        calls.append(key)
        return network

    assert kept.get(key, load) is network
    return bool(calls)


def test_a_network_weighs_four_bytes_for_each_weight_and_bias() -> None:
    assert SMALL.bytes_used == 4 * (784 * 8 + 8 + 8 * 10 + 10)


def test_a_kept_network_is_not_loaded_again() -> None:
    kept = NetworkCache(SMALL.bytes_used)

    assert [loaded_for(kept, "a"), loaded_for(kept, "a")] == [True, False]


def test_the_one_not_seen_for_longest_goes_when_the_bytes_are_used_up() -> None:
    kept = NetworkCache(2 * SMALL.bytes_used)
    for key in ("a", "b", "a", "c"):
        loaded_for(kept, key)

    assert not loaded_for(kept, "a")
    assert not loaded_for(kept, "c")
    assert loaded_for(kept, "b")
    assert kept.bytes_used == 2 * SMALL.bytes_used


def test_a_large_network_takes_the_room_of_many_small_ones() -> None:
    kept = NetworkCache(LARGE.bytes_used)
    for key in range(5):
        loaded_for(kept, key)
    loaded_for(kept, "large", LARGE)

    assert kept.bytes_used == LARGE.bytes_used
    assert not loaded_for(kept, "large", LARGE)


def test_a_network_larger_than_all_the_room_is_kept_alone() -> None:
    kept = NetworkCache(1)
    loaded_for(kept, "small")
    loaded_for(kept, "large", LARGE)

    assert not loaded_for(kept, "large", LARGE)
    assert kept.bytes_used == LARGE.bytes_used


def test_a_network_that_cannot_be_loaded_leaves_the_others_alone() -> None:
    kept = NetworkCache(SMALL.bytes_used)
    loaded_for(kept, "a")

    with pytest.raises(KeyError):
        kept.get("b", lambda: {}["b"])
    assert not loaded_for(kept, "a")


def test_those_who_load_the_same_network_at_once_share_one() -> None:
    kept = NetworkCache(10 * SMALL.bytes_used)
    together = threading.Barrier(4, timeout=60)

    def load() -> Network:
        together.wait()
        return random_network((8,))

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: kept.get("a", load), range(4)))
    assert len(set(map(id, given))) == 1
    assert kept.bytes_used == SMALL.bytes_used
