"""Where maps by t-SNE are asked for: drawn one at a time, each in a process of its own.

Lives in the server, so a reloaded page finds its map under way. What was drawn is in the store.
Knows nothing of t-SNE, which the web process does not import.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mnist_core import environment
from mnist_core.errors import TsneQueueError
from mnist_core.store import MapSubject

TSNE_STEPS: Final = 1000
"""Moves of all points that a map takes; scikit-learn's own number."""

MOST_WAITING: Final = 20
"""A class asks for less; more would wait for minutes."""

MOST_OF_ONE: Final = 3
"""Maps of one asker that may wait; joining in one that others have asked for is free."""

_COMMAND: Final = (sys.executable, "-u", "-m", "mnist_core.serving.tsne")
_ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
_STEP: Final = re.compile(r"Iteration (\d+)")  # as scikit-learn prints it
_END_SECONDS: Final = 5.0
_BROKE_OFF: Final = "The map could not be finished: its process broke off. Ask for it again."

_log = logging.getLogger(__name__)


class MapStatus(StrEnum):
    """Where a map that was asked for is on its way."""

    WAITING = "WAITING"
    DRAWING = "DRAWING"
    FAILED = "FAILED"


@dataclass(frozen=True)
class MapProgress:
    """A moment of a map that was asked for.

    Attributes:
        status: where it is.
        ahead: how many others come before it.
        step: moves of the points so far, of ``TSNE_STEPS``; 0 while it is being prepared.
        seconds: since its process started.
        error: why it FAILED, in a sentence.
        askers: hashes of the tokens of the browsers that want it.
    """

    status: MapStatus
    ahead: int
    step: int
    seconds: float
    error: str
    askers: frozenset[str]


@dataclass(eq=False)
class _Errand:
    """One map on its way."""

    subject: MapSubject
    askers: set[str]
    process: subprocess.Popen[str] | None = None
    began: float = 0.0
    step: int = 0
    error: str = ""


class TsneQueue:
    """Takes down who wants which map and has them drawn in turn. Safe to share between threads.

    Args:
        store_url: where the maps are kept.
    """

    def __init__(self, store_url: str) -> None:
        self._store_url = store_url
        self._lock = threading.Lock()
        self._errands: dict[MapSubject, _Errand] = {}
        self._thread: threading.Thread | None = None
        self._closed = False

    def ask(self, subject: MapSubject, asker: str) -> None:
        """Have a map drawn; who asks for one that is on its way waits for the same.

        Args:
            subject: what is to be on it.
            asker: hash of the token of the browser that wants it.

        Raises:
            TsneQueueError: too many maps wait already, of this asker or in all, or the server is
                ending.
        """
        with self._lock:
            errand = self._errands.get(subject)
            if errand is not None and not errand.error:
                errand.askers.add(asker)
                return
            self._check_room(asker)
            self._forget_failures()
            self._errands[subject] = _Errand(subject, {asker})
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="t-SNE queue", daemon=True)
                thread.start()
                self._thread = thread

    def progress(self, subject: MapSubject) -> MapProgress | None:
        """Return where a map is; None where it was not asked for, was withdrawn, or is finished."""
        with self._lock:
            errand = self._errands.get(subject)
            return None if errand is None else self._progress(errand)

    def withdraw(self, subject: MapSubject, asker: str) -> None:
        """Want a map no more; when nobody else wants it, its process ends."""
        with self._lock:
            errand = self._errands.get(subject)
            if errand is None:
                return
            errand.askers.discard(asker)
            if errand.askers:
                return
            del self._errands[subject]
        _end(errand)

    def process_id(self, subject: MapSubject) -> int | None:
        """Return the id of the process that draws a map; None while there is none."""
        with self._lock:
            errand = self._errands.get(subject)
            return errand.process.pid if errand and errand.process else None

    def close(self) -> None:
        """End what is being drawn and drop what waits. Nothing can be asked for afterwards."""
        with self._lock:
            self._closed = True
            errands = [*self._errands.values()]
            self._errands.clear()
            thread = self._thread
        for errand in errands:
            _end(errand)
        if thread is not None:
            thread.join(_END_SECONDS)

    def _check_room(self, asker: str) -> None:
        if self._closed:
            raise TsneQueueError("The server is ending. Ask for the map again in a moment.")
        waiting = [errand for errand in self._errands.values() if _is_waiting(errand)]
        if sum(asker in errand.askers for errand in waiting) >= MOST_OF_ONE:
            raise TsneQueueError(
                f"{MOST_OF_ONE} maps of yours wait already. Cancel one, or wait until it is drawn."
            )
        if len(waiting) >= MOST_WAITING:
            raise TsneQueueError(f"{MOST_WAITING} maps wait already. Try again in a minute.")

    def _forget_failures(self) -> None:
        """Drop what failed: whoever wants it still will ask again."""
        self._errands = {
            subject: errand for subject, errand in self._errands.items() if not errand.error
        }

    def _progress(self, errand: _Errand) -> MapProgress:
        status = MapStatus.WAITING if _is_waiting(errand) else MapStatus.DRAWING
        if errand.error:
            status = MapStatus.FAILED
        on_their_way = [each for each in self._errands.values() if not each.error]
        return MapProgress(
            status=status,
            ahead=on_their_way.index(errand) if status is MapStatus.WAITING else 0,
            step=errand.step,
            seconds=time.monotonic() - errand.began if errand.process else 0.0,
            error=errand.error,
            askers=frozenset(errand.askers),
        )

    def _work(self) -> None:
        """Draw one map after the other until none is left."""
        while (errand := self._start_next()) is not None:
            try:
                error = self._see_through(errand)
            except Exception:  # noqa: BLE001 - whatever it was, the maps behind it must be drawn
                _log.exception("A map broke off")
                error = _BROKE_OFF
            with self._lock:
                if error:
                    errand.error = error
                elif self._errands.get(errand.subject) is errand:
                    del self._errands[errand.subject]

    def _start_next(self) -> _Errand | None:
        with self._lock:
            errand = next(filter(_is_waiting, self._errands.values()), None)
            if errand is None:
                self._thread = None
                return None
            try:
                errand.process = _start_process()
            except OSError as error:
                _log.warning("No process for a map: %s", error)
                errand.error = "The computer has no room for another process. Try again later."
                return errand
            errand.began = time.monotonic()
            return errand

    def _see_through(self, errand: _Errand) -> str:
        """Listen to the process until it ends; return what went wrong."""
        process = errand.process
        if process is None:
            return errand.error
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        asked = {"store_url": self._store_url, "subject": dataclasses.asdict(errand.subject)}
        error = ""
        try:
            with contextlib.suppress(OSError):  # it ended already, and its exit status says so
                process.stdin.write(json.dumps(asked) + "\n")
                process.stdin.flush()
            for line in process.stdout:
                if found := _STEP.search(line):
                    errand.step = int(found[1])
                elif line.startswith("{"):
                    error = json.loads(line)["error"]
        finally:
            process.stdout.close()
            with contextlib.suppress(OSError):  # what it did not take is still to be sent
                process.stdin.close()
            process.wait()
        return error or (_BROKE_OFF if process.returncode else "")


def _is_waiting(errand: _Errand) -> bool:
    return errand.process is None and not errand.error


def _start_process() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - a command of this program
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=environment.PROJECT,
        env=environment.inherited(_ONE_THREAD),
    )


def _end(errand: _Errand) -> None:
    """End the process of a map, if it has one, and wait until it is gone."""
    process = errand.process
    if process is None:
        return
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
