"""What a worker keeps of runs between their turns."""

from __future__ import annotations

import numpy as np

from mnist_core.store import Claim
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.model import build_model
from mnist_core.training.parked_runs import ParkedRun, ParkedRuns
from tests.training.training_helpers import SMALL

MODEL = build_model(SMALL)


def parked(kilobytes: int) -> ParkedRun:
    return ParkedRun(MODEL, Checkpoint(0, 1, [np.zeros(kilobytes * 1000, np.uint8)], []))


def test_a_run_is_handed_out_once_and_to_the_very_next_claim_only() -> None:
    runs, run = ParkedRuns(), parked(1)
    runs.park(Claim("a", 3), run)
    assert runs.take(Claim("b", 4)) is None
    assert runs.take(Claim("a", 4)) is run
    assert runs.take(Claim("a", 4)) is None
    runs.park(Claim("a", 4), run)
    assert runs.take(Claim("a", 6)) is None  # another worker had a turn
    assert runs.take(Claim("a", 5)) is None


def test_those_kept_longest_make_room_and_what_is_too_large_is_not_kept() -> None:
    runs = ParkedRuns(size=5000)
    first, second, third = parked(1), parked(1), parked(1)
    for name, run in (("a", first), ("b", second), ("c", third)):
        runs.park(Claim(name, 1), run)
    assert runs.take(Claim("a", 2)) is None
    assert runs.take(Claim("b", 2)) is second
    runs.park(Claim("d", 1), parked(3))
    assert runs.take(Claim("d", 2)) is None
