"""Answers handed in: never lost, changed until closed, some of them on the wall without a name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from mnist_core.config import LONGEST_ANSWER
from mnist_core.errors import (
    AnswersClosedError,
    ClassNotFoundError,
    ConfigError,
    LimitError,
    MemberNotFoundError,
)
from mnist_core.store import (
    AnsweredTask,
    ClassRules,
    Member,
    SchoolClass,
    Store,
    WallAnswer,
    answers,
)
from mnist_core.store.drafts import MOST_RUNS
from tests.unit.store.store_helpers import Clock, in_threads

TASK, OTHER_TASK = "1" * 12, "2" * 12
RUN, OTHER_RUN = "a" * 12, "b" * 12
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def school_class(store: Store) -> SchoolClass:
    return store.create_class("7b")


def join(store: Store, school_class: SchoolClass, name: str = "brave otter") -> Member:
    return store.join_class(school_class.id, name, f"{name} code", token=f"token of {name}")


@pytest.fixture
def otter(store: Store, school_class: SchoolClass) -> Member:
    return join(store, school_class)


def test_an_answer_is_there_with_its_name_its_runs_and_its_time(
    store: Store, school_class: SchoolClass, otter: Member, clock: Clock
) -> None:
    words = "It is lower:\n é 手"
    handed_in = store.hand_in(otter.id, TASK, "Why?", words, [OTHER_RUN, RUN])
    assert (handed_in.name, handed_in.question, handed_in.answer) == ("brave otter", "Why?", words)
    assert handed_in.run_ids == (OTHER_RUN, RUN)
    assert handed_in.first_at.timestamp() == handed_in.last_at.timestamp() == clock.now
    assert handed_in.on_wall is None
    assert store.read_answer(otter.id, TASK) == handed_in
    assert store.list_answers(school_class.id, TASK) == [handed_in]
    assert store.read_answer(otter.id, OTHER_TASK) is None
    assert store.list_answers(store.create_class("8a").id, TASK) == []


def test_it_may_be_changed_and_keeps_its_place(
    store: Store, school_class: SchoolClass, otter: Member, clock: Clock
) -> None:
    first = store.hand_in(otter.id, TASK, "Why?", "lower", [RUN])
    clock.advance(5)
    koala = join(store, school_class, "calm koala")
    store.hand_in(koala.id, TASK, "Why?", "higher", [])
    store.hand_in(koala.id, OTHER_TASK, "How?", "so", [])
    clock.advance(5)
    changed = store.hand_in(otter.id, TASK, "Why?", "much lower", [RUN, OTHER_RUN])
    assert (changed.id, changed.first_at) == (first.id, first.first_at)
    assert changed.last_at.timestamp() == clock.now
    listed = store.list_answers(school_class.id, TASK)
    assert [each.answer for each in listed] == ["higher", "much lower"]
    assert store.list_answered_tasks(school_class.id) == [
        AnsweredTask(key=OTHER_TASK, question="How?", answers=1),
        AnsweredTask(key=TASK, question="Why?", answers=2),
    ]


@pytest.mark.parametrize(
    ("answer", "run_ids", "words"),
    [
        ("", [], "no answer yet"),
        (" \n\0", [], "no answer yet"),
        ("x" * (LONGEST_ANSWER + 1), [], "There is room for 5,000"),
        ("x", [f"{number:012x}" for number in range(MOST_RUNS + 1)], "Choose 50 or fewer"),
    ],
)
def test_what_can_not_be_taken_leaves_what_was_handed_in_before(
    store: Store, otter: Member, answer: str, run_ids: list[str], words: str
) -> None:
    kept = store.hand_in(otter.id, TASK, "Why?", "lower", [RUN])
    with pytest.raises(ConfigError, match=words):
        store.hand_in(otter.id, TASK, "Why?", answer, run_ids)
    assert store.read_answer(otter.id, TASK) == kept


def test_what_no_database_takes_is_left_out(store: Store, otter: Member) -> None:
    kept = store.hand_in(otter.id, TASK, "W\0hy?", "one\0two\ud800", [RUN, "no run", RUN, "\0"])
    assert (kept.question, kept.answer, kept.run_ids) == ("Why?", "onetwo?", (RUN,))


def test_a_closed_task_takes_nothing_until_it_is_opened_again(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    kept = store.hand_in(otter.id, TASK, "Why?", "lower", [])
    for _ in range(2):
        store.close_answers(school_class.id, TASK)
    assert store.are_answers_closed(school_class.id, TASK)
    with pytest.raises(AnswersClosedError, match="Your teacher has closed this"):
        store.hand_in(otter.id, TASK, "Why?", "higher", [])
    with pytest.raises(AnswersClosedError):
        store.hand_in(join(store, school_class, "calm koala").id, TASK, "Why?", "higher", [])
    assert store.list_answers(school_class.id, TASK) == [kept]
    store.hand_in(otter.id, OTHER_TASK, "How?", "so", [])
    of_other_class = join(store, store.create_class("8a"), "keen fox")
    store.hand_in(of_other_class.id, TASK, "Why?", "theirs is open", [])
    store.open_answers(school_class.id, TASK)
    assert store.hand_in(otter.id, TASK, "Why?", "higher", []).answer == "higher"


def test_a_class_that_is_not_there_can_not_be_closed(store: Store) -> None:
    with pytest.raises(ClassNotFoundError):
        store.close_answers("0" * 12, TASK)


def test_no_further_task_is_taken_and_none_is_displaced(
    store: Store, otter: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_ANSWERS", 1)
    store.hand_in(otter.id, TASK, "Why?", "lower", [])
    with pytest.raises(LimitError, match="answers to 1 tasks, and no more"):
        store.hand_in(otter.id, OTHER_TASK, "How?", "so", [])
    assert store.hand_in(otter.id, TASK, "Why?", "higher", []).answer == "higher"


def test_only_who_is_in_a_class_hands_in(store: Store, school_class: SchoolClass) -> None:
    strict = store.create_class("8a", ClassRules(needs_approval=True))
    waiting, removed = join(store, strict, "keen fox"), join(store, school_class, "calm koala")
    store.remove_member(school_class.id, removed.id)
    here = join(store, school_class)
    store.archive_class(school_class.id)
    for member_id in (waiting.id, removed.id, here.id, "0" * 12, ""):
        with pytest.raises(MemberNotFoundError):
            store.hand_in(member_id, TASK, "Why?", "lower", [])
    store.bring_class_back(school_class.id)
    store.hand_in(here.id, TASK, "Why?", "lower", [])


def test_of_two_tabs_that_hand_in_at_once_both_are_taken_one_after_the_other(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    in_threads(4, lambda number: store.hand_in(otter.id, TASK, "Why?", f"answer {number}", []))
    [kept] = store.list_answers(school_class.id, TASK)
    assert kept.answer.startswith("answer ")


HANDS_IN_WITHOUT_END = """
import itertools, sys
from mnist_core.store import Store
url, member_id, task = sys.argv[1:]
with Store(url) as store:
    for number in itertools.count():
        store.hand_in(member_id, task, "Why?", str(number), [])
        print(number, flush=True)
"""


def test_what_was_taken_is_there_although_the_server_is_killed_at_once(
    store: Store, otter: Member
) -> None:
    command = [sys.executable, "-c", HANDS_IN_WITHOUT_END, store.url, otter.id, TASK]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = [server.stdout.readline() for _ in range(3)]
        server.kill()
        said += server.stdout.readlines()
    last = int([line for line in said if line.endswith("\n")][-1])
    kept = store.read_answer(otter.id, TASK)
    assert kept is not None
    assert int(kept.answer) in (last, last + 1)  # one more where it came no further than the store


def test_it_is_on_the_disk_before_it_is_said_to_be_taken(tmp_path: Path) -> None:
    """SQLite flushes what it wrote only where it is told to; other writers need not wait for it."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.extend([statement] * statement.startswith(("PRAGMA synchronous", "BEGIN IMMEDIATE")))

    with Store(f"sqlite:///{tmp_path / 'runs.db'}") as store:
        member = join(store, store.create_class("7b"))
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            store.hand_in(member.id, TASK, "Why?", "lower", [])
            store.keep_answer(TASK, "lower", owner=member.owner)
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert asked == [
        *("PRAGMA synchronous = FULL", "BEGIN IMMEDIATE"),
        *("PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE"),
    ]


# ------------------------------------------------------------------------------------- the wall


def test_the_wall_has_the_words_that_were_chosen_and_nothing_else(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    kept = store.hand_in(otter.id, TASK, "Why?", "lower", [RUN])
    assert store.read_wall(school_class.id) == []
    store.put_on_wall(school_class.id, kept.id, "lower")
    store.hand_in(otter.id, TASK, "Why?", "my teacher is a koala", [])
    hangs = [WallAnswer(question="Why?", answer="lower")]
    assert store.read_wall(school_class.id) == hangs
    assert store.read_wall(school_class.id, TASK) == hangs
    assert store.read_wall(school_class.id, OTHER_TASK) == []
    assert store.read_wall(school_class.id, "\0") == []
    [changed] = store.list_answers(school_class.id, TASK)
    assert (changed.answer, changed.on_wall) == ("my teacher is a koala", "lower")
    store.put_on_wall(school_class.id, kept.id, "my teacher is a koala")
    assert [each.answer for each in store.read_wall(school_class.id)] == ["my teacher is a koala"]
    store.take_off_wall(school_class.id, kept.id)
    assert store.read_wall(school_class.id) == []
    assert store.list_answers(school_class.id, TASK)[0].on_wall is None


def test_what_was_changed_a_moment_ago_is_not_hung_up_unread(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    kept = store.hand_in(otter.id, TASK, "Why?", "lower", [])
    store.hand_in(otter.id, TASK, "Why?", "my teacher is a koala", [])
    other = store.create_class("8a")
    for class_id, answer_id, words in (
        (school_class.id, kept.id, "lower"),
        (school_class.id, "0" * 12, "lower"),
        (other.id, kept.id, "my teacher is a koala"),
    ):
        with pytest.raises(ConfigError, match="Read it once more"):
            store.put_on_wall(class_id, answer_id, words)
    assert store.read_wall(school_class.id) == store.read_wall(other.id) == []


def test_another_class_takes_nothing_off_the_wall(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    kept = store.hand_in(otter.id, TASK, "Why?", "lower", [])
    store.put_on_wall(school_class.id, kept.id, "lower")
    store.take_off_wall(store.create_class("8a").id, kept.id)
    assert len(store.read_wall(school_class.id)) == 1


def test_the_order_of_the_wall_is_neither_that_of_time_nor_that_of_names(
    store: Store, school_class: SchoolClass, clock: Clock
) -> None:
    names = [f"otter {number:02}" for number in range(16)]
    for name in names:
        clock.advance(1)
        kept = store.hand_in(join(store, school_class, name).id, TASK, "Why?", name, [])
        store.put_on_wall(school_class.id, kept.id, name)
    shown = [each.answer for each in store.read_wall(school_class.id)]
    assert sorted(shown) == names
    assert shown not in (names, names[::-1])
    assert [each.answer for each in store.read_wall(school_class.id)] == shown


# ------------------------------------------------------------------------------------ forgetting


def test_a_forgotten_class_leaves_no_answer_and_another_one_keeps_its_own(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    other = store.create_class("8a")
    fox = join(store, other, "keen fox")
    for who, where in ((otter, school_class), (fox, other)):
        kept = store.hand_in(who.id, TASK, "Why?", "lower", [])
        store.put_on_wall(where.id, kept.id, "lower")
        store.close_answers(where.id, TASK)
    store.forget_class(school_class.id, with_runs=False)
    assert store.read_answer(otter.id, TASK) is None
    assert store.list_answers(school_class.id, TASK) == []
    assert store.read_wall(school_class.id) == []
    assert not store.are_answers_closed(school_class.id, TASK)
    assert store.read_answer(fox.id, TASK) is not None
    assert len(store.read_wall(other.id)) == 1
    assert store.are_answers_closed(other.id, TASK)


def test_whoever_is_removed_leaves_neither_an_answer_nor_one_on_the_wall(
    store: Store, school_class: SchoolClass, otter: Member
) -> None:
    kept = store.hand_in(otter.id, TASK, "Why?", "lower", [])
    store.put_on_wall(school_class.id, kept.id, "lower")
    store.remove_member(school_class.id, otter.id)
    assert store.list_answers(school_class.id, TASK) == []
    assert store.read_wall(school_class.id) == []
