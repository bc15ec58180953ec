"""Keras with the one setting it offers against the time between batches."""

from __future__ import annotations

from benchmarks.peers.keras_plain import KerasPlain


class KerasSteps(KerasPlain):
    """The plain ``fit``, sixty batches in each call of the compiled step."""

    steps_per_execution = 60
