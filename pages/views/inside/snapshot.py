"""What the page Look inside looks at: a network at a moment of its training, and a digit."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.data import Dataset
from mnist_core.inspection.network import Network
from mnist_core.store import Run
from pages.services.datasets import run_dataset
from pages.services.networks import network_at


class Snapshot(NamedTuple):
    """A run's network as it was after an epoch.

    Attributes:
        run: what was trained.
        epoch: the epoch whose weights are looked at, counted from 0, -1 before the first batch.
    """

    run: Run
    epoch: int

    @property
    def network(self) -> Network:
        """The weights of that epoch."""
        return network_at(self.run, self.epoch)

    @property
    def dataset(self) -> Dataset:
        """The data that the run was trained on."""
        return run_dataset(self.run.dataset_digest)


@dataclass(frozen=True, eq=False)
class ShownDigit:
    """The image that goes through the network.

    Attributes:
        image: uint8 (28, 28), 0 background to 255 ink.
        true: the digit it is, 0 to 9; None for a drawing that nobody has named.
        name: what it is called: "test digit number 115", "your drawing".
        position: where it stands in the test set; None for one that was brought along.
    """

    image: npt.NDArray[np.uint8]
    true: int | None
    name: str
    position: int | None = None
