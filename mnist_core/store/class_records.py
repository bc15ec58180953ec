"""Classes and the people in them, as the store hands them out. Knows nothing of SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mnist_core.config import LIMITS, NODES, Limit, TrainingConfig
from mnist_core.errors import ConfigError
from mnist_core.formatting import listed
from mnist_core.store.hashing import unsealed
from mnist_core.store.records import RunStatus

ROOM_FOR_RUNS: Final = Limit(1, 64)
"""Runs of one person that may be on their way at once."""

SMALLEST_MOST: Final = 2
"""Of epochs and nodes: a slider has two ends."""

GUESS_FIRST: Final = ("results", "look_inside", "mistakes")
"""Pages, by their addresses, that a class may find closed until it has made a prediction."""

_LONGEST_TASK: Final = 4000
_LIMITED: Final[Mapping[str, tuple[str, Limit]]] = {
    "most_epochs": ("epochs", LIMITS["epochs"]._replace(minimum=SMALLEST_MOST)),
    "most_nodes": ("nodes in a layer", NODES._replace(minimum=SMALLEST_MOST)),
    "most_runs": ("runs at once", ROOM_FOR_RUNS),
}


@dataclass(frozen=True, kw_only=True)
class ClassRules:
    """What a teacher has laid down for a class.

    Attributes:
        needs_approval: who joins waits until the teacher lets them in.
        typed_names: people may type a name of their own.
        most_epochs, most_nodes, most_runs: of a run, of a layer, of one person's runs that are on
            their way; None is as many as everybody may.
        task: parameters of an address of Train, which everybody is offered there; empty for none.
        forget_at: when the class is forgotten by itself, aware; None for never.
        forget_runs: what its people made is deleted then as well.
        guess_first: which pages of ``GUESS_FIRST`` show nobody a run of their own before they have
            predicted its test accuracy.

    Raises:
        ConfigError: a limit can't be one, the task is too long, or a page can't be closed.
    """

    needs_approval: bool = False
    typed_names: bool = False
    most_epochs: int | None = None
    most_nodes: int | None = None
    most_runs: int | None = None
    task: Mapping[str, str] = field(default_factory=dict)
    forget_at: datetime | None = None
    forget_runs: bool = False
    guess_first: Collection[str] = ()

    def __post_init__(self) -> None:
        for name, (words, limit) in _LIMITED.items():
            most = getattr(self, name)
            if most is not None and not limit.allows(most):
                raise ConfigError(
                    f"At most {most:,} {words} can't be a rule. Choose {limit}, or nothing.", name
                )
        if sum(map(len, self.task.values())) > _LONGEST_TASK:
            raise ConfigError(
                f"The task is too long. There is room for {_LONGEST_TASK:,} characters.", "task"
            )
        if not set(self.guess_first) <= set(GUESS_FIRST):
            raise ConfigError(
                f"Only {listed(GUESS_FIRST)} can wait for a prediction.", "guess_first"
            )


@dataclass(frozen=True, kw_only=True)
class Call:
    """Where a teacher has brought everybody of a class.

    Attributes:
        page: by its address, such as "train"; empty for the first page.
        run_id: the run to look at there; None for whichever each one looks at.
        called_at: aware, UTC; tells one call from another.
    """

    page: str
    run_id: str | None
    called_at: datetime


@dataclass(frozen=True, kw_only=True)
class SchoolClass:
    """A class that a teacher has opened.

    Attributes:
        id: 12 hexadecimal digits.
        name: as the teacher typed it: "7b".
        code: five letters by which people join.
        is_open: people may join.
        archived_at: since when nobody is in it any more, aware, UTC; None while it goes on.
        is_paused: nobody's run trains, and none is begun.
        call: the last one; None before the first.
        revision: another number after each change to the class.
    """

    id: str
    name: str
    code: str
    is_open: bool
    created_at: datetime
    archived_at: datetime | None
    rules: ClassRules
    is_paused: bool
    call: Call | None
    revision: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a teacher has laid down for the board of a class.

    Attributes:
        names_shown: everybody who looks at it reads whose runs they are.
        looked_at: when the test digits of a challenge were looked at, aware, UTC, by its key.
    """

    names_shown: bool = False
    looked_at: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody in a class.

    Attributes:
        id: 12 hexadecimal digits.
        owner: whose runs, drafts and digits are this person's; 64 random hexadecimal digits.
        name: generated, or typed where the class allows it.
        approved_at: since when they are in it, aware, UTC; None while they wait to be let in.
        seen_at: when they last looked at a page, to a minute.
    """

    id: str
    class_id: str
    owner: str
    name: str
    joined_at: datetime
    approved_at: datetime | None
    seen_at: datetime

    @property
    def is_approved(self) -> bool:
        """Whether the teacher has let them in, or nobody had to."""
        return self.approved_at is not None


@dataclass(frozen=True, kw_only=True)
class GuessRound:
    """What a class is asked to predict: the test accuracy of a network, before it trains.

    Attributes:
        id: 12 hexadecimal digits.
        config: the network's settings.
        is_open: predictions are taken, and told to nobody.
        run_id: the run that decides; None before it begins, and where it was deleted.
        status: of that run.
        test_accuracy: what that run came to, 0 to 1.
    """

    id: str
    config: TrainingConfig
    is_open: bool
    run_id: str | None
    status: RunStatus | None
    test_accuracy: float | None

    @property
    def may_train(self) -> bool:
        """Whether nothing decides it yet: no run was begun, or none that came to a result."""
        return self.test_accuracy is None and (self.status is None or self.status.is_over)


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What somebody of a class predicted.

    Attributes:
        name: what they are called in the class.
        expected_accuracy: the test accuracy, 0 to 1.
    """

    name: str
    expected_accuracy: float


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A browser at which somebody of a class sits.

    Attributes:
        sealed_code: the member's return code, which only this browser's token opens.
    """

    member: Member
    school_class: SchoolClass
    sealed_code: str

    def return_code(self, token: str) -> str:
        """Read the return code with the token of the browser that has the seat."""
        return unsealed(self.sealed_code, token, self.member.id)


def owner_at(seat: Seat | None, browser: str) -> str:
    """Return the owner as whom a browser acts: who sits at it, once let in, or else itself."""
    return seat.member.owner if seat is not None and seat.member.is_approved else browser
