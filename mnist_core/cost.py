"""What a run will cost, told before it starts: parameters, updates, seconds.

Standard library only.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mnist_core.config import TrainingConfig

ASK_TWICE_SECONDS: Final = 600.0
RUNS_COMPARED: Final = 5

# Two cores of a server of 2024; used as they are until this machine has a run to compare with.
SECONDS_TO_START: Final = 2.0
SECONDS_PER_STEP: Final = 5e-5
SECONDS_PER_WEIGHT: Final = 1.5e-9
SECONDS_PER_WEIGHT_AND_DIGIT: Final = 2.5e-11


@dataclass(frozen=True)
class Cost:
    """What a run will take.

    Attributes:
        parameters: weights and biases of the network.
        updates: how often all of them are changed, over the whole run.
        seconds: estimated, from ``fit`` to its end.
    """

    parameters: int
    updates: int
    seconds: float

    @property
    def asks_twice(self) -> bool:
        """Whether a person should confirm: the run may take more than ten minutes."""
        return self.seconds > ASK_TWICE_SECONDS


@dataclass(frozen=True)
class Measured:
    """What an earlier run took on this machine: its settings, digits an epoch, and seconds."""

    config: TrainingConfig
    training_digits: int
    seconds: float


def estimate(
    config: TrainingConfig, training_digits: int, measured: Iterable[Measured] = ()
) -> Cost:
    """Estimate a run from its settings and from what this machine did before.

    A run is taken as a fixed start, a fixed time an update, and a time that grows with weights
    times digits; their sum is scaled by how much slower or faster the measured runs were: the
    median of the few that were most like it, so that one run on a busy machine does not count.

    Args:
        config: the settings to be tried.
        training_digits: digits in an epoch.
        measured: earlier runs, the newest first; of those that are equally like it, these count.
    """
    seconds = _model_seconds(config, training_digits)
    seconds *= _slowness(seconds, measured)
    return Cost(
        parameters=config.parameters,
        updates=config.steps_per_epoch(training_digits) * config.epochs,
        seconds=seconds,
    )


def _slowness(seconds: float, measured: Iterable[Measured]) -> float:
    """Find how many times as long as expected the runs took that were expected to take as long."""
    expected = [(_model_seconds(each.config, each.training_digits), each) for each in measured]
    nearest = sorted(expected, key=lambda run: abs(math.log(run[0] / seconds)))[:RUNS_COMPARED]
    return statistics.median(each.seconds / model for model, each in nearest) if nearest else 1.0


def seconds_per_step(config: TrainingConfig) -> float:
    """Guess the seconds of one update, before anything was measured on this machine."""
    return (
        SECONDS_PER_STEP
        + config.parameters * SECONDS_PER_WEIGHT
        + config.parameters * config.batch_size * SECONDS_PER_WEIGHT_AND_DIGIT
    )


def _model_seconds(config: TrainingConfig, training_digits: int) -> float:
    steps = config.steps_per_epoch(training_digits) * config.epochs
    return SECONDS_TO_START + steps * seconds_per_step(config)
