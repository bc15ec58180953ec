"""What a run will cost, told before it starts: parameters, updates, seconds.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mnist_core.config import TrainingConfig

ASK_TWICE_SECONDS: Final = 600.0

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
    """Estimate a run from its settings and from what this machine did last.

    A run is taken as a fixed start, a fixed time an update, and a time that grows with weights
    times digits; their sum is scaled by how much slower or faster the newest measured run was.

    Args:
        config: the settings to be tried.
        training_digits: digits in an epoch.
        measured: earlier runs, the newest first; only the first counts.
    """
    seconds = _model_seconds(config, training_digits)
    last = next(iter(measured), None)
    if last is not None:
        seconds *= last.seconds / _model_seconds(last.config, last.training_digits)
    return Cost(
        parameters=config.parameters,
        updates=config.steps_per_epoch(training_digits) * config.epochs,
        seconds=seconds,
    )


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
