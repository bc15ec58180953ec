"""What the board of a class shows at one moment, gathered from the store once for all who look."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from mnist_core.evaluation.accuracy import (
    ExpectationScore,
    count_right,
    describe_accuracy,
    score_expectation,
)
from mnist_core.evaluation.challenges import CHALLENGES, Entry, Place, rank
from mnist_core.store import Board, Run, RunStatus, Store

MOST_CURVES: Final = 20_000
"""Kept in memory, 100 numbers each at most; with more than that all are read anew."""


class CurveMemory:
    """Validation accuracies of runs, each epoch read from the store once. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, list[float]]] = {}

    def read(self, store: Store, runs: Iterable[Run]) -> dict[str, list[float]]:
        """Read the curve of each run: validation accuracy, 0 to 1, one an epoch; NaN for none.

        Those that have got no further since the last time are not asked for.
        """
        done = {run.id: run.epochs_done for run in runs}
        with self._lock:
            moved = [
                run_id for run_id, epochs in done.items() if self._known_of(run_id)[0] != epochs
            ]
            if len(self._known) + len(moved) > MOST_CURVES:
                self._known.clear()
                moved = list(done)
            if moved:
                found = store.read_curves(moved)
                self._known |= {run_id: (done[run_id], found[run_id]) for run_id in moved}
            return {run_id: self._known_of(run_id)[1] for run_id in done}

    def _known_of(self, run_id: str) -> tuple[int, list[float]]:
        return self._known.get(run_id, (0, []))


@dataclass(frozen=True, kw_only=True)
class ClassBoard:
    """What a board shows.

    Attributes:
        state: what the teacher has laid down.
        names: of the people, by the owner of their runs.
        runs: of these people, the newest first; deleted ones, and those asked for by the dozen,
            among them.
        curves: validation accuracy, 0 to 1, one an epoch, of each of these runs by its id.
    """

    state: Board
    names: Mapping[str, str]
    runs: Sequence[Run]
    curves: Mapping[str, Sequence[float]]

    @cached_property
    def shown(self) -> list[Run]:
        """The runs that somebody started by themselves, and that are there, the newest first."""
        return [run for run in self.runs if not run.background and run.deleted_at is None]

    def name_of(self, run: Run) -> str:
        """Return whose run it is, where names are shown; else nothing."""
        return self.names.get(run.owner or "", "") if self.state.names_shown else ""

    @cached_property
    def expectations(self) -> list[tuple[Run, ExpectationScore]]:
        """The predictions of finished runs, scored against their validation accuracy."""
        scored = []
        for run in self.shown:
            if run.expected_accuracy is None or not _has_result(run):
                continue
            tested = validation_digits(run)
            reached = describe_accuracy(count_right(run.val_accuracy or 0.0, tested), tested)
            scored.append((run, score_expectation(run.expected_accuracy, reached)))
        return scored

    @cached_property
    def places(self) -> Mapping[str, Sequence[Place]]:
        """The places of each challenge, by its key."""
        return {each.key: rank(each, self.entries(each.key)) for each in CHALLENGES}

    def entries(self, challenge: str) -> list[Entry]:
        """Return the runs that take part in a challenge, by its key.

        These are finished; after the test digits were looked at, those that were finished before
        that. What went on from another run is left out, which may be somebody else's, and so are
        runs on other digits than most were trained on: their numbers can't be compared.
        """
        closed_at = self.state.looked_at.get(challenge)
        finished = [
            run
            for run in self.runs
            if _has_result(run) and run.continued_from is None and _ended_by(run, closed_at)
        ]
        digits = Counter(run.dataset_digest for run in finished)
        [(in_use, _)] = digits.most_common(1) or [("", 0)]
        return [
            Entry(
                person=run.owner or "",
                key=run.id,
                parameters=run.config.parameters,
                training_digits=run.training_digits or 0,
                validation_digits=validation_digits(run),
                validation_split=run.config.validation_split,
                val_accuracy=self.curves[run.id],
                is_deleted=run.deleted_at is not None,
            )
            for run in finished
            if run.dataset_digest == in_use
        ]


def read_class_board(store: Store, memory: CurveMemory, class_id: str) -> ClassBoard:
    """Read what the board of a class shows now: a handful of queries, each by an index.

    Raises:
        ClassNotFoundError: there is no such class.
        StoreError: the store can't be read.
    """
    state = store.read_board(class_id)
    runs = store.class_runs(class_id)
    names = {member.owner: member.name for member in store.list_members(class_id)}
    return ClassBoard(state=state, names=names, runs=runs, curves=memory.read(store, runs))


def validation_digits(run: Run) -> int:
    """Count the digits that a run's validation accuracy was measured with.

    From what it trained on and its settings, as the split counts them: exact where it used all of
    its training digits, else to about one per cent.
    """
    shares = run.config
    rest = (run.training_digits or 0) / shares.fraction
    return max(1, round(rest * shares.validation_split / (1 - shares.validation_split)))


def _has_result(run: Run) -> bool:
    value = run.val_accuracy
    return (
        run.status is RunStatus.FINISHED
        and run.training_digits is not None
        and value is not None
        and math.isfinite(value)
    )


def _ended_by(run: Run, instant: datetime | None) -> bool:
    return instant is None or (run.finished_at is not None and run.finished_at <= instant)
