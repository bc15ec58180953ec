"""What a worker keeps between runs: trainers that are compiled.

A new kind of network costs a second of tracing and compiling; a kind that was trained lately, or
that somebody's sliders show, costs nothing.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from typing import Final

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.training.compiled import PlacedDigits
from mnist_core.training.fit import Trainer, place
from mnist_core.training.model import build_model

TRAINERS_KEPT: Final = 32
"""One a kind of network that the runs of a class have, which take turns."""
BYTES_KEPT: Final = 600_000_000


class TrainerCache:
    """Keeps the trainers used last. Not thread-safe.

    Args:
        size: how many trainers are kept.
        most_bytes: what their variables and digits may take together, be it fewer trainers then.
    """

    def __init__(self, size: int = TRAINERS_KEPT, most_bytes: int = BYTES_KEPT) -> None:
        self._size, self._most_bytes = size, most_bytes
        self._trainers: OrderedDict[tuple[str, TrainingConfig], Trainer] = OrderedDict()

    def trainer(self, config: TrainingConfig, dataset: Dataset) -> Trainer:
        """Return a trainer for the settings; its model may be in the state of an earlier run.

        Raises:
            ConfigError: the batch size is larger than the number of training digits.
        """
        config.check_fits(dataset.training_digits(config.validation_split, config.fraction))
        kind = dataset.digest, config.kind
        if kind not in self._trainers:
            self._trainers[kind] = Trainer(build_model(config), self._place(config, dataset))
            self._make_room()
        self._trainers.move_to_end(kind)
        return self._trainers[kind]

    def _place(self, config: TrainingConfig, dataset: Dataset) -> PlacedDigits:
        """Find the digits as another trainer has them, or else lay them ready."""
        for (digest, kind), trainer in self._trainers.items():
            if (digest, kind.validation_split, kind.fraction) == (
                dataset.digest,
                config.validation_split,
                config.fraction,
            ):
                return trainer.digits
        return place(dataset, config.validation_split, config.fraction)

    def _make_room(self) -> None:
        """Forget what was not used for longest, and keep the newest."""
        kept = len(self._trainers)
        while len(self._trainers) > 1 and self._is_too_large():
            self._trainers.popitem(last=False)
        if len(self._trainers) < kept:
            gc.collect()  # models and traced functions refer to each other

    def _is_too_large(self) -> bool:
        trainers = self._trainers.values()
        digits = {id(trainer.digits): trainer.digits.bytes for trainer in trainers}
        taken = sum(trainer.bytes for trainer in trainers) + sum(digits.values())
        return len(self._trainers) > self._size or taken > self._most_bytes
