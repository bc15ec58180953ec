"""What people are about to train, so that an idle worker can compile for it while they think.

In the memory of one server: a wish that is lost costs a second, no more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset

REST_SECONDS = 0.5
"""How long sliders must have rested: a setting that is only passed through is nobody's wish."""


@dataclass(frozen=True)
class PrecompileRequest:
    """A kind of training, and the digits for it."""

    dataset: Dataset
    kind: TrainingConfig


class PrecompileRequests:
    """Holds the settings that were looked at last. Safe to use from several threads.

    Args:
        clock: gives seconds; they may begin anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._newest: PrecompileRequest | None = None
        self._since = 0.0

    def note(self, dataset: Dataset, config: TrainingConfig) -> None:
        """Take down what somebody's sliders show now."""
        wish = PrecompileRequest(dataset, config.kind)
        with self._lock:
            if wish != self._newest:
                self._newest, self._since = wish, self._clock()

    @property
    def present(self) -> PrecompileRequest | None:
        """The newest wish, once it has rested for a moment."""
        with self._lock:
            rested = self._clock() - self._since >= REST_SECONDS
            return self._newest if rested else None
