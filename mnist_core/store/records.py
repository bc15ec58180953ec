"""What the store hands out: frozen records, and the states a run can be in.

Knows nothing of SQL: whoever reads a run needs no database.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mnist_core.config import TrainingConfig
from mnist_core.store.grid_plan import GridPlan

LEASE_SECONDS: Final = 10.0
"""How long a claim holds when its worker does not renew it; workers renew at a third of it."""

LONGEST_DEVICE: Final = 200
BETWEEN_DEVICES: Final = " and "


class RunStatus(StrEnum):
    """Where a run is on its way."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"
    STOPPED = "STOPPED"
    FAILED = "FAILED"
    INTERRUPTED = "INTERRUPTED"

    @property
    def is_over(self) -> bool:
        """True where nothing can follow any more."""
        return self in (RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.FAILED)

    @property
    def is_waiting(self) -> bool:
        """True where the run stands in the queue for a worker."""
        return self in (RunStatus.QUEUED, RunStatus.INTERRUPTED)

    @property
    def is_under_way(self) -> bool:
        """True where the run trains, or stands in the queue for it."""
        return self is RunStatus.RUNNING or self.is_waiting


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training with its settings, its orders and its results so far.

    Attributes:
        id: 12 hexadecimal digits.
        note: what its owner wrote about it, one line.
        starred: its owner wants it kept in sight.
        owner: hash of the token of the browser that started it; None belongs to the computer
            itself, as what its command line trains.
        continued_from: id of the run with whose weights it goes on.
        created_at, started_at, finished_at, deleted_at: aware, UTC.
        pace: seconds an epoch should last; 0.0 is as fast as possible.
        background: one of many that somebody asked for at once; it waits behind all others.
        expected_accuracy: the test accuracy somebody expected, 0 to 1.
        epoch_limit: pause when this many epochs are complete.
        epochs_done: complete epochs.
        step: the last update of the weights that was reported.
        last_seq: number of the run's newest event; 0 before the first.
        attempt: how often a worker has taken it up.
        accuracy, loss, val_accuracy, val_loss: of the last complete epoch, accuracies 0 to 1.
        seconds: training time so far.
        error, advice: after FAILED, what went wrong and what to try, a sentence each.
        device: what it was trained on, such as "CPU"; several are joined by "and". None before it
            began, and where nobody noted it.
    """

    id: str
    name: str
    note: str
    starred: bool
    status: RunStatus
    config: TrainingConfig
    dataset_digest: str
    dataset_name: str
    owner: str | None
    continued_from: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    deleted_at: datetime | None
    pace: float
    background: bool
    expected_accuracy: float | None
    epoch_limit: int | None
    epochs_done: int
    step: int
    last_seq: int
    attempt: int
    stop_requested: bool
    pause_requested: bool
    accuracy: float | None
    loss: float | None
    val_accuracy: float | None
    val_loss: float | None
    test_accuracy: float | None
    test_loss: float | None
    parameters: int | None
    training_digits: int | None
    seconds: float
    error: str | None
    advice: str | None
    device: str | None

    @property
    def devices(self) -> list[str]:
        """What it was trained on so far, each device once, in their order."""
        return self.device.split(BETWEEN_DEVICES) if self.device else []

    @property
    def label(self) -> str:
        """What a person calls it: its name, or else its settings in short."""
        return self.name or self.config.describe()

    @property
    def claim(self) -> Claim:
        """The claim of the newest attempt, for a process that trains the run it created."""
        return Claim(self.id, self.attempt)


@dataclass(frozen=True)
class Event:
    """Something that happened in a run; `seq` counts from 1 without gaps within the run."""

    run_id: str
    seq: int
    kind: str
    data: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Claim:
    """A worker's right to write to a run, good until another attempt begins."""

    run_id: str
    attempt: int


@dataclass(frozen=True)
class Orders:
    """What people want of a running run. Stop goes before pause.

    Attributes:
        stop, pause: somebody has asked for it.
        pace: seconds an epoch should last; 0.0 is as fast as possible.
        epoch_limit: pause when this many epochs are complete.
        make_way: somebody waits whose turn comes before another one of this run: it shall wait
            for its next turn once this one has lasted long enough.
    """

    stop: bool
    pause: bool
    pace: float
    epoch_limit: int | None
    make_way: bool = False


@dataclass(frozen=True)
class EpochRecord:
    """The numbers of one complete epoch, counted from 0; accuracies 0 to 1.

    A value that was not finite comes back from the store as NaN.
    """

    epoch: int
    accuracy: float
    loss: float
    val_accuracy: float
    val_loss: float
    seconds: float


@dataclass(frozen=True)
class Situation:
    """What a page has to know to say what a run is doing or waiting for.

    Attributes:
        epoch_limit, stop_requested, pause_requested, last_seq: as in `Run`.
        queue_position: 1 is next; None unless the run waits for a worker.
        workers: worker processes of all living servers.
        workers_ready: those of them that are warmed up.
        server_alive: some dispatcher reported in the last five seconds.
        problem: why one of those has no workers, in a sentence; empty where none says so.
        next_turn_in: seconds, estimated, until a worker takes it up; None where nothing is known.
        done_in: seconds, estimated, until it is done; None unless runs take turns.
        paused_by_class: its class was paused, and it goes on with the class.
    """

    status: RunStatus
    epoch_limit: int | None
    stop_requested: bool
    pause_requested: bool
    last_seq: int
    queue_position: int | None
    workers: int
    workers_ready: int
    server_alive: bool
    next_turn_in: float | None = None
    done_in: float | None = None
    paused_by_class: bool = False
    problem: str = ""


class Ruling(StrEnum):
    """What a person says of a digit that networks read wrong."""

    LABEL_WRONG = "LABEL_WRONG"
    UNREADABLE = "UNREADABLE"
    MODEL_WRONG = "MODEL_WRONG"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One person's ruling on one test digit.

    Attributes:
        digit: index of the test digit in its data set.
        name: of the person, as they typed it; empty where they typed none.
        owner: hash of the token of the browser that it came from.
        given_at: aware, UTC.
    """

    digit: int
    ruling: Ruling
    name: str
    owner: str
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody has written for a task so far.

    Attributes:
        answer: as they typed it.
        run_ids: the runs that it is about.
    """

    answer: str = ""
    run_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DigitSetEntry:
    """A digit set in the list of all of them.

    Attributes:
        name: as somebody typed it: "class 7b".
        size: how many digits it has.
    """

    name: str
    size: int


@dataclass(frozen=True, kw_only=True, eq=False)
class DigitSet:
    """Digits that people drew and kept under one name, or wrote in one round.

    Attributes:
        name: as somebody typed it, "class 7b", or "class 7b, round 1".
        ids: 12 hexadecimal digits for each.
        images: uint8 (n, 28, 28), 0 background to 255 ink.
        labels: uint8 (n,), 0 to 9: what the people who drew them say they are.
        owners: who drew each: hash of the token of the browser, or whoever of a class sat there.
        founder: whoever kept the first digit, be it deleted by now; None in an empty set, and in
            that of a round.
    """

    name: str
    ids: tuple[str, ...]
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    owners: tuple[str, ...]
    founder: str | None

    def __len__(self) -> int:
        return len(self.ids)

    def may_delete(self, place: int, owner: str) -> bool:
        """Check whether this person may delete the digit at this place, counted from 0."""
        return owner in (self.owners[place], self.founder)


@dataclass(frozen=True, kw_only=True)
class HandwritingRound:
    """What a class is asked to write, each person the same digits in an order of their own.

    Attributes:
        id: 12 hexadecimal digits.
        class_id: of the class that writes.
        number: counts the rounds of a class from 1.
        digits: which ones, rising.
        each: how many of each a person writes.
        closed_at: since when nothing is taken any more, aware, UTC; None while it is open.
    """

    id: str
    class_id: str
    number: int
    digits: tuple[int, ...]
    each: int
    started_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether people may write."""
        return self.closed_at is None

    def tasks_of(self, owner: str) -> tuple[int, ...]:
        """Return what one person is to write, 0 to 9 each: every digit once, then again.

        Args:
            owner: the person, 64 hexadecimal digits; the same one gets the same order again.
        """
        who = int(self.id, 16), int(owner, 16)
        orders = (np.random.default_rng([*who, again]) for again in range(self.each))
        return tuple(int(digit) for order in orders for digit in order.permutation(self.digits))


@dataclass(frozen=True)
class MapSubject:
    """What a map of digits shows: a layer of a run's network, or the pixels of a data set.

    Attributes:
        dataset_digest: names the data set whose test digits are on the map.
        run_id: whose network; None for the pixels, which are the same for every run.
        epoch: the snapshot, counted from 0, -1 before the first batch; 0 for the pixels.
        layer: from 1, the output layer last; 0 for the pixels.
    """

    dataset_digest: str
    run_id: str | None = None
    epoch: int = 0
    layer: int = 0


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A grid that somebody has started.

    Attributes:
        id: 12 hexadecimal digits.
        owner: hash of the token of the browser that started it.
        dataset_digest: names the data set that its runs are trained on.
        created_at: aware, UTC.
    """

    id: str
    owner: str
    plan: GridPlan
    dataset_digest: str
    dataset_name: str
    created_at: datetime


def hash_owner(token: str) -> str:
    """Turn a browser's secret token into what may be stored: its SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()
