"""A dashboard of its own for a test: started on a free port, ended by signal, killed if need be."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.store import Run, RunStatus, Store

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
TRAINING_SECONDS = 300
TEACHER_SECRET = "a secret & of twelve"

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, seconds: float = 120) -> T:
    """Ask until the answer is truthy and give it; fail with a sentence when it never is."""
    deadline = time.monotonic() + seconds
    tick = threading.Event()
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        tick.wait(0.05)
    return value


def free_port() -> int:
    """Find a port that nobody listens at, below those that connections take for their own end.

    One of those could be taken before the server is up, or while it is restarted.
    """
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Server:
    """One dashboard process with a store of its own.

    Args:
        folder: where its log is kept, and its store, unless the environment names another.
        workers: trainer processes.
        script: what Streamlit runs, and the script's own arguments.
        module: Streamlit's command line, or what calls it.
        environment: variables on top; a None removes one.
    """

    def __init__(
        self,
        folder: Path,
        workers: int = 1,
        script: Sequence[str] = ("dashboard.py",),
        module: str = "streamlit",
        **environment: str | None,
    ) -> None:
        self._command = [sys.executable, "-m", module, "run", *script]
        self.store_url = environment.get("MNIST_STORE_URL") or f"sqlite:///{folder / 'runs.db'}"
        self.log = folder / "server.log"
        self.port = free_port()
        self.metrics_url = f"http://127.0.0.1:{free_port()}/metrics"
        path = environment.get("STREAMLIT_SERVER_BASE_URL_PATH")
        self.host = environment.get("STREAMLIT_SERVER_ADDRESS") or "127.0.0.1"
        self.url = f"http://{self.host}:{self.port}{f'/{path}' if path else ''}"
        changes = {
            "MNIST_STORE_URL": self.store_url,
            "MNIST_WORKERS": str(workers),
            "MNIST_OFFLINE": "1",
            "STREAMLIT_SERVER_PORT": str(self.port),
            "MNIST_METRICS_PORT": str(urllib.parse.urlsplit(self.metrics_url).port),
            **environment,
        }
        self._environment = {**os.environ, **changes}
        for name in [name for name, value in changes.items() if value is None]:
            del self._environment[name]

    def teacher_page(self, class_id: str = "", **query: str) -> str:
        """Return the address of a class on the teacher's page, or of all, with its secret."""
        query |= {"secret": TEACHER_SECRET} | ({"class": class_id} if class_id else {})
        return f"{self.url}/teacher?{urllib.parse.urlencode(query)}"

    def start(self) -> Server:
        """Start and wait until the first page is served."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        wait_until(self._is_up, f"the server at {self.url}; its log: {self.log}", START_SECONDS)
        return self

    def wait_for_workers(self, count: int = 1) -> None:
        """Wait until the workers have imported TensorFlow."""
        wait_until(lambda: len(self.worker_pids()) >= count, "warm workers", START_SECONDS)

    def _is_up(self) -> bool:
        assert self._process.poll() is None, f"the server ended: {self.log.read_text()}"
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    @property
    def pid(self) -> int:
        return self._process.pid

    def store(self) -> Store:
        """Open the server's store from the test's process."""
        return Store(self.store_url)

    def train(self, *configs: TrainingConfig, expected_accuracy: float | None = None) -> list[Run]:
        """Let the server's own workers train on the built-in sample; gives the finished runs."""
        dataset = load_mnist("sample")
        with self.store() as store:
            store.save_dataset(dataset)
            runs = [
                store.create_run(
                    config,
                    dataset_digest=dataset.digest,
                    dataset_name=dataset.name,
                    expected_accuracy=expected_accuracy,
                )
                for config in configs
            ]
            return [_finished(store, run) for run in runs]

    def worker_pids(self) -> list[int]:
        """Find the children of the server that have loaded TensorFlow."""
        children = psutil.Process(self.pid).children(recursive=True)
        return [child.pid for child in children if loads_tensorflow(child.pid)]

    def terminate(self) -> float:
        """Send SIGTERM and wait for the end; returns the seconds it took."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=60)
        return time.monotonic() - began

    def kill(self) -> None:
        """Kill the server as a power cut would, and wait for its workers' end."""
        children = psutil.Process(self.pid).children(recursive=True)
        self._process.kill()
        self._process.wait(timeout=60)
        psutil.wait_procs(children, timeout=60)

    def stop(self) -> None:
        """End the server if it still runs."""
        if self._process.poll() is None:
            self.terminate()


def _finished(store: Store, run: Run) -> Run:
    return wait_until(
        lambda: (now := store.get_run(run.id)).status is RunStatus.FINISHED and now,
        "a finished run",
        TRAINING_SECONDS,
    )


def loads_tensorflow(pid: int) -> bool:
    """Check whether a process has TensorFlow's libraries in its memory."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False
    return "tensorflow" in maps
