"""Answers: handed in by the people of a class, read by its teacher, some of them on its wall."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import LONGEST_ANSWER
from mnist_core.errors import AnswersClosedError, ConfigError, LimitError, MemberNotFoundError
from mnist_core.store.answer_records import Answer, AnsweredTask, WallAnswer
from mnist_core.store.classes import find_class, with_id
from mnist_core.store.drafts import MOST_RUNS
from mnist_core.store.engine import insert_if_new
from mnist_core.store.members import find_person
from mnist_core.store.part import StorePart
from mnist_core.store.rows import count_rows, is_run_id, utc
from mnist_core.store.schema import answers, closed_tasks, members, wall

MOST_ANSWERS: Final = 50
"""Of one person, each for another task. No further one is taken: none that is there is lost."""

_ANSWERS: Final = sa.select(answers, members.c.name, wall.c.answer.label("on_wall")).select_from(
    answers.join(members).outerjoin(wall, wall.c.answer_id == answers.c.id)
)


class AnswerPart(StorePart):
    """Handing in, and what a teacher does with what was handed in.

    A task is named as ``Assignment.key`` does. When ``hand_in`` has returned, the answer is on the
    disk, whatever becomes of this process; it goes with its class or its person only.
    """

    def hand_in(
        self, member_id: str, task: str, question: str, answer: str, run_ids: Sequence[str]
    ) -> Answer:
        """Take an answer; it replaces what this person has handed in for the task before.

        Args:
            member_id: who hands in.
            task: for which task.
            question: what was asked, for the teacher to read.
            answer: 1 to ``LONGEST_ANSWER`` characters.
            run_ids: the runs that it is about, in this order, at most ``MOST_RUNS`` of `drafts`.

        Raises:
            ConfigError: the answer is empty or too long, or it is about too many runs.
            AnswersClosedError: the teacher has closed the task.
            LimitError: this person has answered as many tasks as may be.
            MemberNotFoundError: nobody has this id who is in a class now.

        What was handed in before stays as it is then.
        """
        values = {"answer": _checked(answer), "run_ids": _checked_runs(run_ids)}
        now = self._clock()
        with self._database.write(on_disk=True) as connection:
            person = find_person(connection, members.c.id == member_id, lock=True)
            if person is None:
                raise MemberNotFoundError
            class_id = person["class_id"]
            if _is_closed(connection, class_id, task):
                raise AnswersClosedError
            this = (answers.c.member_id == member_id, answers.c.task == task)
            row = {"id": secrets.token_hex(6), "class_id": class_id, "first_at": now}
            known = connection.execute(sa.select(answers.c.id).where(*this)).first()
            if known is None:
                _check_room(connection, member_id)
                keys = {"member_id": member_id, "task": task, "question": _storable(question)}
                connection.execute(sa.insert(answers).values(**keys, **row, **values, last_at=now))
            else:
                connection.execute(sa.update(answers).where(*this).values(**values, last_at=now))
            found = connection.execute(_ANSWERS.where(*this)).mappings().one()
        return _answer(found)

    def read_answer(self, member_id: str, task: str) -> Answer | None:
        """Read what somebody has handed in for a task; None where it is nothing."""
        query = _ANSWERS.where(answers.c.member_id == member_id, answers.c.task == task)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _answer(row)

    def list_answers(self, class_id: str, task: str) -> list[Answer]:
        """Read what a class has handed in for a task: who came last is first, and stays there."""
        query = _ANSWERS.where(answers.c.class_id == class_id, answers.c.task == task)
        query = query.order_by(answers.c.first_at.desc(), answers.c.id)
        with self._database.read() as connection:
            return [_answer(row) for row in connection.execute(query).mappings()]

    def list_answered_tasks(self, class_id: str) -> list[AnsweredTask]:
        """Read for which tasks a class has handed in; what was begun last is first."""
        query = (
            sa.select(answers.c.task, sa.func.min(answers.c.question), sa.func.count())
            .where(answers.c.class_id == class_id)
            .group_by(answers.c.task)
            .order_by(sa.func.min(answers.c.first_at).desc(), answers.c.task)
        )
        return [
            AnsweredTask(key=task, question=question, answers=int(count))
            for task, question, count in self._rows(query)
        ]

    def close_answers(self, class_id: str, task: str) -> None:
        """Let a class hand in nothing more for a task, and change nothing.

        Raises:
            ClassNotFoundError: there is no such class.
        """
        keys = {"class_id": class_id, "task": task}
        with self._database.write() as connection:
            find_class(connection, with_id(class_id))
            insert_if_new(connection, closed_tasks, keys, {"closed_at": self._clock()})

    def open_answers(self, class_id: str, task: str) -> None:
        """Let a class hand in again for a task that was closed."""
        with self._database.write() as connection:
            connection.execute(sa.delete(closed_tasks).where(*_this_closed(class_id, task)))

    def are_answers_closed(self, class_id: str, task: str) -> bool:
        """Check whether a class can hand in nothing more for a task."""
        with self._database.read() as connection:
            return _is_closed(connection, class_id, task)

    def put_on_wall(self, class_id: str, answer_id: str, answer: str) -> None:
        """Show an answer to its class, without a name.

        Its author may change it later; the wall keeps these words until it is put there anew.

        Args:
            class_id: of the class.
            answer_id: which answer.
            answer: its words, as whoever chooses it has read them.

        Raises:
            ConfigError: it has other words by now, or is gone; the wall stays as it is.
        """
        this = (answers.c.id == answer_id, answers.c.class_id == class_id)
        query = sa.select(answers.c.task, answers.c.question, answers.c.answer).where(*this)
        with self._database.write() as connection:
            row = connection.execute(query).one_or_none()
            if row is None or row.answer != answer:
                raise ConfigError(
                    "This answer was changed a moment ago. Read it once more, and choose it then.",
                    "answer",
                )
            connection.execute(sa.delete(wall).where(wall.c.answer_id == answer_id))
            values = {"answer_id": answer_id, "class_id": class_id, **row._asdict()}
            connection.execute(sa.insert(wall).values(**values))

    def take_off_wall(self, class_id: str, answer_id: str) -> None:
        """Show an answer to its class no more; it stays with the teacher."""
        this = (wall.c.answer_id == answer_id, wall.c.class_id == class_id)
        with self._database.write() as connection:
            connection.execute(sa.delete(wall).where(*this))

    def read_wall(self, class_id: str, task: str | None = None) -> list[WallAnswer]:
        """Read the wall of a class, in one query by an index.

        Args:
            class_id: of the class.
            task: for this one only; None for all.

        Returns:
            Task by task, within each in a random order that stays: it tells neither who wrote
            first nor who comes first by name.
        """
        if task is not None and not is_run_id(task):  # it may come from an address
            return []
        query = sa.select(wall.c.question, wall.c.answer).where(wall.c.class_id == class_id)
        if task is not None:
            query = query.where(wall.c.task == task)
        query = query.order_by(wall.c.task, wall.c.answer_id)
        return [WallAnswer(question=asked, answer=words) for asked, words in self._rows(query)]


def _answer(row: RowMapping) -> Answer:
    same = ("id", "member_id", "name", "question", "answer", "on_wall")
    return Answer(
        **{name: row[name] for name in same},
        run_ids=tuple(row["run_ids"]),
        first_at=utc(row["first_at"]),
        last_at=utc(row["last_at"]),
    )


def _this_closed(class_id: str, task: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (closed_tasks.c.class_id == class_id, closed_tasks.c.task == task)


def _is_closed(connection: sa.Connection, class_id: str, task: str) -> bool:
    query = sa.select(closed_tasks.c.task).where(*_this_closed(class_id, task))
    return connection.execute(query).first() is not None


def _check_room(connection: sa.Connection, member_id: str) -> None:
    if count_rows(connection, answers, answers.c.member_id == member_id) >= MOST_ANSWERS:
        raise LimitError(
            f"You have handed in answers to {MOST_ANSWERS} tasks, and no more are taken. You may "
            "still change those, and download this one."
        )


def _checked(answer: str) -> str:
    words = _storable(answer)
    if not words.strip():
        raise ConfigError("There is no answer yet. Write one, then hand it in.", "answer")
    if len(words) > LONGEST_ANSWER:
        raise ConfigError(
            f"The answer has {len(words):,} characters. There is room for {LONGEST_ANSWER:,}.",
            "answer",
        )
    return words


def _checked_runs(run_ids: Sequence[str]) -> list[str]:
    known = list(dict.fromkeys(filter(is_run_id, run_ids)))
    if len(known) > MOST_RUNS:
        raise ConfigError(
            f"The answer is about {len(known)} runs. Choose {MOST_RUNS} or fewer.", "runs"
        )
    return known


def _storable(typed: str) -> str:
    """Leave out what databases refuse."""
    return typed.encode(errors="replace").decode().replace("\0", "")
