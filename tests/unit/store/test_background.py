"""Many runs asked for at once: what is taken, what is queued, who waits for whom."""

from __future__ import annotations

from typing import Any

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.errors import ConfigError, LimitError, StoreError
from mnist_core.store import Claim, Run, RunStatus, Store
from mnist_core.store.limits import MOST_BACKGROUND_RUNS
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    LEASE,
    Clock,
    new_run,
    situation,
    statuses,
    tiny_dataset,
)

DATASET = tiny_dataset()
SEEDS = [TrainingConfig(seed=seed) for seed in range(4)]


def request(store: Store, *configs: TrainingConfig, owner: str = ANNA, digits: int = 3600) -> int:
    store.save_dataset(DATASET)
    return store.request_runs(
        dict.fromkeys(configs, digits),
        dataset_digest=DATASET.digest,
        dataset_name=DATASET.name,
        owner=owner,
    )


def create(store: Store, config: TrainingConfig, **settings: Any) -> Run:
    store.save_dataset(DATASET)
    return store.create_run(
        config, dataset_digest=DATASET.digest, dataset_name=DATASET.name, **settings
    )


def found(store: Store) -> dict[int, Run]:
    return {config.seed: run for config, run in store.runs_with(SEEDS, DATASET.digest).items()}


def test_what_is_there_already_is_taken_whoever_started_it(store: Store) -> None:
    finished = create(store, SEEDS[1], owner=BEN, lease_seconds=LEASE)
    store.finish(finished.claim, RunStatus.FINISHED)
    waiting = create(store, SEEDS[2], owner=BEN)
    stopped = create(store, SEEDS[3], owner=ANNA)
    store.request_stop(stopped.id, ANNA)
    other_digits = tiny_dataset(seed=1)
    store.save_dataset(other_digits)
    store.create_run(SEEDS[0], dataset_digest=other_digits.digest, dataset_name="others")

    assert request(store, *SEEDS) == 2  # seeds 0 and 3
    runs = found(store)
    assert (runs[1].id, runs[2].id) == (finished.id, waiting.id)
    assert runs[3].id != stopped.id
    assert [runs[seed].background for seed in range(4)] == [True, False, False, True]
    assert runs[0].training_digits == 3600
    assert statuses(store, runs[0].id) == ["QUEUED"]
    assert request(store, *SEEDS) == 0


def test_of_several_runs_the_furthest_is_found(store: Store, clock: Clock) -> None:
    finished = create(store, SEEDS[0], lease_seconds=LEASE)
    store.finish(finished.claim, RunStatus.FINISHED)
    clock.advance(1)
    create(store, SEEDS[0])
    assert found(store)[0].id == finished.id
    store.delete_run(finished.id, None)
    assert found(store)[0].status is RunStatus.QUEUED


def test_they_wait_behind_single_runs_however_late_those_come(store: Store, clock: Clock) -> None:
    request(store, *SEEDS[:3])
    many = [found(store)[seed].id for seed in range(3)]
    clock.advance(10)
    single = new_run(store, owner=BEN).id
    clock.advance(10)
    own = new_run(store, owner=ANNA).id

    assert situation(store, single).queue_position == 1
    claimed = [store.claim_next(LEASE) for _ in range(5)]
    assert claimed == [Claim(run_id, 1) for run_id in (single, own, *many)]


def test_two_who_asked_for_many_take_turns(store: Store, clock: Clock) -> None:
    request(store, *SEEDS[:2], owner=ANNA)
    clock.advance(10)
    request(store, *SEEDS[2:], owner=BEN)
    runs = found(store)
    claimed = [store.claim_next(LEASE) for _ in range(4)]
    assert claimed == [Claim(runs[seed].id, 1) for seed in (0, 2, 1, 3)]


def test_a_running_one_is_told_to_make_way_while_a_single_run_waits(store: Store) -> None:
    request(store, *SEEDS[:2])
    claim = store.claim_next(LEASE)
    assert claim is not None
    assert not store.heartbeat(claim, LEASE).make_way  # the other one is one of many as well
    single = new_run(store, owner=BEN)
    assert store.heartbeat(claim, LEASE).make_way
    taken = store.claim_next(LEASE)
    assert taken == Claim(single.id, 1)
    assert not store.heartbeat(claim, LEASE).make_way
    assert not store.heartbeat(taken, LEASE).make_way  # nor a single run for one of many


@pytest.mark.parametrize(
    ("wish", "status"),
    [(None, "QUEUED"), ("request_pause", "PAUSED"), ("request_stop", "STOPPED")],
)
def test_one_that_gives_way_stands_in_its_old_place_unless_somebody_stopped_it(
    store: Store, clock: Clock, wish: str | None, status: str
) -> None:
    request(store, *SEEDS[:2])
    claim = store.claim_next(LEASE)
    assert claim is not None
    clock.advance(5)
    if wish:
        getattr(store, wish)(claim.run_id, ANNA)
    store.give_way(claim, b"checkpoint", seconds=1.0)

    assert store.get_run(claim.run_id).status == status
    if not wish:
        assert situation(store, claim.run_id).queue_position == 1
        assert store.load_checkpoint(claim.run_id) == b"checkpoint"


def test_all_of_them_are_paused_and_go_on(store: Store) -> None:
    request(store, *SEEDS)
    claim = store.claim_next(LEASE)
    assert claim is not None
    single = create(store, SEEDS[3], owner=ANNA)

    store.pause_runs(SEEDS, DATASET.digest, ANNA)
    assert store.heartbeat(claim, LEASE).pause
    runs = found(store)
    assert [runs[seed].status for seed in range(3)] == ["RUNNING", "PAUSED", "PAUSED"]
    assert store.get_run(single.id).status is RunStatus.QUEUED

    assert request(store, *SEEDS) == 2  # a run that is under way has seed 3
    assert not store.heartbeat(claim, LEASE).pause
    assert [found(store)[seed].status for seed in range(3)] == ["RUNNING", "QUEUED", "QUEUED"]
    assert len(store.list_runs()) == 5


def test_stopped_ones_that_had_not_begun_leave_nothing_and_are_queued_anew(store: Store) -> None:
    request(store, *SEEDS)
    claim = store.claim_next(LEASE)
    assert claim is not None
    store.stop_runs(SEEDS, DATASET.digest, ANNA)

    assert [run.id for run in store.list_runs()] == [claim.run_id]
    assert store.heartbeat(claim, LEASE).stop
    assert request(store, *SEEDS) == 4  # what is being stopped will not finish
    store.stop_runs(SEEDS, DATASET.digest, BEN)
    assert len(store.list_runs()) == 5


def test_one_that_was_paused_after_its_first_epochs_is_kept_when_it_is_stopped(
    store: Store,
) -> None:
    request(store, SEEDS[0])
    claim = store.claim_next(LEASE)
    assert claim is not None
    store.pause_runs(SEEDS, DATASET.digest, ANNA)
    store.pause(claim, b"checkpoint")
    store.stop_runs(SEEDS, DATASET.digest, ANNA)
    assert store.get_run(claim.run_id).status is RunStatus.STOPPED
    assert store.load_checkpoint(claim.run_id) == b"checkpoint"


def test_paused_runs_of_others_are_not_touched(store: Store) -> None:
    request(store, SEEDS[0], owner=BEN)
    store.pause_runs(SEEDS, DATASET.digest, BEN)
    assert request(store, SEEDS[0], owner=ANNA) == 1
    assert sorted(run.status for run in store.list_runs()) == ["PAUSED", "QUEUED"]


def test_more_than_is_allowed_at_once_is_refused_whole(store: Store) -> None:
    many = [TrainingConfig(seed=seed) for seed in range(MOST_BACKGROUND_RUNS + 1)]
    with pytest.raises(LimitError, match=r"These would be 65 more runs\. At most 64 at once"):
        request(store, *many)
    assert request(store, *many[:-1]) == MOST_BACKGROUND_RUNS
    with pytest.raises(LimitError, match="1 more runs, and 64 of yours are on their way already"):
        request(store, *many)
    assert len(store.list_runs()) == MOST_BACKGROUND_RUNS
    assert request(store, many[-1], owner=BEN) == 1


def test_a_batch_that_is_larger_than_the_digits_is_refused_whole(store: Store) -> None:
    with pytest.raises(ConfigError, match="Choose 1 to 50"):
        request(store, SEEDS[0].replace(batch_size=10), SEEDS[1], digits=50)
    assert store.list_runs() == []


def test_digits_that_the_store_lacks_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="does not have the digits"):
        store.request_runs({SEEDS[0]: 10_000}, dataset_digest="x", dataset_name="x", owner=ANNA)


def test_the_runs_of_a_setting_are_found_by_their_seeds(store: Store) -> None:
    finished = create(store, SEEDS[1], owner=BEN, lease_seconds=LEASE)
    store.finish(finished.claim, RunStatus.FINISHED)
    create(store, SEEDS[1])
    request(store, SEEDS[3])
    create(store, SEEDS[2].replace(batch_size=50))

    by_seed = store.runs_by_seed(SEEDS[0], DATASET.digest)
    assert by_seed.keys() == {1, 3}
    assert by_seed[1].id == finished.id
    assert store.runs_by_seed(SEEDS[0], "other digits") == {}


def test_a_list_of_runs_may_leave_them_out(store: Store) -> None:
    request(store, *SEEDS)
    single = create(store, SEEDS[0])
    assert [run.id for run in store.list_runs(background=False)] == [single.id]
    assert len(store.list_runs()) == 5
