"""What the page Look inside looks at: a network at a moment of its training."""

from typing import NamedTuple

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
