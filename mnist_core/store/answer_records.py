"""Answers that were handed in, as the store hands them out. Knows nothing of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody of a class has handed in for a task.

    Attributes:
        id: 12 random hexadecimal digits.
        member_id: who it was.
        name: what they are called in their class now.
        question: what was asked; may be empty.
        answer: as they typed it.
        run_ids: the runs that it is about, which may be gone by now.
        first_at, last_at: when it was handed in first, and as it is now; aware, UTC.
        on_wall: the words that the class reads on its wall; None where it is not there.
    """

    id: str
    member_id: str
    name: str
    question: str
    answer: str
    run_ids: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    on_wall: str | None = None


@dataclass(frozen=True, kw_only=True)
class AnsweredTask:
    """A task for which somebody of a class has handed in.

    Attributes:
        key: its short name, as ``Assignment.key`` has it.
        question: what was asked; may be empty.
        answers: how many have handed in.
    """

    key: str
    question: str
    answers: int


@dataclass(frozen=True, kw_only=True)
class WallAnswer:
    """An answer on the wall of a class: nothing in it tells whose it is."""

    question: str
    answer: str
