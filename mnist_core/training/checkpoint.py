"""What an interrupted run goes on from, as one block of bytes. Knows NumPy only."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Checkpoint:
    """The whole state of a training between two updates.

    Attributes:
        epoch: the epoch that the next update belongs to, from 0.
        batch: updates of that epoch already made; 0 at the start of an epoch.
        model: the model's variables in Keras's order, dropout's random state included.
        optimizer: the optimizer's variables in Keras's order.
        sums: over the unfinished epoch: losses, right guesses, digits.
        history: ``accuracy``, ``loss``, ``val_accuracy``, ``val_loss`` of the finished epochs.
        epoch_seconds: time already spent on the unfinished epoch.
        seconds: time already spent on the whole run.
    """

    epoch: int
    batch: int
    model: list[Array]
    optimizer: list[Array]
    sums: tuple[float, ...] = (0.0, 0.0, 0.0)
    history: dict[str, list[float]] = field(default_factory=dict)
    epoch_seconds: float = 0.0
    seconds: float = 0.0

    _GROUPS: ClassVar = ("model", "optimizer")

    def to_bytes(self) -> bytes:
        """Pack into an ``.npz``: numbers and one JSON text, no pickled objects."""
        position = {
            name: getattr(self, name)
            for name in ("epoch", "batch", "sums", "history", "epoch_seconds", "seconds")
        }
        arrays = {
            f"{group}_{index:03d}": array
            for group in self._GROUPS
            for index, array in enumerate(getattr(self, group))
        }
        buffer = io.BytesIO()
        np.savez(buffer, position=np.array(json.dumps(position)), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Checkpoint:
        """Unpack what ``to_bytes`` packed, every number bit for bit."""
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            values: dict[str, Any] = json.loads(str(archive["position"]))
            for group in cls._GROUPS:
                names = sorted(name for name in archive.files if name.startswith(group))
                values[group] = [archive[name] for name in names]
        values["sums"] = tuple(values["sums"])
        return cls(**values)
