"""Maps by t-SNE: that of a layer is kept as long as its run, that of pixels for good."""

from __future__ import annotations

import dataclasses

import pytest

from mnist_core.errors import RunNotFoundError, StoreError
from mnist_core.store import MapSubject, RunStatus, Store
from tests.unit.store.store_helpers import (
    ANNA,
    Clock,
    claimed_run,
    make_older,
    new_run,
    tiny_dataset,
)


def layer_of(store: Store, run_id: str) -> MapSubject:
    return MapSubject(store.get_run(run_id).dataset_digest, run_id, epoch=2, layer=1)


def test_maps_are_kept_apart_by_run_epoch_and_layer(store: Store) -> None:
    subject = layer_of(store, new_run(store).id)
    others = [
        dataclasses.replace(subject, epoch=3),
        dataclasses.replace(subject, layer=2),
        layer_of(store, new_run(store).id),
        MapSubject(subject.dataset_digest),
    ]
    store.save_map(subject, b"first")
    store.save_map(subject, b"second")
    assert store.load_map(subject) == b"second"
    assert [store.load_map(other) for other in others] == [None] * 4
    for other in others:
        store.save_map(other, repr(other).encode())
    assert store.load_map(subject) == b"second"
    assert [store.load_map(other) for other in others] == [repr(o).encode() for o in others]


def test_the_map_of_pixels_belongs_to_the_data_and_outlives_a_run(
    store: Store, clock: Clock
) -> None:
    run = new_run(store)
    pixels, layer = MapSubject(run.dataset_digest), layer_of(store, run.id)
    store.save_map(pixels, b"pixels")
    store.save_map(layer, b"layer")
    store.delete_run(run.id, ANNA)
    clock.advance(1)
    assert store.purge_deleted(0) == 1
    assert store.load_map(layer) is None
    assert store.load_map(pixels) == b"pixels"


def test_a_map_counts_among_what_a_run_takes(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.finish(claim, RunStatus.FINISHED)
    before = store.sizes()[run_id]
    store.save_map(layer_of(store, run_id), bytes(1000))
    assert store.sizes()[run_id] == before + 1000


def test_a_map_of_what_is_not_there_is_refused(store: Store) -> None:
    run = new_run(store)
    layer = layer_of(store, run.id)
    store.delete_run(run.id, ANNA)
    with pytest.raises(RunNotFoundError):
        store.save_map(layer, b"too late")
    elsewhere = MapSubject(tiny_dataset(seed=1).digest)
    with pytest.raises(StoreError, match="does not have the digits"):
        store.save_map(elsewhere, b"of other digits")
    assert store.load_map(elsewhere) is None


def test_a_store_from_before_there_were_maps_gets_them(url: str) -> None:
    with Store(url) as store:
        run, address = new_run(store), store.url
    make_older(address, "003")
    with Store(url) as store:
        assert store.get_run(run.id) == run
        store.save_map(MapSubject(run.dataset_digest), b"pixels")
        assert store.load_map(MapSubject(run.dataset_digest)) == b"pixels"
