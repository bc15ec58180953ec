"""Writing behind the work: reports wait in memory for a moment and are written by one thread.

Knows nothing of SQL, nor of what is in a report.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, Generic, TypeVar

from mnist_core.store.records import Claim

GATHER_SECONDS: Final = 0.05
"""From one transaction to the next at least, unless somebody waits for it."""
MOST_WAITING: Final = 100
"""Reports in memory from which on whoever brings one has to wait: the disk is too slow."""

Report = TypeVar("Report")


class WriteBehind(Generic[Report]):
    """Hands reports on in their order, many at a time, from a thread of its own.

    What fails is not tried again: the error is raised to the next who brings or awaits something
    under the same claim, and everything later under that claim is dropped. Thread-safe.

    Args:
        write: writes several reports of one claim, all of them or nothing.
    """

    def __init__(self, write: Callable[[Claim, Sequence[Report]], None]) -> None:
        self._write = write
        self._changed = threading.Condition()
        self._waiting: list[tuple[Claim, Report]] = []
        self._taken = self._done = 0
        self._failures: dict[Claim, Exception] = {}
        self._thread: threading.Thread | None = None
        self._hurry = self._closed = False

    def put(self, claim: Claim, report: Report) -> None:
        """Take a report to write it soon.

        Raises:
            Exception: what an earlier report of this claim failed with.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < MOST_WAITING)
            self._raise_failure(claim)
            self._waiting.append((claim, report))
            self._taken += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="write behind", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until everything that was put so far is written or has failed."""
        if threading.current_thread() is self._thread:
            return
        with self._changed:
            mine = self._taken
            if self._done < mine:
                self._hurry = True
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._done >= mine)

    def settle_claim(self, claim: Claim) -> None:
        """Do the same, and raise what a report of this claim failed with."""
        self.settle()
        with self._changed:
            self._raise_failure(claim)

    def close(self) -> None:
        """Write what waits and end the thread; a later ``put`` begins another."""
        with self._changed:
            thread, self._closed = self._thread, True
            self._changed.notify_all()
        if thread is not None:
            thread.join()
        self._thread, self._closed = None, False

    def _raise_failure(self, claim: Claim) -> None:
        if claim in self._failures:
            raise self._failures[claim]

    def _run(self) -> None:
        due = 0.0
        while reports := self._take(due):
            for claim, group in groupby(reports, key=itemgetter(0)):
                self._write_all(claim, [report for _, report in group])
            due = time.monotonic() + GATHER_SECONDS
            with self._changed:
                self._done += len(reports)
                self._changed.notify_all()

    def _take(self, due: float) -> list[tuple[Claim, Report]]:
        """Wait for reports, and until it is time to write; nothing means the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._changed.wait_for(
                lambda: self._hurry or self._closed, timeout=max(0.0, due - time.monotonic())
            )
            reports, self._waiting = self._waiting, []
            self._hurry = False
            self._changed.notify_all()
        return reports

    def _write_all(self, claim: Claim, reports: Sequence[Report]) -> None:
        if claim in self._failures:
            return
        try:
            self._write(claim, reports)
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker has to hear of it
            self._failures[claim] = error
