"""PyTorch: the usual loop over batches that are slices of one tensor, or come from a loader."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.peers.base import Digits, Loop
from benchmarks.stopwatch import Stopwatch
from benchmarks.task import BATCH_SIZE, LEARNING_RATE, Task, Work


class TorchSlices(Loop):
    """The digits lie in one tensor, from which each batch is taken by its indices."""

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        torch.manual_seed(task.seed)
        self._model = build_model(task.work)
        self._optimizer = torch.optim.Adam(self._model.parameters(), LEARNING_RATE, fused=True)
        self._losses = nn.CrossEntropyLoss()
        self.x_train, self.y_train = map(torch.from_numpy, digits.train)
        self._val = tuple(map(torch.from_numpy, digits.val))

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Deal the training digits anew."""
        for chosen in torch.randperm(len(self.y_train)).split(BATCH_SIZE):
            yield self.x_train.index_select(0, chosen), self.y_train[chosen]

    def train_epoch(self, epoch: int, stopwatch: Stopwatch) -> tuple[float, float]:
        """Update the weights batch by batch; sums stay tensors until the end."""
        self._model.train()
        loss_sum, right = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for x, y in self.batches():
            self._optimizer.zero_grad()
            logits = self._model(x)
            loss = self._losses(logits, y)
            loss.backward()
            self._optimizer.step()
            loss_sum += loss.detach() * len(y)
            right += (logits.detach().argmax(1) == y).sum()
            stopwatch.point()
        digits = len(self.y_train)
        return loss_sum.item() / digits, right.item() / digits

    def validate(self) -> tuple[float, float]:
        """Look at all validation digits at once."""
        return self._evaluate(*self._val)

    def test_accuracy(self) -> float:
        """Look at all test digits at once."""
        return self._evaluate(*map(torch.from_numpy, self.digits.test))[1]

    @torch.no_grad()
    def _evaluate(self, x: Tensor, y: Tensor) -> tuple[float, float]:
        self._model.eval()
        logits = self._model(x)
        accuracy = (logits.argmax(1) == y).float().mean()
        return self._losses(logits, y).item(), accuracy.item()


class TorchLoader(TorchSlices):
    """The same loop as PyTorch's tutorials write it: a ``DataLoader`` puts the batches together."""

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        dataset = TensorDataset(self.x_train, self.y_train)
        self._loader = DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Let the loader deal."""
        return iter(self._loader)


def build_model(work: Work) -> nn.Sequential:
    """Build the network; softmax is part of the loss."""
    layers: list[nn.Module] = []
    for inputs, nodes in zip(work.widths, work.layers, strict=False):
        layers += [nn.Linear(inputs, nodes), nn.ReLU()]
        if work.dropout:
            layers.append(nn.Dropout(work.dropout))
    return nn.Sequential(*layers, nn.Linear(*work.widths[-2:]))
