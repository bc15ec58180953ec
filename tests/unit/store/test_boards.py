"""Boards of classes: names shown or not, test digits looked at once, the runs of a class."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from mnist_core.errors import ClassNotFoundError
from mnist_core.store import Board, Member, RunContents, RunStatus, Store, boards
from mnist_core.store.schema import boards as boards_table
from mnist_core.store.schema import test_looks as looks_table
from tests.unit.store.store_helpers import ANNA, LEASE, Clock, make_older, new_run


@pytest.fixture
def ada(store: Store) -> Member:
    return join(store, store.create_class("7b").id, "ada")


def join(store: Store, class_id: str, name: str) -> Member:
    return store.join_class(class_id, name, f"{name} code", token=f"token of {name}")


def test_names_are_hidden_until_they_are_shown_and_may_be_hidden_again(
    store: Store, ada: Member
) -> None:
    assert store.read_board(ada.class_id) == Board()
    for shown in (True, False):
        store.show_names(ada.class_id, shown=shown)
        assert store.read_board(ada.class_id).names_shown is shown


def test_test_digits_are_looked_at_once(store: Store, ada: Member, clock: Clock) -> None:
    first = datetime.fromtimestamp(clock.now, UTC)
    store.look_at_test(ada.class_id, "small-network")
    clock.advance(60)
    store.look_at_test(ada.class_id, "small-network")
    assert store.read_board(ada.class_id).looked_at == {"small-network": first}
    store.look_at_test(ada.class_id, "quick-learner")
    assert set(store.read_board(ada.class_id).looked_at) == {"small-network", "quick-learner"}


@pytest.mark.parametrize("class_id", ["", "0" * 12, "x\0"])
def test_there_is_no_board_without_a_class(store: Store, class_id: str) -> None:
    for asked in (
        store.read_board,
        lambda wanted: store.show_names(wanted, shown=True),
        lambda wanted: store.look_at_test(wanted, "small-network"),
    ):
        with pytest.raises(ClassNotFoundError):
            asked(class_id)


def test_a_board_is_forgotten_with_its_class_and_another_one_stays(
    store: Store, ada: Member
) -> None:
    other = store.create_class("8a")
    for class_id in (ada.class_id, other.id):
        store.show_names(class_id, shown=True)
        store.look_at_test(class_id, "small-network")
    store.forget_class(ada.class_id, with_runs=False)
    engine = sa.create_engine(store.url)
    with engine.connect() as connection:
        for table in (boards_table, looks_table):
            assert connection.scalars(sa.select(table.c.class_id)).all() == [other.id]
    engine.dispose()


def test_a_copy_of_a_class_has_a_board_of_its_own(store: Store, ada: Member) -> None:
    store.show_names(ada.class_id, shown=True)
    store.look_at_test(ada.class_id, "small-network")
    assert store.read_board(store.duplicate_class(ada.class_id).id) == Board()


def test_the_runs_of_a_class_are_those_of_its_people_the_newest_first(
    store: Store, ada: Member, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = join(store, ada.class_id, "ben")
    elsewhere = join(store, store.create_class("8a").id, "cy")
    gone = join(store, ada.class_id, "dot")
    made = []
    for owner in (ada.owner, ben.owner, elsewhere.owner, gone.owner, ANNA, None, ada.owner):
        made.append(new_run(store, owner))
        clock.advance(1)
    store.remove_member(ada.class_id, gone.id)
    assert store.class_runs(ada.class_id) == [made[6], made[1], made[0]]
    assert store.class_runs("0" * 12) == []
    monkeypatch.setattr(boards, "MOST_RUNS_OF_A_CLASS", 2)
    assert store.class_runs(ada.class_id) == [made[6], made[1]]


def test_a_deleted_run_is_still_known_to_have_been_tried(store: Store, ada: Member) -> None:
    run = new_run(store, ada.owner)
    store.delete_run(run.id, ada.owner)
    [found] = store.class_runs(ada.class_id)
    assert found.deleted_at is not None


def test_runs_that_came_in_a_file_are_not_on_the_board(store: Store, ada: Member) -> None:
    run = new_run(store, ada.owner)
    claim = store.claim_next(LEASE)
    assert claim is not None
    store.finish(claim, RunStatus.FINISHED, test_accuracy=0.9, test_loss=0.1)
    trained = store.get_run(run.id)
    names = {field.name for field in dataclasses.fields(RunContents)}
    known = {name: getattr(trained, name) for name in names if hasattr(trained, name)}
    made_up = RunContents(**known | {"id": "0" * 12, "events": [], "epochs": []})
    assert store.add_runs([made_up], owner=ada.owner) == [made_up.id]
    assert store.get_run(made_up.id).owner == ada.owner
    assert store.class_runs(ada.class_id) == [trained]


def test_runs_of_a_class_are_found_by_an_index(sqlite_url: str) -> None:
    plans = []

    def note(connection, _cursor, statement: str, parameters: object, *_rest: object) -> None:
        if "FROM runs" in statement and not statement.startswith("EXPLAIN"):
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in found)

    with Store(sqlite_url) as store:
        sa.event.listen(store._database._engine, "before_cursor_execute", note)
        assert store.class_runs(store.create_class("7b").id) == []
    assert [plan for plan in plans if plan.startswith("SEARCH runs USING INDEX ix_runs_owner")]
    assert not [plan for plan in plans if plan.startswith("SCAN")]


def test_classes_of_an_older_program_have_a_board(store: Store, url: str, ada: Member) -> None:
    address = store.url
    store.close()
    make_older(address, "009")
    with Store(url) as again:
        assert again.read_board(ada.class_id) == Board()
