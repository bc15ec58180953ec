"""A school's servers: a scheduler and workers with certificates, two dashboards, one PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import Client
from playwright.sync_api import Page

from mnist_core.config import TrainingConfig
from mnist_core.serving.certificates import make_certificates
from mnist_core.serving.cluster import security
from mnist_core.store import RunStatus
from tests.e2e.forwarder import Forwarder
from tests.e2e.same_end import assert_same_end
from tests.e2e.server import Server, free_port, wait_until
from tests.e2e.train_page import FAST, SLOW, TrainPage
from tests.postgresql import postgresql_server
from tests.unit.serving.lab_processes import command

QUERY = "?epochs=6&nodes_1=16&batch_size=20"
CONFIG = TrainingConfig(epochs=6, layers=(16,), batch_size=20)
STEPS_OF_AN_EPOCH = 180
STANDING = 60.0  # seconds an epoch takes while something is done to those who train it


class Lab:
    """All of it, each on an address of its own of this computer.

    Attributes:
        first: the dashboard that came first, and gives the workers their runs.
        second: the other one.
    """

    def __init__(self, folder: Path, running: contextlib.ExitStack) -> None:
        self._folder, self._certificates = folder, folder / "certificates"
        make_certificates(self._certificates)
        secured = ("--certificates", str(self._certificates))
        port = str(free_port())
        self._scheduler = f"tls://127.0.0.2:{port}"
        self._store = running.enter_context(postgresql_server())
        running.enter_context(
            command(folder, "scheduler", "--host", "127.0.0.2", "--port", port, *secured)
        )
        for _ in range(2):
            running.enter_context(command(folder, "worker", self._scheduler, *secured))
        self.first, self.second = (self._dashboard(f"127.0.0.{number}") for number in (3, 4))
        running.callback(self.first.start().stop)
        with self.first.store() as store:
            wait_until(lambda: store.workers_seen().workers == 2, "both workers")
        running.callback(self.second.start().stop)

    def _dashboard(self, host: str) -> Server:
        folder = self._folder / host
        folder.mkdir()
        return Server(
            folder,
            MNIST_PATH=None,
            KERAS_HOME=str(folder),
            MNIST_STORE_URL=self._store,
            STREAMLIT_SERVER_ADDRESS=host,
            DASK_SCHEDULER_ADDRESS=self._scheduler,
            MNIST_CERTIFICATES=str(self._certificates),
        )

    def kill_who_trains(self) -> None:
        """Kill the one worker process that is at work."""
        with Client(self._scheduler, security=security(self._certificates)) as client:
            [address] = [worker for worker, tasks in client.processing().items() if tasks]
            os.kill(client.run(os.getpid, workers=[address])[address], signal.SIGKILL)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with contextlib.ExitStack() as running:
        yield Lab(tmp_path, running)


def test_neither_a_killed_worker_nor_a_killed_dashboard_costs_anything(
    lab: Lab, new_page: Callable[..., Page]
) -> None:
    with Forwarder("127.0.0.5", lab.first, lab.second) as proxy:
        tab = TrainPage(new_page(), proxy.server).open(QUERY)
        tab.set_speed(SLOW)
        run_id = tab.train()
        tab.set_pace(STANDING)
        tab.wait_for_step(1)
        beside = TrainPage(new_page(), lab.second).open(f"?run={run_id}")
        beside.wait_for_points("step_accuracy", 3)  # the events of a run that others drive

        lab.kill_who_trains()
        wait_until(lambda: tab.run().attempt >= 2, "another worker")
        tab.set_pace(2.0)
        tab.wait_for_step(STEPS_OF_AN_EPOCH + STEPS_OF_AN_EPOCH // 2)
        tab.set_pace(STANDING)

        lab.first.kill()  # from here on the browser is at the second one

        def is_faster() -> bool:
            tab.set_speed(SLOW)  # a click on the way to the one that is gone is lost
            tab.set_speed(FAST)
            return tab.run().pace == 0.0

        wait_until(is_faster, "the other dashboard to take what the run's owner wants")
        run = tab.wait_for_status(RunStatus.FINISHED)
        [undisturbed] = lab.second.train(CONFIG)
        assert_same_end(tab, run, undisturbed)
        assert tab.errors == beside.errors == []
