"""Rounds of measurements: every peer in a process of its own, in turn, so that drift hits all.

Knows how to start processes and what they answer; nothing of Keras, PyTorch and the like.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.peers import PEERS
from benchmarks.task import Task, Work

PROJECT: Final = Path(__file__).resolve().parents[1]
LONGEST_SECONDS: Final = 3600

CACHE_VARIABLES: Final = ("MNIST_COMPILATION_CACHE", "JAX_COMPILATION_CACHE_DIR")
"""Where this project and JAX keep compiled programs: a new, empty folder for each round."""

SETTINGS: Final = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PLATFORMS": "cpu",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}

UNSET: Final = ("OPENBLAS_CORETYPE", "TF_XLA_FLAGS", "XLA_FLAGS")
"""Would choose for the peers what they choose for themselves."""


class LeftOut(Exception):  # noqa: N818 - what happened to the peer
    """A peer could not be measured.

    Attributes:
        reason: why, in one line.
        missing: whether it is merely not installed.
    """

    def __init__(self, reason: str, *, missing: bool) -> None:
        super().__init__(reason)
        self.reason, self.missing = reason, missing


@dataclass(frozen=True)
class Measurement:
    """What one peer did in one round.

    Attributes:
        round: from 0.
        peer: a name from ``PEERS``.
        work: a name from ``WORKS``.
        fresh: what the process answered that found nothing cached; its second fit is "worker
            warm".
        cached: what a new process answered that found the caches filled by the one before; None
            where the peer keeps none.
    """

    round: int
    peer: str
    work: str
    fresh: dict[str, Any]
    cached: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return dataclasses.asdict(self)


@dataclass
class Omission:
    """A peer that is not in the tables, or not in all of them.

    Attributes:
        peer: a name from ``PEERS``.
        reason: why, in one line.
        works: the names of the works it misses; empty for all from here on.
        failed: whether it broke, rather than being not installed or not able to.
    """

    peer: str
    reason: str
    works: tuple[str, ...] = ()
    failed: bool = False


class Rounds:
    """Measures peers in turn: A B C, A B C, ...

    Args:
        works: the networks.
        peers: names from ``PEERS``.
        data: what every process asks ``load_mnist`` for.
        epochs: of each fit.
        say: told what happens, line by line.
    """

    def __init__(
        self,
        works: Sequence[Work],
        peers: Sequence[str],
        *,
        data: str,
        epochs: int,
        say: Callable[[str], None],
    ) -> None:
        self._works, self._data, self._epochs, self._say = works, data, epochs, say
        self._peers = list(peers)
        self.omissions = list(find_unable(peers, works))
        for omission in self.omissions:
            self._name(omission)

    def run(self, number: int) -> Iterator[Measurement]:
        """Measure everybody once; who can't be measured is named, and asked no more."""
        for work in self._works:
            for peer in tuple(self._peers):
                if work.dropout and not PEERS[peer].dropout:
                    continue
                try:
                    measurement = self._measure(number, peer, work)
                except LeftOut as left_out:
                    self._peers.remove(peer)
                    omission = Omission(peer, left_out.reason, failed=not left_out.missing)
                    self.omissions.append(omission)
                    self._name(omission)
                    continue
                self._say(in_one_line(measurement))
                yield measurement

    def _measure(self, number: int, peer: str, work: Work) -> Measurement:
        task = Task(peer, work, self._data, self._epochs, seed=number)
        with tempfile.TemporaryDirectory() as caches:
            fresh = run_process(task, Path(caches))
            cached = None
            if PEERS[peer].caches:
                cached = run_process(dataclasses.replace(task, fits=1), Path(caches))
        return Measurement(number, peer, work.name, fresh, cached)

    def _name(self, omission: Omission) -> None:
        where = f" of {', '.join(omission.works)}" if omission.works else ""
        self._say(f"Left out{where}: {PEERS[omission.peer].title}. {omission.reason}")


def find_unable(peers: Sequence[str], works: Sequence[Work]) -> Iterator[Omission]:
    """Name the peers that can't do some of the works."""
    with_dropout = tuple(work.name for work in works if work.dropout)
    for peer in peers:
        if with_dropout and not PEERS[peer].dropout:
            yield Omission(peer, "It has no dropout.", with_dropout)


def run_process(task: Task, caches: Path) -> dict[str, Any]:
    """Do a task in a process of its own.

    Args:
        task: what to do.
        caches: a folder for compiled programs; empty means "nothing cached".

    Raises:
        LeftOut: the peer is not installed, failed, or took longer than an hour.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.process", task.to_json()],
            cwd=PROJECT,
            env=environment(caches),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise LeftOut(f"It took longer than {LONGEST_SECONDS} s.", missing=False) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["It said nothing."])[-1]
        raise LeftOut(f"It failed with {done.returncode}: {last}", missing=False)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "left_out" in answer:
        raise LeftOut(answer["left_out"], missing=True)
    return answer


def environment(caches: Path) -> dict[str, str]:
    """Return the environment of a peer's process: the same for all, with nothing chosen for it."""
    inherited = {name: value for name, value in os.environ.items() if name not in UNSET}
    return inherited | SETTINGS | {name: str(caches / name) for name in CACHE_VARIABLES}


def in_one_line(measurement: Measurement) -> str:
    """Put into words what was measured, while the rest is still to come."""
    first = measurement.fresh["fits"][0]
    last = first["training"][-1]
    return (
        f"Round {measurement.round + 1}, {measurement.work}, {PEERS[measurement.peer].title}: "
        f"{first['seconds']:.2f} s, the last epoch's training {last:.3f} s"
    )
