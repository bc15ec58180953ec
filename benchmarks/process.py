"""One peer in a process of its own: ``python -m benchmarks.process TASK``, a task as JSON.

The last line it prints is one JSON object: what was measured, or why the peer is left out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.stopwatch import Stopwatch
from benchmarks.task import VALIDATION_SPLIT, Task
from mnist_core.data import Dataset, load_mnist


def main() -> None:
    """Do the task on the command line."""
    print(json.dumps(carry_out(Task.from_json(sys.argv[1]))), flush=True)


def carry_out(task: Task) -> dict[str, Any]:
    """Import the peer and let it train; the digits are loaded before anything is timed.

    Returns:
        ``left_out`` with the reason where the peer can't be imported. Else ``fits``, one a
        training and each as ``Stopwatch.to_dict`` gives it; ``test_accuracy`` of the first one;
        ``peak_memory_mb`` up to its end; ``import_seconds`` of the peer's libraries; and what the
        digits were.
    """
    began = time.perf_counter()
    try:
        build = PEERS[task.peer].load()
    except ImportError as error:
        return {"peer": task.peer, "left_out": str(error)}
    import_seconds = time.perf_counter() - began

    from benchmarks.peers.base import Digits

    digits = Digits(load_mnist(task.data))
    first = build(task, digits)
    fits = [time_fit(first.fit)]
    result = {
        "peer": task.peer,
        "work": task.work.name,
        "epochs": task.epochs,
        "seed": task.seed,
        "import_seconds": import_seconds,
        "peak_memory_mb": peak_memory_mb(),
        "test_accuracy": first.test_accuracy(),
        "dataset": describe(digits.dataset),
    }
    del first
    fits += [time_fit(build(task, digits).fit) for _ in range(task.fits - 1)]
    return result | {"fits": fits}


def time_fit(fit: Callable[[Stopwatch], None]) -> dict[str, Any]:
    """Run one fit under a new stopwatch."""
    stopwatch = Stopwatch()
    stopwatch.start()
    fit(stopwatch)
    stopwatch.stop()
    return stopwatch.to_dict()


def describe(dataset: Dataset) -> dict[str, Any]:
    """Name the digits and count them."""
    training = dataset.training_digits(VALIDATION_SPLIT)
    return {
        "name": dataset.name,
        "digest": dataset.digest,
        "training_digits": training,
        "validation_digits": len(dataset.y_train) - training,
        "test_digits": len(dataset.y_test),
    }


def peak_memory_mb() -> float | None:
    """Return the most memory that this process held so far, in 10^6 bytes; None on Windows."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: on Linux a new program inherits that from the process that started it.
        (line,) = (row for row in status.read_text().splitlines() if row.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


if __name__ == "__main__":
    main()
