"""Many runs asked for at once: seeds of two settings, the cells of a grid.

Such a run waits behind all others, and makes way for them after a turn. Which runs these
are follows from settings and digits alone: the same settings on the same digits give the same
weights, so a run that is there already, whoever started it, need not be trained again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.config import DEFAULTS, TrainingConfig
from mnist_core.store.class_limits import check_class_limits
from mnist_core.store.datasets import check_dataset
from mnist_core.store.limits import check_room_for_background_runs
from mnist_core.store.part import StorePart
from mnist_core.store.records import Run, RunStatus
from mnist_core.store.rows import (
    RUNS,
    change_run,
    change_status,
    end_run,
    find_run,
    insert_run,
    read_runs,
)
from mnist_core.store.schema import runs

_BEST_FIRST: Final = (
    RunStatus.FINISHED,
    RunStatus.RUNNING,
    RunStatus.INTERRUPTED,
    RunStatus.QUEUED,
    RunStatus.PAUSED,
    RunStatus.STOPPED,
    RunStatus.FAILED,
)
_NEEDED: Final = ("id", "config", "status", "owner", "background", "stop_requested")
_USUAL: Final = DEFAULTS.to_dict()  # of settings that an older program did not have
_NO_SEED: Final = {"seed": None}
# So that they are taken up in the order in which they were asked for.
_APART_SECONDS: Final = 1e-5

Found = tuple[TrainingConfig, RowMapping]
"""Settings, and what has to be known of a run of these."""


class BackgroundPart(StorePart):
    """Asking for many runs, and steering them together.

    Where a method takes settings, ``dataset_digest`` says on which digits.
    """

    def runs_with(
        self, configs: Collection[TrainingConfig], dataset_digest: str
    ) -> dict[TrainingConfig, Run]:
        """Find a run for each of many settings, anybody's: the one that is furthest.

        Settings that nobody has tried are left out.
        """
        with self._database.read() as connection:
            return _furthest(connection, _find(connection, configs, dataset_digest))

    def runs_by_seed(self, config: TrainingConfig, dataset_digest: str) -> dict[int, Run]:
        """Find a run for each seed that somebody has tried a setting with, the furthest again."""
        query = _columns(dataset_digest)
        wanted = _key(config.to_dict() | _NO_SEED)
        with self._database.read() as connection:
            found = [
                (config.replace(seed=row["config"]["seed"]), row)
                for row in connection.execute(query).mappings()
                if _key(_USUAL | row["config"] | _NO_SEED) == wanted
            ]
            return {each.seed: run for each, run in _furthest(connection, found).items()}

    def request_runs(
        self,
        wanted: Mapping[TrainingConfig, int],
        *,
        dataset_digest: str,
        dataset_name: str,
        owner: str,
    ) -> int:
        """See to it that each of many settings has a run that is finished or under way.

        What is there already is taken, one's own paused background runs go on, and for the rest
        new background runs are put into the queue, in the order given.

        Args:
            wanted: the settings, and how many digits each trains on.
            dataset_digest: names a data set that the store has.
            dataset_name: what people call it.
            owner: whose the new runs are.

        Returns:
            How many runs were put into the queue.

        Raises:
            ConfigError: a batch is larger than the digits, or the owner's class does not allow it;
                nothing is queued.
            LimitError: it would be too many at once; nothing is queued.
            ClassPausedError: the owner's class is paused; nothing is queued.
            StoreError: the data set is not in the store, or the disk is nearly full; nothing is
                queued.
        """
        for config, training_digits in wanted.items():
            config.check_fits(training_digits)
        now = self._clock()
        self._database.check_disk()
        with self._database.write() as connection:
            check_dataset(connection, dataset_digest)
            found = _find(connection, wanted, dataset_digest)
            there = {config for config, row in found if _will_finish(row)}
            own = [
                (config, find_run(connection, row["id"], lock=True))
                for config, row in found
                if _is_own(row, owner) and not row["status"].is_over
            ]
            paused = {config: row for config, row in own if row["status"] is RunStatus.PAUSED}
            queued = [config for config in wanted if config not in there]
            more = sum(config not in paused for config in queued)
            check_room_for_background_runs(connection, owner, more)
            check_class_limits(connection, owner, queued)
            for config, row in own:
                if config in there and row["pause_requested"]:
                    change_run(connection, row, now, pause_requested=False)
            for place, config in enumerate(queued):
                queued_at = now + place * _APART_SECONDS
                if config in paused:
                    row = paused[config]
                else:
                    row = insert_run(
                        connection,
                        config,
                        queued_at,
                        background=True,
                        owner=owner,
                        training_digits=wanted[config],
                        dataset_digest=dataset_digest,
                        dataset_name=dataset_name,
                    )
                change_status(
                    connection,
                    row,
                    RunStatus.QUEUED,
                    now,
                    queued_at=queued_at,
                    pause_requested=False,
                )
        return len(queued)

    def pause_runs(
        self, configs: Collection[TrainingConfig], dataset_digest: str, owner: str
    ) -> None:
        """Pause one's own background runs of these settings that are not over."""
        now = self._clock()
        with self._database.write() as connection:
            for row in _own(connection, configs, dataset_digest, owner):
                if row["status"] is RunStatus.RUNNING:
                    change_run(connection, row, now, pause_requested=True)
                elif row["status"].is_waiting:
                    change_status(connection, row, RunStatus.PAUSED, now)

    def stop_runs(
        self, configs: Collection[TrainingConfig], dataset_digest: str, owner: str
    ) -> None:
        """Stop one's own background runs of these settings; those not begun yet are deleted."""
        now = self._clock()
        with self._database.write() as connection:
            for row in _own(connection, configs, dataset_digest, owner):
                end_run(connection, row, now)


def _columns(dataset_digest: str) -> sa.Select[Any]:
    """Select the runs on some digits, the newest first."""
    return (
        sa.select(*(runs.c[name] for name in _NEEDED))
        .where(runs.c.dataset_digest == dataset_digest, runs.c.deleted_at.is_(None))
        .order_by(runs.c.created_at.desc(), runs.c.id)
    )


def _find(
    connection: sa.Connection, configs: Iterable[TrainingConfig], dataset_digest: str
) -> list[Found]:
    """Find all runs of these settings, the newest first."""
    wanted = {_key(config.to_dict()): config for config in configs}
    return [
        (wanted[key], row)
        for row in connection.execute(_columns(dataset_digest)).mappings()
        if (key := _key(_USUAL | row["config"])) in wanted
    ]


def _furthest(connection: sa.Connection, found: Iterable[Found]) -> dict[TrainingConfig, Run]:
    """Read the furthest run of each of the settings."""
    best: dict[TrainingConfig, RowMapping] = {}
    for config, row in found:
        if config not in best or _rank(row) < _rank(best[config]):
            best[config] = row
    ids = {row["id"]: config for config, row in best.items()}
    found_runs = read_runs(connection, RUNS.where(runs.c.id.in_(ids)))
    return {ids[run.id]: run for run in found_runs}


def _key(config: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        tuple(each) if isinstance(each, list) else each for _, each in sorted(config.items())
    )


def _will_finish(row: RowMapping) -> bool:
    """Check whether a run is finished, or will be if nobody stops it."""
    if row["status"] is RunStatus.RUNNING:
        return not row["stop_requested"]
    return row["status"] is RunStatus.FINISHED or row["status"].is_waiting


def _rank(row: RowMapping) -> int:
    return _BEST_FIRST.index(row["status"])


def _is_own(row: RowMapping, owner: str) -> bool:
    return bool(row["background"] and row["owner"] == owner)


def _own(
    connection: sa.Connection,
    configs: Collection[TrainingConfig],
    dataset_digest: str,
    owner: str,
) -> list[RowMapping]:
    """Lock one's own background runs of these settings that are not over."""
    return [
        find_run(connection, row["id"], lock=True)
        for _, row in _find(connection, configs, dataset_digest)
        if _is_own(row, owner) and not row["status"].is_over
    ]
