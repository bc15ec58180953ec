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
from mnist_core.training.fit import Trainer, place
from mnist_core.training.model import build_model

TRAINERS_KEPT: Final = 6


class TrainerCache:
    """Keeps the trainers used last. Not thread-safe.

    Args:
        size: how many trainers are kept.
    """

    def __init__(self, size: int = TRAINERS_KEPT) -> None:
        self._size = size
        self._trainers: OrderedDict[tuple[str, TrainingConfig], Trainer] = OrderedDict()

    def trainer(self, config: TrainingConfig, dataset: Dataset) -> Trainer:
        """Return a trainer for the settings; its model may be in the state of an earlier run.

        Raises:
            ConfigError: the batch size is larger than the number of training digits.
        """
        config.check_fits(dataset.training_digits(config.validation_split, config.fraction))
        kind = dataset.digest, config.kind
        if kind not in self._trainers:
            while len(self._trainers) >= self._size:
                self._trainers.popitem(last=False)
                gc.collect()  # models and traced functions refer to each other
            digits = place(dataset, config.validation_split, config.fraction)
            self._trainers[kind] = Trainer(build_model(config), digits)
        self._trainers.move_to_end(kind)
        return self._trainers[kind]
