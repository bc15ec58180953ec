"""What an idle dashboard costs, and how soon a click is answered: ``python -m benchmarks.idle``.

Starts a dashboard with a store of its own, lets it train once, and counts the
processor time of server and workers while nobody is connected. Then puts runs into the store, from
this process, and reads there how long each lay until a worker had it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

from benchmarks.arguments import count
from benchmarks.processes import cpu_seconds
from mnist_core import environment
from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.store import Store
from tests.e2e.server import Server, wait_until

SMALL: Final = TrainingConfig(layers=(8,), epochs=1, fraction=0.1)
SETTLING_SECONDS: Final = 10.0  # after the run that warms everything up


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks.idle", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--workers", type=count, default=environment.worker_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), workers=options.workers).start()
        try:
            server.train(SMALL)
            time.sleep(SETTLING_SECONDS)
            shares = measure_idle(server.pid, options.seconds)
            with server.store() as store:
                waits = measure_waits(store, options.runs)
        finally:
            server.stop()
    for process, share in shares.items():
        print(f"{share:7.2%} of a core  {process}")
    print(f"{sum(shares.values()):7.2%} of a core  together")
    milliseconds = [1000 * wait for wait in waits]
    print(
        f"{len(waits)} runs taken up after {statistics.median(milliseconds):.0f} ms (median), "
        f"{max(milliseconds):.0f} ms at most"
    )


def measure_idle(pid: int, seconds: float) -> dict[str, float]:
    """Return the share of a core that each process of the server takes."""
    server = psutil.Process(pid)
    processes = [server, *server.children(recursive=True)]
    before = [cpu_seconds(process) for process in processes]
    began = time.monotonic()
    time.sleep(seconds)
    lasted = time.monotonic() - began
    return {
        describe(process): (cpu_seconds(process) - start) / lasted
        for process, start in zip(processes, before, strict=True)
    }


def describe(process: psutil.Process) -> str:
    """Name a process by its id and what it was started with."""
    return f"{process.pid} {' '.join(process.cmdline()[1:])[:60]}"


def measure_waits(store: Store, runs: int) -> list[float]:
    """Put runs in, one when the last is over; give the seconds each waited for the worker."""
    dataset = load_mnist("sample")
    waits = []
    for seed in range(runs):
        run = store.create_run(
            SMALL.replace(seed=seed), dataset_digest=dataset.digest, dataset_name=dataset.name
        )
        wait_until(lambda run=run: store.get_run(run.id).status.is_over, "the end of a run")
        started = store.get_run(run.id).started_at
        assert started is not None
        waits.append((started - run.created_at).total_seconds())
        time.sleep(0.5 + 0.037 * seed)  # at another moment of the dispatcher's round each time
    return waits


if __name__ == "__main__":
    main()
