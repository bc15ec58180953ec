"""What is measured: networks to train, and one training of one of them by one peer.

Standard library only: the process that starts the others must stay small.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Final

PIXELS: Final = 784
CLASSES: Final = 10
BATCH_SIZE: Final = 100
LEARNING_RATE: Final = 0.001
VALIDATION_SPLIT: Final = 0.1


@dataclass(frozen=True)
class Work:
    """A network to train: ReLU in the hidden layers, softmax after the last one.

    Attributes:
        layers: nodes of the hidden layers.
        dropout: share of each hidden layer's outputs set to 0 while training.
    """

    layers: tuple[int, ...]
    dropout: float = 0.0

    @property
    def widths(self) -> tuple[int, ...]:
        """Values that go into each layer and come out of the last one."""
        return (PIXELS, *self.layers, CLASSES)

    @property
    def name(self) -> str:
        """Such as "784-128-10" or "784-128-10-dropout-0.2"."""
        widths = "-".join(map(str, self.widths))
        return f"{widths}-dropout-{self.dropout}" if self.dropout else widths


WORKS: Final = {
    work.name: work for work in (Work((128,)), Work((128,), dropout=0.2), Work((512, 512)))
}


@dataclass(frozen=True)
class Task:
    """What one process does.

    Attributes:
        peer: a name from ``PEERS``.
        work: the network.
        data: what ``load_mnist`` is asked for.
        epochs: of each fit.
        seed: decides start weights and order, in each peer's own way.
        fits: how often to train from new weights, one after the other in the same process.
    """

    peer: str
    work: Work
    data: str = "auto"
    epochs: int = 10
    seed: int = 0
    fits: int = 2

    def to_json(self) -> str:
        """Write as one line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """Read what ``to_json`` wrote."""
        values = json.loads(text)
        work = values.pop("work")
        return cls(work=Work(tuple(work["layers"]), work["dropout"]), **values)
