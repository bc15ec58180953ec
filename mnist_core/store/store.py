"""The store: one class over one database, the truth about every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from mnist_core.store.answers import AnswerPart
from mnist_core.store.background import BackgroundPart
from mnist_core.store.behind import WriteBehind
from mnist_core.store.boards import BoardPart
from mnist_core.store.class_control import ClassControlPart
from mnist_core.store.classes import ClassPart
from mnist_core.store.datasets import DatasetPart
from mnist_core.store.digit_sets import DigitSetPart
from mnist_core.store.drafts import DraftPart
from mnist_core.store.engine import Database
from mnist_core.store.extension import ExtensionPart
from mnist_core.store.grids import GridPart
from mnist_core.store.guesses import GuessPart
from mnist_core.store.handwriting_rounds import HandwritingPart
from mnist_core.store.housekeeping import HousekeepingPart
from mnist_core.store.maps import MapPart
from mnist_core.store.members import MemberPart
from mnist_core.store.monitoring import MonitoringPart
from mnist_core.store.queue import QueuePart
from mnist_core.store.readers import ReaderPart
from mnist_core.store.runs import RunPart
from mnist_core.store.teachers import TeacherPart
from mnist_core.store.transfer import TransferPart
from mnist_core.store.upgrade import upgrade
from mnist_core.store.verdicts import VerdictPart
from mnist_core.store.workers import WorkerPart


class Store(
    RunPart,
    ExtensionPart,
    BackgroundPart,
    GridPart,
    QueuePart,
    WorkerPart,
    ReaderPart,
    TransferPart,
    DatasetPart,
    VerdictPart,
    DigitSetPart,
    DraftPart,
    MapPart,
    ClassPart,
    ClassControlPart,
    MemberPart,
    TeacherPart,
    BoardPart,
    GuessPart,
    AnswerPart,
    HandwritingPart,
    HousekeepingPart,
    MonitoringPart,
):
    """Runs, their traces, grids, data sets, classes and what people keep, SQLite or PostgreSQL.

    Safe for several threads and processes; each process opens its own, and a store must not be
    carried through a fork. Every method raises StoreError where the database can't be read or
    written; it writes in one transaction, so that nothing is changed then.

    Args:
        url: SQLAlchemy's URL. None takes `MNIST_STORE_URL`, or else SQLite in the project's
            `var` folder. A missing folder and missing tables are made.
        clock: seconds since 1970 in UTC; leases are counted by it. None takes this computer's
            for a file, and the server's for PostgreSQL: all who use it go by the same.
        busy_timeout: seconds to wait for a lock that somebody else holds.

    Raises:
        StoreError: the store can't be opened; what is there is left as it was.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        clock: Callable[[], float] | None = None,
        busy_timeout: float = 5.0,
    ) -> None:
        self._database = Database(url, busy_timeout)
        self._clock = clock or self._database.clock()
        self._behind = WriteBehind(self._write_reports)
        self._database.settle = self._behind.settle
        try:
            upgrade(self._database)
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """The full URL, password included: another process opens the same store with it."""
        return self._database.url

    def now(self) -> float:
        """Return the time by the clock of all that is in the store: seconds since 1970 in UTC."""
        return self._clock()

    def close(self) -> None:
        """Write what still waits and close the connections to the database."""
        self._behind.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
