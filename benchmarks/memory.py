"""The memory of one worker over many networks: ``python -m benchmarks.memory``.

Queues runs of one epoch on the built-in sample, each a network of another shape, for one worker
of the dashboard, and looks after each run at the memory of the worker's process. Writes
``benchmarks/results/memory.json`` and ``memory.svg``.

Linux only: the worker is found by what its process has loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
from pathlib import Path
from typing import Any

import psutil

from benchmarks.bars import WIDTH, document
from benchmarks.machine import describe_machine
from benchmarks.processes import MEGABYTE
from benchmarks.results import RESULTS, write
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, load_mnist
from mnist_core.serving.dispatcher import GROWN_MEMORY, trainers
from mnist_core.store import Store
from tests.e2e.server import loads_tensorflow

HEIGHT, MARGIN = 320, 60


def main() -> None:
    """Measure, keep and draw."""
    parser = argparse.ArgumentParser("python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    os.environ["MNIST_WORKERS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MNIST_COMPILATION_CACHE"] = str(Path(folder) / "compiled")
        with Store(f"sqlite:///{Path(folder) / 'memory.db'}") as store:
            points = asyncio.run(measure(store, load_mnist("sample"), options.runs))
    megabytes = [point["megabytes"] for point in points]
    result = {
        "machine": describe_machine(),
        "most_megabytes": max(megabytes),
        "processes": len({point["process"] for point in points}),
        "points": points,
    }
    write(options.output / "memory.json", json.dumps(result, indent=1))
    write(options.output / "memory.svg", draw(megabytes))
    print(f"{len(points)} runs, at most {max(megabytes)} MB, {result['processes']} processes")


async def measure(store: Store, dataset: Dataset, runs: int) -> list[dict[str, Any]]:
    """Train network after network; give process and memory after each."""
    store.save_dataset(dataset)
    points = []
    async with trainers(store):
        for config in shapes(runs):
            run = store.create_run(config, dataset_digest=dataset.digest, dataset_name=dataset.name)
            while not store.get_run(run.id).status.is_over:
                await asyncio.sleep(0.05)
            while (worker := find_worker()) is None:  # it is being replaced
                await asyncio.sleep(0.05)
            points.append(
                {
                    "network": config.describe(),
                    "status": store.get_run(run.id).status.value,
                    "process": worker.pid,
                    "megabytes": worker.memory_info().rss // MEGABYTE,
                }
            )
            print(points[-1], flush=True)
    return points


def shapes(count: int) -> list[TrainingConfig]:
    """Choose networks, no two alike, always the same."""
    chance = random.Random(0)
    chosen: dict[tuple[int, ...], TrainingConfig] = {}
    while len(chosen) < count:
        layers = tuple(chance.randint(10, 400) for _ in range(chance.randint(1, 4)))
        batch_size = chance.choice((50, 100, 200))
        chosen[layers] = TrainingConfig(layers=layers, batch_size=batch_size, epochs=1)
    return [*chosen.values()]


def find_worker() -> psutil.Process | None:
    """Find the process among our own that has TensorFlow."""
    for child in psutil.Process().children(recursive=True):
        if loads_tensorflow(child.pid):
            return child
    return None


def draw(megabytes: list[int]) -> str:
    """Draw memory over runs, with the bound from which a worker is replaced.

    Returns:
        a complete SVG document.
    """
    top = max(*megabytes, GROWN_MEMORY // MEGABYTE) * 1.1
    across = (WIDTH - 2 * MARGIN) / max(1, len(megabytes) - 1)
    places = [
        (MARGIN + across * run, HEIGHT - MARGIN - value / top * (HEIGHT - 2 * MARGIN))
        for run, value in enumerate(megabytes)
    ]
    bound = HEIGHT - MARGIN - GROWN_MEMORY / MEGABYTE / top * (HEIGHT - 2 * MARGIN)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return document(
        HEIGHT,
        f'<text x="{MARGIN}" y="24" font-weight="bold">Memory of a worker after each of '
        f"{len(megabytes)} networks (MB)</text>\n"
        f'<path d="M{MARGIN} {MARGIN}V{HEIGHT - MARGIN}H{WIDTH - MARGIN}" stroke="#222" '
        'fill="none"/>\n'
        f'<path d="M{MARGIN} {bound:.1f}H{WIDTH - MARGIN}" stroke="#D55E00" '
        'stroke-dasharray="6 4"/>\n'
        f'<text x="{MARGIN + 6}" y="{bound - 6:.1f}">an idle worker above '
        f"{GROWN_MEMORY // MEGABYTE:,} MB is replaced</text>\n"
        f'<polyline points="{line}" stroke="#0072B2" stroke-width="2" fill="none"/>\n'
        f'<text x="{MARGIN - 6}" y="{HEIGHT - MARGIN + 4}" text-anchor="end">0</text>\n'
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - MARGIN + 20}" text-anchor="end">'
        f"{len(megabytes)} runs</text>",
    )


if __name__ == "__main__":
    main()
