"""How much one browser, and all together, may put into the store: a sentence, nothing changed."""

from __future__ import annotations

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.errors import LimitError, StoreError
from mnist_core.store import (
    Axis,
    GridPlan,
    Ruling,
    RunStatus,
    Store,
    digit_sets,
    drafts,
    engine,
    grids,
    limits,
    verdicts,
)
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    LEASE,
    Clock,
    claimed_run,
    new_run,
    tiny_dataset,
)

CARA = "c" * 64
DATASET = tiny_dataset()


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, number in (("MOST_RUNS", 3), ("ONE_EACH_FROM", 4), ("MOST_RUNS_OF_ALL", 5)):
        monkeypatch.setattr(limits, name, number)


def test_one_browser_has_so_many_runs_at_once_until_one_is_over(store: Store) -> None:
    runs = [new_run(store) for _ in range(3)]
    with pytest.raises(LimitError, match="3 of your runs wait or train already"):
        new_run(store)
    assert len(store.list_runs()) == 3
    store.request_stop(runs[0].id, ANNA)
    new_run(store)


def test_a_run_that_trains_counts_and_one_that_is_paused_or_deleted_does_not(store: Store) -> None:
    claimed_run(store)
    paused, deleted = new_run(store), new_run(store)
    with pytest.raises(LimitError):
        new_run(store)
    store.request_pause(paused.id, ANNA)
    store.delete_run(deleted.id, ANNA)
    new_run(store)
    new_run(store)
    with pytest.raises(LimitError):
        store.continue_run(paused.id, ANNA)
    assert store.get_run(paused.id).status is RunStatus.PAUSED


def test_where_many_wait_everybody_has_one_and_then_nobody_more(store: Store) -> None:
    for owner in (ANNA, ANNA, BEN, BEN):
        new_run(store, owner=owner)
    with pytest.raises(LimitError, match="everybody may have one at a time"):
        new_run(store, owner=BEN)
    new_run(store, owner=CARA)
    with pytest.raises(LimitError, match="more are not taken"):
        new_run(store, owner="d" * 64)


def test_runs_of_the_computer_itself_are_not_limited(store: Store) -> None:
    for _ in range(7):
        new_run(store, owner=None)


def test_a_run_that_goes_on_with_another_counts_like_any_other(store: Store) -> None:
    run_id, claim = claimed_run(store)
    store.finish(claim, RunStatus.FINISHED, model=b"PK")
    for _ in range(3):
        store.extend_run(run_id, 20, owner=ANNA)
    with pytest.raises(LimitError):
        store.extend_run(run_id, 20, owner=ANNA)
    assert len(store.list_runs()) == 4


def test_runs_by_the_dozen_have_limits_of_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BACKGROUND_RUNS_OF_ALL", 5)
    store.save_dataset(DATASET)

    def request(seeds: range, owner: str) -> int:
        wanted = {TrainingConfig(seed=seed): 10_000 for seed in seeds}
        return store.request_runs(
            wanted, dataset_digest=DATASET.digest, dataset_name="x", owner=owner
        )

    assert request(range(4), ANNA) == 4
    with pytest.raises(LimitError, match="asked for by the dozen wait already"):
        request(range(4, 6), BEN)
    for _ in range(3):  # single runs have places of their own
        new_run(store, owner=BEN)


def test_a_disk_that_is_nearly_full_is_left_to_what_is_under_way(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, claim = claimed_run(store)
    monkeypatch.setattr(engine, "RESERVED_BYTES", 2**62)
    if url.startswith("sqlite"):
        with pytest.raises(StoreError, match="kept for what is under way"):
            new_run(store)
    store.finish(claim, RunStatus.FINISHED, model=b"PK")
    assert store.get_run(run_id).status is RunStatus.FINISHED


def test_of_a_browsers_grids_the_oldest_makes_room(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "MOST_GRIDS", 2)
    store.save_dataset(DATASET)
    plan = GridPlan(base=TrainingConfig(), rows=Axis("seed", (1,)), columns=Axis("epochs", (1,)))

    def keep(owner: str) -> str:
        clock.advance(1)
        digits = {"dataset_digest": DATASET.digest, "dataset_name": "x"}
        return store.keep_grid(plan, **digits, owner=owner).id

    others, *ids = keep(BEN), keep(ANNA), keep(ANNA), keep(ANNA)
    assert [grid.id for grid in store.list_grids(ANNA, 10)] == [ids[2], ids[1]]
    assert store.get_grid(others).owner == BEN


def test_drafts_of_long_ago_make_room_and_younger_ones_never(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS_OF_ALL", 2)
    store.keep_answer("a" * 12, "old", owner=ANNA)
    clock.advance(drafts.OLD_SECONDS / 2)
    store.keep_answer("a" * 12, "young", owner=BEN)
    with pytest.raises(LimitError, match="Yours stays in this tab"):
        store.keep_answer("a" * 12, "new", owner=CARA)
    store.keep_answer("a" * 12, "younger", owner=BEN)
    clock.advance(drafts.OLD_SECONDS / 2 + 1)
    store.keep_answer("a" * 12, "new", owner=CARA)
    said = {owner: store.read_draft("a" * 12, owner=owner).answer for owner in (ANNA, BEN, CARA)}
    assert said == {ANNA: "", BEN: "younger", CARA: "new"}


def test_an_answer_is_about_runs_and_not_too_many(store: Store) -> None:
    ids = [f"{number:012x}" for number in range(drafts.MOST_RUNS + 1)]
    store.keep_answer_runs("a" * 12, ["x" * 10_000, *ids], owner=ANNA)
    assert store.read_draft("a" * 12, owner=ANNA).run_ids == tuple(ids[1:])


def test_one_browser_begins_so_many_sets_and_keeps_so_many_digits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digit_sets, "MOST_SETS_OF_ONE", 1)
    monkeypatch.setattr(digit_sets, "MOST_DIGITS", 3)
    one = DATASET.x_test[:1]
    store.keep_digits("7b", one, [1], owner=ANNA)
    store.keep_digits("bens", one, [1], owner=BEN)
    with pytest.raises(LimitError, match="You have begun 1 sets"):
        store.keep_digits("another", one, [1], owner=ANNA)
    store.keep_digits("bens", one, [1], owner=ANNA)
    with pytest.raises(LimitError, match="may keep 3 digits, and you have 2"):
        store.keep_digits("7b", DATASET.x_test[:2], [1, 2], owner=ANNA)
    assert {each.name: each.size for each in store.list_digit_sets()} == {"7b": 1, "bens": 2}


def test_verdicts_are_counted_by_browser_and_by_digit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "MOST_VERDICTS", 2)
    monkeypatch.setattr(verdicts, "MOST_ON_A_DIGIT", 2)
    store.save_dataset(DATASET)

    def rule(digit: int, owner: str, ruling: Ruling = Ruling.UNREADABLE) -> None:
        store.give_verdict(DATASET.digest, digit, ruling, owner=owner)

    rule(0, ANNA)
    rule(1, ANNA)
    with pytest.raises(LimitError, match="You have judged 2 digits"):
        rule(2, ANNA)
    rule(1, ANNA, Ruling.MODEL_WRONG)  # a second thought takes no room
    rule(0, BEN)
    with pytest.raises(LimitError, match="2 people have judged this digit"):
        rule(0, CARA)
    assert len(store.read_verdicts(DATASET.digest)) == 3


def test_a_lease_that_was_given_counts_until_it_ends(store: Store) -> None:
    for _ in range(3):
        new_run(store, lease_seconds=LEASE)
    with pytest.raises(LimitError):
        new_run(store)
