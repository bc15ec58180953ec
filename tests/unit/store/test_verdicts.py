"""What people say of test digits: kept with a name, one verdict a person and digit."""

from __future__ import annotations

import pytest

from mnist_core.errors import ConfigError, StoreError
from mnist_core.store import Ruling, Store
from tests.unit.store.store_helpers import ANNA, BEN, Clock, make_older, new_run, tiny_dataset


@pytest.fixture
def digest(store: Store) -> str:
    dataset = tiny_dataset()
    store.save_dataset(dataset)
    return dataset.digest


def test_a_verdict_is_kept_with_its_name_and_time(store: Store, digest: str, clock: Clock) -> None:
    store.give_verdict(digest, 7, Ruling.UNREADABLE, owner=ANNA, name=" Anna\nB. ")
    [verdict] = store.read_verdicts(digest)
    assert (verdict.digit, verdict.ruling, verdict.owner) == (7, Ruling.UNREADABLE, ANNA)
    assert verdict.name == "Anna B."
    assert verdict.given_at.timestamp() == clock.now


def test_a_second_thought_replaces_the_first_and_nobody_elses(store: Store, digest: str) -> None:
    store.give_verdict(digest, 7, Ruling.UNREADABLE, owner=ANNA)
    store.give_verdict(digest, 7, Ruling.UNREADABLE, owner=BEN)
    store.give_verdict(digest, 3, Ruling.MODEL_WRONG, owner=ANNA)
    store.give_verdict(digest, 7, Ruling.LABEL_WRONG, owner=ANNA, name="Anna")
    said = {(each.digit, each.owner): each.ruling for each in store.read_verdicts(digest)}
    assert said == {
        (3, ANNA): Ruling.MODEL_WRONG,
        (7, ANNA): Ruling.LABEL_WRONG,
        (7, BEN): Ruling.UNREADABLE,
    }


def test_a_verdict_can_be_taken_back_by_whoever_gave_it(store: Store, digest: str) -> None:
    store.give_verdict(digest, 7, Ruling.UNREADABLE, owner=ANNA)
    store.take_back_verdict(digest, 7, owner=BEN)
    assert len(store.read_verdicts(digest)) == 1
    store.take_back_verdict(digest, 7, owner=ANNA)
    assert store.read_verdicts(digest) == []


def test_verdicts_belong_to_one_data_set(store: Store, digest: str) -> None:
    other = tiny_dataset(seed=1)
    store.save_dataset(other)
    store.give_verdict(digest, 7, Ruling.UNREADABLE, owner=ANNA)
    assert store.read_verdicts(other.digest) == []


def test_what_can_not_be_a_verdict_is_refused_and_nothing_is_kept(
    store: Store, digest: str
) -> None:
    with pytest.raises(ConfigError, match="at most 80"):
        store.give_verdict(digest, 7, Ruling.UNREADABLE, owner=ANNA, name="x" * 81)
    with pytest.raises(ConfigError, match="Choose 0 or more"):
        store.give_verdict(digest, -1, Ruling.UNREADABLE, owner=ANNA)
    with pytest.raises(StoreError, match="does not have the digits"):
        store.give_verdict("0" * 64, 7, Ruling.UNREADABLE, owner=ANNA)
    assert store.read_verdicts(digest) == []


def test_a_store_from_before_there_were_verdicts_keeps_its_runs_and_gets_them(url: str) -> None:
    with Store(url) as store:
        run, address = new_run(store), store.url
    make_older(address, "001")
    with Store(url) as store:
        assert store.get_run(run.id) == run
        store.give_verdict(run.dataset_digest, 7, Ruling.UNREADABLE, owner=ANNA)
        assert len(store.read_verdicts(run.dataset_digest)) == 1
