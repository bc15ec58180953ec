"""How often a second the store can be written: what workers, dispatchers and people write."""

from __future__ import annotations

import functools
import itertools
import multiprocessing
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.classroom.figures import spread
from mnist_core.config import DEFAULTS
from mnist_core.data import Dataset, load_mnist
from mnist_core.store import Run, RunStatus, Store

LEASES: Final = (60.0, 600.0)  # in turn: each is so far from the one before that it is renewed
MOST_RUNS: Final = 200  # of one process: 1,000 of all may be under way


class Told(NamedTuple):
    """What one process did: its operations, and when it began and ended, by ``time.time``."""

    seconds: list[float]
    began: float
    ended: float


def measure_writes(url: str, writers: Sequence[int], seconds: float) -> dict[str, Any]:
    """Measure each operation with each number of processes that write at once.

    Args:
        url: of an empty store.
        writers: numbers of processes.
        seconds: how long each is measured.

    Returns:
        by the operation, then by the number of writers: how many a second all of them did
        together, and the median and 95th percentile of what one took, in milliseconds.
    """
    with Store(url) as store:
        store.save_dataset(digits())
    with multiprocessing.get_context("spawn").Pool(max(writers)) as pool:
        return {
            operation: {
                str(count): summarise(_let_write(pool, url, operation, count, seconds))
                for count in writers
            }
            for operation in OPERATIONS
        }


def summarise(told: Sequence[Told]) -> dict[str, float]:
    """Put together what processes did at the same time."""
    each = spread(1000 * seconds for one in told for seconds in one.seconds)
    assert each is not None, "nobody did anything"
    lasted = max(one.ended for one in told) - min(one.began for one in told)
    return {
        "a_second": round(each["count"] / lasted, 1),
        "median_ms": round(each["median"], 2),
        "p95_ms": round(each["p95"], 2),
    }


def _let_write(pool: Pool, url: str, operation: str, count: int, seconds: float) -> list[Told]:
    # One task a process: each is busy for as long as the others.
    return pool.starmap(write, [(url, operation, seconds)] * count, chunksize=1)


def write(url: str, operation: str, seconds: float) -> Told:
    """Do one thing over and over in this process."""
    with Store(url) as store, OPERATIONS[operation](store) as act:
        act()  # opens the connection, and reads the digits
        took = []
        began = time.time()
        while time.time() - began < seconds and len(took) < _most(operation):
            before = time.perf_counter()
            act()
            took.append(time.perf_counter() - before)
        return Told(took, began, time.time())


def _most(operation: str) -> float:
    return MOST_RUNS if operation == "a run put in" else float("inf")


@contextmanager
def _putting_in(store: Store) -> Iterator[Callable[[], object]]:
    made: list[Run] = []
    yield lambda: made.append(make_run(store, owner=secrets.token_hex(32)))
    for run in made:
        store.request_stop(run.id, run.owner)


@contextmanager
def _telling(store: Store) -> Iterator[Callable[[], object]]:
    run, steps = make_run(store, lease_seconds=600), itertools.count(1)
    yield lambda: store.record(run.claim, events=[progress(next(steps))])
    store.finish(run.claim, RunStatus.STOPPED)


@contextmanager
def _keeping_leases(store: Store) -> Iterator[Callable[[], object]]:
    run, leases = make_run(store, lease_seconds=600), itertools.cycle(LEASES)
    yield lambda: store.heartbeat(run.claim, next(leases))
    store.finish(run.claim, RunStatus.STOPPED)


@contextmanager
def _answering(store: Store) -> Iterator[Callable[[], object]]:
    token = secrets.token_hex(16)
    school_class = store.create_class(f"class {token[:8]}")
    member = store.join_class(school_class.id, token[:8], token, token=token)
    words = itertools.count(1)
    yield lambda: store.hand_in(
        member.id, token[:12], "What do you see?", f"{next(words)} curves that rise.", []
    )


OPERATIONS: Final[Mapping[str, Callable[[Store], Any]]] = {
    "a run put in": _putting_in,
    "an event": _telling,
    "a lease renewed": _keeping_leases,
    "an answer handed in": _answering,
}
"""What is done, each as the program does it."""


@functools.cache
def digits() -> Dataset:
    """Return the digits of all runs, read once."""
    return load_mnist("sample")


def make_run(store: Store, **values: Any) -> Run:
    """Put a default run in, or begin one where there is a lease; the store has its digits."""
    dataset = digits()
    return store.create_run(
        DEFAULTS,
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        training_digits=3600,
        **values,
    )


def progress(step: int) -> tuple[str, dict[str, Any]]:
    """Return an event such as a worker tells several times a second."""
    return "progress", {
        "epoch": step // 36,
        "step": step,
        "position": step / 36,
        "accuracy": 0.9,
        "loss": 0.3,
        "digits_per_second": 36_000,
    }


def sqlite_url(folder: Path) -> str:
    """Return the address of a store in a folder."""
    return f"sqlite:///{folder / 'capacity.db'}"
