"""PyTorch as its tutorials write it: a ``DataLoader`` puts the batches together."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.peers.base import Digits
from benchmarks.peers.torch_slices import TorchSlices
from benchmarks.task import BATCH_SIZE, Task


class TorchLoader(TorchSlices):
    """The same loop over a loader in the same process."""

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        dataset = TensorDataset(self.x_train, self.y_train)
        self._loader = DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Let the loader deal."""
        return iter(self._loader)
