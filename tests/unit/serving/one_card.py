"""What a worker's process runs in the place of TensorFlow: a computer with one graphics card."""

from __future__ import annotations

import os

from mnist_core import environment
from mnist_core.errors import WorkerRefusedError


def warm() -> int:
    """Warm the first worker up, and refuse the others, as `training.worker.warm` does."""
    if environment.worker_place() > 0:
        raise WorkerRefusedError("this computer has 1 card")
    return os.getpid()
