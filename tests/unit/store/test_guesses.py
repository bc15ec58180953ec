"""A class guesses: one question at a time, one guess a person, and one run that decides."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from mnist_core.config import TrainingConfig
from mnist_core.errors import (
    ClassNotFoundError,
    ConfigError,
    GuessRoundError,
    LimitError,
    MemberNotFoundError,
)
from mnist_core.store import (
    ClassRules,
    Guess,
    GuessRound,
    Member,
    RunStatus,
    SchoolClass,
    Store,
    limits,
)
from tests.unit.store.store_helpers import ANNA, LEASE, Clock, make_older, new_run, tiny_dataset

CONFIG = TrainingConfig(layers=(32,), epochs=3, batch_size=10)


@pytest.fixture
def school_class(store: Store) -> SchoolClass:
    return store.create_class("7b")


@pytest.fixture
def asked(store: Store, school_class: SchoolClass) -> GuessRound:
    return store.ask_for_guesses(school_class.id, CONFIG)


def join(store: Store, school_class: SchoolClass, name: str) -> Member:
    return store.join_class(school_class.id, name, f"{name} code", token=f"token of {name}")


def now(store: Store) -> GuessRound:
    """What the only class is asked."""
    found = store.read_guess_round(store.list_classes()[0].id)
    assert found is not None
    return found


def train(store: Store, asked: GuessRound, owner: str | None = ANNA) -> str:
    dataset = tiny_dataset()
    store.save_dataset(dataset)
    names = {"dataset_digest": dataset.digest, "dataset_name": dataset.name}
    return store.train_guessed(asked.id, owner=owner, pace=1.0, training_digits=36, **names).id


def finish(store: Store, status: RunStatus, **result: float) -> None:
    claim = store.claim_next(LEASE)
    assert claim is not None
    store.finish(claim, status, **result)


def test_a_class_is_asked_one_thing_at_a_time(store: Store, school_class: SchoolClass) -> None:
    assert store.read_guess_round(school_class.id) is None
    first = store.ask_for_guesses(school_class.id, CONFIG)
    assert (first.config, first.is_open, first.run_id) == (CONFIG, True, None)
    otter = join(store, school_class, "brave otter")
    store.give_guess(first.id, 0.9, owner=otter.owner)
    second = store.ask_for_guesses(school_class.id, CONFIG.replace(epochs=1))
    assert store.read_guess_round(school_class.id) == second
    assert store.count_guesses(second.id) == store.count_guesses(first.id) == 0
    for late in (
        lambda: store.give_guess(first.id, 0.9, owner=otter.owner),
        lambda: store.list_guesses(first.id),
        lambda: store.close_guesses(first.id),
        lambda: train(store, first),
    ):
        with pytest.raises(GuessRoundError, match="not asked any more"):
            late()
    with pytest.raises(ClassNotFoundError):
        store.ask_for_guesses("0" * 12, CONFIG)


def test_a_guess_is_one_a_person_and_changed_until_the_round_is_closed(
    store: Store, school_class: SchoolClass, asked: GuessRound
) -> None:
    otter, koala = (join(store, school_class, name) for name in ("brave otter", "calm koala"))
    assert store.read_guess(asked.id, owner=otter.owner) is None
    store.give_guess(asked.id, 0.99, owner=otter.owner)
    store.give_guess(asked.id, 0.5, owner=koala.owner)
    store.give_guess(asked.id, 0.25, owner=otter.owner)
    assert store.count_guesses(asked.id) == 2
    store.close_guesses(asked.id)
    store.close_guesses(asked.id)
    with pytest.raises(GuessRoundError, match="What was sent before counts"):
        store.give_guess(asked.id, 0.75, owner=otter.owner)
    assert store.read_guess(asked.id, owner=otter.owner) == 0.25
    assert store.list_guesses(asked.id) == [
        Guess(name="brave otter", expected_accuracy=0.25),
        Guess(name="calm koala", expected_accuracy=0.5),
    ]


def test_nobody_is_told_what_others_guess_before_the_round_is_closed(
    store: Store, school_class: SchoolClass, asked: GuessRound
) -> None:
    store.give_guess(asked.id, 0.9, owner=join(store, school_class, "brave otter").owner)
    with pytest.raises(GuessRoundError, match="shown when they are closed"):
        store.list_guesses(asked.id)


def test_only_who_is_in_the_class_guesses(store: Store) -> None:
    school_class = store.create_class("7b", ClassRules(needs_approval=True))
    asked = store.ask_for_guesses(school_class.id, CONFIG)
    waiting = join(store, school_class, "brave otter")
    elsewhere = join(store, store.create_class("8a"), "calm koala")
    removed = join(store, school_class, "quick heron")
    store.approve_members(school_class.id, [removed.id])
    store.give_guess(asked.id, 0.9, owner=removed.owner)
    store.remove_member(school_class.id, removed.id)
    for owner in (waiting.owner, elsewhere.owner, removed.owner, ANNA):
        with pytest.raises(MemberNotFoundError):
            store.give_guess(asked.id, 0.9, owner=owner)
    store.close_guesses(asked.id)
    assert store.list_guesses(asked.id) == []  # a guess goes with who was removed


@pytest.mark.parametrize("guess", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_no_accuracy_can_be_is_refused(
    store: Store, school_class: SchoolClass, asked: GuessRound, guess: float
) -> None:
    otter = join(store, school_class, "brave otter")
    with pytest.raises(ConfigError, match="Choose 0 to 1"):
        store.give_guess(asked.id, guess, owner=otter.owner)
    assert store.count_guesses(asked.id) == 0


def test_training_closes_the_round_and_its_result_is_the_classs(
    store: Store, school_class: SchoolClass, asked: GuessRound
) -> None:
    run_id = train(store, asked)
    run = store.get_run(run_id)
    assert (run.config, run.owner, run.pace, run.status) == (CONFIG, ANNA, 1.0, RunStatus.QUEUED)
    assert (now(store).is_open, now(store).run_id, now(store).may_train) == (False, run_id, False)
    with pytest.raises(GuessRoundError, match="trains already"):
        train(store, asked)
    finish(store, RunStatus.FINISHED, test_accuracy=0.9, test_loss=0.1)
    assert (now(store).status, now(store).test_accuracy) == (RunStatus.FINISHED, 0.9)
    with pytest.raises(GuessRoundError, match="has a result"):
        train(store, asked)
    assert len(store.list_runs()) == 1


def test_a_run_that_came_to_nothing_may_be_followed_by_another(
    store: Store, school_class: SchoolClass, asked: GuessRound
) -> None:
    first = train(store, asked)
    finish(store, RunStatus.FAILED)
    assert now(store).may_train
    second = train(store, asked)
    assert now(store).run_id == second != first
    store.request_stop(second, ANNA)
    store.delete_run(second, ANNA)
    assert (now(store).run_id, now(store).may_train) == (None, True)


def test_where_the_run_is_refused_the_round_stays_open(
    store: Store, asked: GuessRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_RUNS", 1)
    new_run(store, ANNA)
    with pytest.raises(LimitError):
        train(store, asked)
    assert now(store) == asked


def test_a_forgotten_class_takes_its_guesses_along_and_leaves_the_run(
    store: Store, school_class: SchoolClass, asked: GuessRound
) -> None:
    otter = join(store, school_class, "brave otter")
    store.give_guess(asked.id, 0.9, owner=otter.owner)
    run_id = train(store, asked)
    store.forget_class(school_class.id, with_runs=True)
    assert store.read_guess_round(school_class.id) is None
    assert store.count_guesses(asked.id) == 0
    assert store.read_guess(asked.id, owner=otter.owner) is None
    assert store.get_run(run_id).id == run_id


def test_what_pages_ask_every_two_seconds_is_one_query(
    store: Store, school_class: SchoolClass, asked: GuessRound, request: pytest.FixtureRequest
) -> None:
    queries = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        queries.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    request.addfinalizer(lambda: sa.event.remove(sa.Engine, "before_cursor_execute", note))
    assert store.read_guess_round(school_class.id) == asked
    assert [each.split()[0] for each in queries if "guess_rounds" in each] == ["SELECT"]


def test_a_store_from_before_there_were_guesses_keeps_its_classes_and_gets_them(
    url: str, clock: Clock
) -> None:
    with Store(url, clock=clock) as store:
        kept, address = store.create_class("7b"), store.url
    make_older(address, "009")
    with Store(url, clock=clock) as store:
        assert store.list_classes() == [kept]
        assert store.read_guess_round(kept.id) is None
        assert store.ask_for_guesses(kept.id, CONFIG).is_open
