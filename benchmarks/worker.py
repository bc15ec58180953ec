"""What the dashboard adds to a fit: ``python -m benchmarks.worker``.

Ten default runs in a row through the one worker of a server that nobody watches, from the moment
they are put in until the last one is finished, against ten calls of ``train`` in a process of their
own: store, queue, test and model file against nothing of the kind. Both have trained the same
network once before, and they take turns, round after round. Prints one JSON object and keeps it;
the ratio is what counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.arguments import add_data
from benchmarks.machine import describe_machine
from benchmarks.results import RESULTS, write
from benchmarks.visit import rounded
from mnist_core.config import DEFAULTS, TrainingConfig
from mnist_core.data import Dataset, load_mnist
from mnist_core.store import Store
from tests.e2e.server import Server, wait_until

BARE = "--bare"  # what the process of the bare fits is started with


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser("python -m benchmarks.worker", description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=DEFAULTS.epochs)
    add_data(parser)
    parser.add_argument("--output", type=Path, default=RESULTS, help="a folder")
    parser.add_argument(BARE, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        print(fit_bare(load_mnist(options.data), options.runs, options.epochs))
        return
    result = measure(options.data, options.runs, options.rounds, options.epochs)
    print(json.dumps(result, indent=2))
    write(options.output / "worker.json", json.dumps(result, indent=1))


def measure(data: str, runs: int, rounds: int, epochs: int) -> dict[str, object]:
    """Let both do their work in turn."""
    machine, dataset = describe_machine(), load_mnist(data)
    bare, through_worker = [], []
    for _ in range(rounds):
        bare.append(fit_in_a_process(data, runs, epochs))
        through_worker.append(train_on_a_server(dataset, runs, epochs))
    ratios = [theirs / ours for theirs, ours in zip(through_worker, bare, strict=True)]
    return {
        "machine": machine,
        "data": dataset.description,
        "runs": runs,
        "bare_seconds": rounded(bare),
        "worker_seconds": rounded(through_worker),
        "worker_to_bare": round(statistics.median(ratios), 3),
    }


def fit_in_a_process(data: str, runs: int, epochs: int) -> float:
    """Start the bare fits and return their seconds, all together."""
    command = [sys.executable, "-m", "benchmarks.worker", BARE, "--data", data]
    command += ["--runs", str(runs), "--epochs", str(epochs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def fit_bare(dataset: Dataset, runs: int, epochs: int) -> float:
    """Train again and again with nobody to tell; return the seconds without the first time."""
    from mnist_core import build_model, train

    def fit(seed: int) -> None:
        config = TrainingConfig(seed=seed, epochs=epochs)
        train(build_model(config), dataset, config)

    fit(0)
    began = time.perf_counter()
    for seed in range(1, runs + 1):
        fit(seed)
    return time.perf_counter() - began


def train_on_a_server(dataset: Dataset, runs: int, epochs: int) -> float:
    """Put runs into the store of a server of their own; return the seconds until all are over."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), workers=1).start()
        try:
            with server.store() as store:
                store.save_dataset(dataset)
                train_in_a_row(store, dataset, range(1), epochs)
                return train_in_a_row(store, dataset, range(1, runs + 1), epochs)
        finally:
            server.stop()


def train_in_a_row(store: Store, dataset: Dataset, seeds: range, epochs: int) -> float:
    """Queue a run for each seed and wait; return the seconds by the store's own clock."""
    queued = [
        store.create_run(
            TrainingConfig(seed=seed, epochs=epochs),
            dataset_digest=dataset.digest,
            dataset_name=dataset.name,
        )
        for seed in seeds
    ]
    wait_until(lambda: store.get_run(queued[-1].id).status.is_over, "the last run", seconds=3600)
    done = [store.get_run(run.id) for run in queued]
    assert all(run.test_accuracy for run in done), "a run did not finish"
    ends = [run.finished_at for run in done if run.finished_at is not None]
    return (max(ends) - queued[0].created_at).total_seconds()


if __name__ == "__main__":
    main()
