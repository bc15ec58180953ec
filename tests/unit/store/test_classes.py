"""Classes: opened, joined by a code, closed, archived, duplicated, and forgotten for good."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import TrainingConfig
from mnist_core.errors import ClassNotFoundError, ConfigError, RunNotFoundError
from mnist_core.store import ClassRules, Member, Ruling, RunStatus, SchoolClass, Store, classes
from mnist_core.store.classes import CODE_LENGTH, CODE_LETTERS, read_class_code
from tests.unit.store.store_helpers import LEASE, Clock, new_run, tiny_dataset

RULES = ClassRules(most_epochs=5, most_nodes=64, most_runs=2, task={"question": "Why?"})


def member(store: Store, school_class: SchoolClass, name: str = "brave otter") -> Member:
    return store.join_class(school_class.id, name, f"{name} code", token=f"token of {name}")


def test_a_class_is_open_at_once_and_found_by_its_code(store: Store) -> None:
    created = store.create_class(" 7b\n", RULES)
    assert created.name == "7b"
    assert created.is_open
    assert created.rules == RULES
    assert store.get_class(created.id) == created
    assert store.find_class(f" {created.code.lower()} ") == created


def test_classes_are_listed_the_newest_first_and_have_codes_of_their_own(
    store: Store, clock: Clock
) -> None:
    made = []
    for number in range(20):
        made.append(store.create_class(f"class {number}"))
        clock.advance(1)
    assert store.list_classes() == made[::-1]
    assert len({each.code for each in made}) == 20


@given(st.text(max_size=30))
def test_a_code_is_read_as_people_write_it(typed: str) -> None:
    code = read_class_code(typed)
    assert code == read_class_code(code)
    assert " " not in code
    assert "-" not in code


def test_a_code_has_no_letter_that_looks_like_another(store: Store) -> None:
    code = store.create_class("7b").code
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_LETTERS)
    assert not set(CODE_LETTERS) & set("AEIOU01LV")


@pytest.mark.parametrize("code", ["", "ZZZZZ", "'; DROP TABLE classes; --", "x" * 1000, "\0"])
def test_a_code_of_no_class_is_told(store: Store, code: str) -> None:
    with pytest.raises(ClassNotFoundError, match="There is no such class"):
        store.find_class(code)


@pytest.mark.parametrize("class_id", ["", "0" * 12, "x\0"])
def test_an_id_of_no_class_is_told_by_everything_that_takes_one(
    store: Store, class_id: str
) -> None:
    for asked in (
        store.get_class,
        store.open_class,
        store.close_class,
        store.archive_class,
        store.duplicate_class,
        store.pause_class,
        store.resume_class,
        store.stop_class_runs,
        store.class_revision,
        lambda wanted: store.call_class(wanted, "train"),
        lambda wanted: store.forget_class(wanted, with_runs=True),
        lambda wanted: store.join_class(wanted, "otter", "code", token="token"),
    ):
        with pytest.raises(ClassNotFoundError):
            asked(class_id)


@pytest.mark.parametrize(
    ("name", "words"), [("", "needs a name"), (" \n", "needs a name"), ("x" * 41, "at most 40")]
)
def test_a_name_that_can_not_be_one_is_refused(store: Store, name: str, words: str) -> None:
    kept = store.create_class("7b")
    with pytest.raises(ConfigError, match=words):
        store.create_class(name)
    with pytest.raises(ConfigError, match=words):
        store.change_class(kept.id, name, RULES)
    assert store.list_classes() == [kept]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"most_epochs": 1}, "Choose 2 to 100"),
        ({"most_epochs": 101}, "Choose 2 to 100"),
        ({"most_nodes": 1}, "Choose 2 to 1,024"),
        ({"most_runs": 0}, "Choose 1 to 64"),
        ({"task": {"question": "x" * 4001}}, "too long"),
        ({"guess_first": ("train",)}, "Only results, look_inside and mistakes can wait"),
    ],
)
def test_rules_that_can_not_hold_are_refused(rules: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        ClassRules(**rules)


def test_a_full_list_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "MOST_CLASSES", 1)
    store.create_class("7b")
    with pytest.raises(ConfigError, match="room for 1 classes"):
        store.create_class("7c")


def test_name_and_rules_are_changed_and_code_and_people_stay(store: Store) -> None:
    before = store.create_class("7b")
    member(store, before)
    day = datetime(2027, 7, 1, 22, tzinfo=UTC)
    rules = ClassRules(
        needs_approval=True,
        typed_names=True,
        forget_at=day,
        forget_runs=True,
        guess_first=("results", "mistakes"),
    )
    store.change_class(before.id, "8b", rules)
    after = store.get_class(before.id)
    assert (after.name, after.code, after.rules) == ("8b", before.code, rules)
    assert len(store.list_members(before.id)) == 1


def test_a_copy_has_the_rules_and_nobody_in_it(store: Store, clock: Clock) -> None:
    day = datetime(2027, 7, 1, tzinfo=UTC)
    first = store.create_class("7" * 40, ClassRules(most_epochs=5, forget_at=day))
    member(store, first)
    copy = store.duplicate_class(first.id)
    assert copy.name == "7" * 33 + " (copy)"
    assert copy.rules == ClassRules(most_epochs=5)
    assert copy.code != first.code
    assert store.list_members(copy.id) == []


def test_an_archived_class_is_found_by_its_code_only_after_it_was_taken_out(store: Store) -> None:
    school_class = store.create_class("7b")
    store.archive_class(school_class.id)
    assert store.get_class(school_class.id).archived_at is not None
    with pytest.raises(ClassNotFoundError):
        store.find_class(school_class.code)
    store.bring_class_back(school_class.id)
    assert not store.find_class(school_class.code).is_open


def traces(store: Store, who: Member) -> str:
    """Leave a run, a draft, a verdict with a name, and a kept digit; gives the run's id."""
    dataset = tiny_dataset()
    run = new_run(store, who.owner)
    store.keep_answer("1" * 12, "my answer", owner=who.owner)
    store.give_verdict(dataset.digest, 1, Ruling.UNREADABLE, owner=who.owner, name="Ada")
    store.keep_digits("7b", np.zeros((1, 28, 28), np.uint8), [1], owner=who.owner)
    return run.id


@pytest.mark.parametrize("with_runs", [True, False])
def test_a_forgotten_class_leaves_no_name_and_only_runs_that_are_wanted(
    store: Store, with_runs: bool
) -> None:
    mine, other = store.create_class("7b"), store.create_class("8a")
    ada, ben = member(store, mine), member(store, other, "calm koala")
    run_id, other_run = traces(store, ada), new_run(store, ben.owner).id
    store.remove_member(mine.id, ada.id)  # whose runs belong to the class all the same

    store.forget_class(mine.id, with_runs=with_runs)

    digest = tiny_dataset().digest
    assert store.list_classes() == [other]
    assert store.acting_as("whoever") == "whoever"
    assert store.read_draft("1" * 12, owner=ada.owner).answer == ""
    assert [each.name for each in store.read_verdicts(digest)] == [""] * (not with_runs)
    assert len(store.read_digit_set("7b")) == (not with_runs)
    assert {run.id for run in store.list_runs()} == {other_run, *[run_id] * (not with_runs)}
    assert [each.id for each in store.list_members(other.id)] == [ben.id]


def test_a_run_that_still_trains_is_hidden_and_told_to_stop(store: Store) -> None:
    school_class = store.create_class("7b")
    run = new_run(store, member(store, school_class).owner)
    claim = store.claim_next(LEASE)
    assert claim is not None
    store.forget_class(school_class.id, with_runs=True)
    with pytest.raises(RunNotFoundError):
        store.get_run(run.id)
    assert store.heartbeat(claim, LEASE).stop
    store.finish(claim, RunStatus.STOPPED)
    assert store.purge_deleted(0) == 1


def test_a_run_between_two_turns_is_deleted_at_once(store: Store) -> None:
    school_class = store.create_class("7b")
    run = new_run(store, member(store, school_class).owner)
    claim = store.claim_next(LEASE)
    assert claim is not None
    store.give_way(claim, b"checkpoint", seconds=2.0)
    assert store.get_run(run.id).status is RunStatus.RUNNING
    store.forget_class(school_class.id, with_runs=True)
    assert store.list_runs() == store.list_runs(deleted=True) == []


def test_a_class_is_forgotten_by_itself_on_its_day(store: Store, clock: Clock) -> None:
    day = datetime.fromtimestamp(clock.now + 10, UTC)
    due = store.create_class("7b", ClassRules(forget_at=day, forget_runs=True))
    kept = store.create_class("8a")
    run = new_run(store, member(store, due).owner)
    assert store.forget_due_classes() == 0
    clock.advance(10)
    assert store.forget_due_classes() == 1
    assert store.list_classes() == [kept]
    assert store.find_runs([run.id]) == []
    assert store.forget_due_classes() == 0


# -------------------------------------------------------------------------------------- limits


def limited(store: Store, **rules: int) -> Member:
    return member(store, store.create_class("7b", ClassRules(**rules)))


def create(store: Store, owner: str, **settings: object) -> None:
    dataset = tiny_dataset()
    store.save_dataset(dataset)
    store.create_run(
        TrainingConfig(**settings),
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        owner=owner,
    )


def test_a_run_with_more_than_the_class_allows_is_refused(store: Store) -> None:
    who = limited(store, most_epochs=5, most_nodes=64)
    with pytest.raises(ConfigError, match="at most 5 epochs, and these are 6"):
        create(store, who.owner, epochs=6, layers=(64,))
    with pytest.raises(ConfigError, match="at most 64 nodes in a layer, and these are 65"):
        create(store, who.owner, epochs=5, layers=(64, 65))
    assert store.list_runs() == []
    create(store, who.owner, epochs=5, layers=(64, 64))
    create(store, "b" * 64, epochs=100, layers=(1024,))
    assert len(store.list_runs()) == 2


def test_so_many_runs_of_a_person_are_on_their_way_and_no_more(store: Store) -> None:
    who = limited(store, most_runs=2)
    first = new_run(store, who.owner)
    new_run(store, who.owner)
    with pytest.raises(ConfigError, match="allows 2 runs at once, and 2 of yours are on the way"):
        new_run(store, who.owner)
    store.request_pause(first.id, who.owner)
    new_run(store, who.owner)
    with pytest.raises(ConfigError, match="2 of yours"):
        store.continue_run(first.id, who.owner)
    assert store.get_run(first.id).status is RunStatus.PAUSED


def test_runs_by_the_dozen_keep_to_the_limits_too(store: Store) -> None:
    who = limited(store, most_runs=3, most_epochs=10)
    dataset = tiny_dataset()
    store.save_dataset(dataset)
    wanted = {TrainingConfig(batch_size=10, seed=seed): 36 for seed in range(4)}
    digits = {"dataset_digest": dataset.digest, "dataset_name": dataset.name}
    with pytest.raises(ConfigError, match="allows 3 runs at once, and these would be 4"):
        store.request_runs(wanted, **digits, owner=who.owner)
    wanted.popitem()
    assert store.request_runs(wanted, **digits, owner=who.owner) == 3


def test_more_epochs_for_a_run_keep_to_the_limit(store: Store) -> None:
    who = limited(store, most_epochs=12)
    run = new_run(store, who.owner)
    claim = store.claim_next(LEASE)
    assert claim is not None
    store.finish(claim, RunStatus.FINISHED, test_accuracy=0.9, test_loss=0.1, model=b"PK")
    with pytest.raises(ConfigError, match="at most 12 epochs"):
        store.extend_run(run.id, 13, owner=who.owner)
    assert store.extend_run(run.id, 12, owner=who.owner).config.epochs == 12
