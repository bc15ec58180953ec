"""One clock for everybody: when a training began, showed something, and finished each epoch."""

from __future__ import annotations

import time
from typing import Any


class Stopwatch:
    """Times one fit. All values are seconds.

    An epoch has two figures: ``training`` ends before its validation, ``with_validation`` after
    it. Both begin where the epoch before ended, and the first one where the fit began, so nothing
    that a peer does between its epochs is lost.
    """

    def __init__(self) -> None:
        self._began = self._last = 0.0
        self._seconds = 0.0
        self._first_point: float | None = None
        self._training: list[float] = []
        self._with_validation: list[float] = []

    def start(self) -> None:
        """Begin the fit."""
        self._began = self._last = time.perf_counter()

    def point(self) -> None:
        """Note that a number about the training could be shown now; only the first time counts."""
        if self._first_point is None:
            self._first_point = time.perf_counter() - self._began

    def trained(self) -> None:
        """Note that an epoch's training is over and its validation begins."""
        self._training.append(time.perf_counter() - self._last)

    def validated(self) -> None:
        """Note that an epoch is over."""
        now = time.perf_counter()
        self._with_validation.append(now - self._last)
        self._last = now

    def stop(self) -> None:
        """End the fit."""
        self._seconds = time.perf_counter() - self._began

    def to_dict(self) -> dict[str, Any]:
        """Return what was timed, as JSON can hold it."""
        return {
            "seconds": self._seconds,
            "first_point": self._first_point,
            "training": self._training,
            "with_validation": self._with_validation,
        }
