"""People of a class: who they act as, where they sit, how they come back, what the teacher does."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from mnist_core.errors import ClassClosedError, ConfigError, MemberNotFoundError, NotYoursError
from mnist_core.store import ClassRules, Member, SchoolClass, Store, hash_owner, members
from mnist_core.store.hashing import LONGEST_SEALED, sealed, slow_hash, unsealed
from mnist_core.store.teachers import TEACHER_SECONDS
from tests.unit.store.store_helpers import Clock, in_threads, new_run

LAPTOP, PHONE = "token of a laptop", "token of a phone"
SECRET = "a secret of twelve"
CODE = "maple tunnel seven"


@pytest.fixture
def school_class(store: Store) -> SchoolClass:
    return store.create_class("7b")


def join(
    store: Store, school_class: SchoolClass, name: str = "brave otter", token: str = LAPTOP
) -> Member:
    return store.join_class(school_class.id, name, f"code of {name}", token=token)


def test_a_browser_acts_as_who_sits_at_it_and_as_itself_again_when_they_left(
    store: Store, school_class: SchoolClass
) -> None:
    browser = hash_owner(LAPTOP)
    assert store.acting_as(browser) == browser
    otter = join(store, school_class)
    assert store.acting_as(browser) == otter.owner
    assert len(otter.owner) == 64
    seat = store.read_seat(browser)
    assert seat is not None
    assert (seat.member, seat.school_class) == (otter, school_class)
    assert seat.return_code(LAPTOP) == "code of brave otter"
    assert seat.return_code(PHONE) != "code of brave otter"
    store.leave_seat(browser)
    assert store.acting_as(browser) == browser
    assert store.read_seat(browser) is None
    assert store.list_members(school_class.id) == [otter]


def test_the_next_one_at_a_shared_computer_can_not_change_the_runs_of_the_last(
    store: Store, school_class: SchoolClass
) -> None:
    otter = join(store, school_class)
    run = new_run(store, otter.owner)
    koala = join(store, school_class, "calm koala")
    assert store.acting_as(hash_owner(LAPTOP)) == koala.owner != otter.owner
    with pytest.raises(NotYoursError):
        store.request_stop(run.id, koala.owner)


def test_a_return_code_opens_the_place_on_another_device_and_the_first_one_stays(
    store: Store, school_class: SchoolClass
) -> None:
    otter = store.join_class(school_class.id, "brave otter", CODE, token=LAPTOP)
    store.close_class(school_class.id)
    assert store.return_to_class(school_class.id, CODE, token=PHONE) == otter
    assert {store.acting_as(hash_owner(token)) for token in (LAPTOP, PHONE)} == {otter.owner}
    seat = store.read_seat(hash_owner(PHONE))
    assert seat is not None
    assert seat.return_code(PHONE) == CODE


def test_a_wrong_return_code_or_one_of_another_class_opens_nothing(
    store: Store, school_class: SchoolClass
) -> None:
    store.join_class(school_class.id, "brave otter", CODE, token=LAPTOP)
    other = store.create_class("8a")
    assert store.return_to_class(school_class.id, "maple tunnel six", token=PHONE) is None
    assert store.return_to_class(school_class.id, "", token=PHONE) is None
    assert store.return_to_class(other.id, CODE, token=PHONE) is None
    assert store.read_seat(hash_owner(PHONE)) is None


def test_neither_return_codes_nor_tokens_nor_the_secret_are_in_the_file(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'runs.db'}") as store:
        store.join_class(store.create_class("7b").id, "brave otter", CODE, token=LAPTOP)
        store.let_teacher_in(hash_owner(PHONE), SECRET)
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "brave otter" in dump
    assert not [each for each in (CODE, "maple", LAPTOP, SECRET) if each in dump]


def test_whoever_has_to_be_let_in_acts_as_the_browser_until_then(store: Store) -> None:
    school_class = store.create_class("7b", ClassRules(needs_approval=True))
    otter, koala = (join(store, school_class, name, name) for name in ("brave otter", "calm koala"))
    browser = hash_owner("brave otter")
    assert not otter.is_approved
    assert store.acting_as(browser) == browser
    assert store.read_seat(browser) is not None
    store.approve_members(school_class.id, [otter.id, "0" * 12])
    assert store.acting_as(browser) == otter.owner
    assert [each.id for each in store.list_members(school_class.id)] == [koala.id, otter.id]


def test_nobody_joins_a_closed_class_or_an_archived_one(
    store: Store, school_class: SchoolClass
) -> None:
    store.close_class(school_class.id)
    with pytest.raises(ClassClosedError, match="nobody can join it now"):
        join(store, school_class)
    store.open_class(school_class.id)
    otter = join(store, school_class)
    store.archive_class(school_class.id)
    assert store.acting_as(hash_owner(LAPTOP)) == hash_owner(LAPTOP)
    with pytest.raises(ClassClosedError):
        join(store, school_class, "calm koala", PHONE)
    store.bring_class_back(school_class.id)
    assert store.acting_as(hash_owner(LAPTOP)) == otter.owner


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "at least one letter"),
        ("\N{ZERO WIDTH SPACE}\n", "at least one letter"),
        ("x" * 31, "at most 30"),
        ("Brave\nOtter", "Somebody here is called “brave otter”"),
    ],
)
def test_a_name_that_can_not_be_taken_is_refused(
    store: Store, school_class: SchoolClass, name: str, words: str
) -> None:
    join(store, school_class)
    koala = join(store, school_class, "calm koala", PHONE)
    with pytest.raises(ConfigError, match=words):
        join(store, school_class, name, "another token")
    with pytest.raises(ConfigError, match=words):
        store.rename_member(school_class.id, koala.id, name)
    assert [each.name for each in store.list_members(school_class.id)] == [
        "brave otter",
        "calm koala",
    ]


def test_a_typed_name_is_taken_only_where_the_class_allows_it(store: Store) -> None:
    strict, easy = store.create_class("7b"), store.create_class("8a", ClassRules(typed_names=True))
    with pytest.raises(ConfigError, match="names are given"):
        store.join_class(strict.id, "Ada", CODE, token=LAPTOP, typed=True)
    assert store.join_class(easy.id, "Ada", CODE, token=LAPTOP, typed=True).name == "Ada"


def test_a_full_class_says_so(
    store: Store, school_class: SchoolClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_MEMBERS", 1)
    join(store, school_class)
    with pytest.raises(ConfigError, match="no room for more"):
        join(store, school_class, "calm koala", PHONE)


def test_of_many_who_want_one_name_at_once_one_gets_it(
    store: Store, school_class: SchoolClass
) -> None:
    refused: list[ConfigError] = []

    def try_to_join(number: int) -> None:
        try:
            join(store, school_class, token=f"token {number}")
        except ConfigError as error:
            refused.append(error)

    in_threads(4, try_to_join)
    assert len(store.list_members(school_class.id)) == 1
    assert len(refused) == 3


def test_a_teacher_renames_and_removes(store: Store, school_class: SchoolClass) -> None:
    otter = store.join_class(school_class.id, "brave otter", CODE, token=LAPTOP)
    store.rename_member(school_class.id, otter.id, "BRAVE otter")
    assert [each.name for each in store.list_members(school_class.id)] == ["BRAVE otter"]
    store.remove_member(school_class.id, otter.id)
    assert store.list_members(school_class.id) == []
    assert store.count_members() == {}
    assert store.acting_as(hash_owner(LAPTOP)) == hash_owner(LAPTOP)
    assert store.return_to_class(school_class.id, CODE, token=PHONE) is None
    assert store.return_to_class(school_class.id, "", token=PHONE) is None
    for action in (store.remove_member, lambda *ids: store.rename_member(*ids, "x")):
        with pytest.raises(MemberNotFoundError, match="not in the class any more"):
            action(school_class.id, otter.id)
    join(store, school_class, "brave otter", PHONE)  # the name is free again


def test_a_member_of_another_class_is_left_alone(store: Store, school_class: SchoolClass) -> None:
    otter = join(store, school_class)
    other = store.create_class("8a", ClassRules(needs_approval=True))
    for action in (store.remove_member, lambda *ids: store.rename_member(*ids, "x")):
        with pytest.raises(MemberNotFoundError):
            action(other.id, otter.id)
    assert store.list_members(school_class.id) == [otter]


def test_it_is_written_down_once_a_minute_that_somebody_is_there(
    store: Store, school_class: SchoolClass, clock: Clock
) -> None:
    otter = join(store, school_class)
    clock.advance(59)
    store.note_seen(otter)
    assert store.list_members(school_class.id) == [otter]
    clock.advance(1)
    store.note_seen(otter)
    [seen] = store.list_members(school_class.id)
    assert seen.seen_at.timestamp() == clock.now


def test_the_newest_run_of_each_is_read_at_once(
    store: Store, school_class: SchoolClass, clock: Clock
) -> None:
    otter, koala = (join(store, school_class, name, name) for name in ("brave otter", "calm koala"))
    deleted = None
    for _ in range(3):
        clock.advance(1)
        deleted = new_run(store, otter.owner)
    assert deleted is not None
    store.delete_run(deleted.id, otter.owner)
    found = store.latest_runs([otter.owner, koala.owner])
    assert found.keys() == {otter.owner}
    assert found[otter.owner] == store.list_runs()[0]


def test_a_seat_costs_one_query(store: Store, school_class: SchoolClass) -> None:
    join(store, school_class)
    asked = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        asked.extend([statement] * ("SELECT" in statement))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        store.acting_as(hash_owner(LAPTOP))
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(asked) == 1


# -------------------------------------------------------------------------------- teachers


def test_a_browser_is_a_teachers_while_the_server_has_the_secret_that_it_has_shown(
    store: Store, clock: Clock
) -> None:
    mine, other = hash_owner(LAPTOP), hash_owner(PHONE)
    store.let_teacher_in(mine, SECRET)
    assert store.is_teacher(mine, SECRET)
    assert not store.is_teacher(other, SECRET)
    assert not store.is_teacher(mine, "another secret of a later start")
    store.let_teacher_out(mine)
    assert not store.is_teacher(mine, SECRET)
    store.let_teacher_in(mine, SECRET)
    clock.advance(TEACHER_SECONDS + 1)
    assert not store.is_teacher(mine, SECRET)


# ----------------------------------------------------------------------------------- hashing


def test_what_is_sealed_is_read_with_the_token_it_was_sealed_with() -> None:
    text = sealed(CODE, LAPTOP, "purpose")
    assert unsealed(text, LAPTOP, "purpose") == CODE
    assert CODE not in {unsealed(text, PHONE, "purpose"), unsealed(text, LAPTOP, "other")}
    assert len(text) == len(sealed("a", LAPTOP, "purpose")) == 2 * LONGEST_SEALED


def test_the_same_words_have_another_hash_with_another_salt() -> None:
    assert slow_hash(CODE, "a") == slow_hash(CODE, "a") != slow_hash(CODE, "b")
    assert CODE not in slow_hash(CODE, "a")
