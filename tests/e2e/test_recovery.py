"""What a run survives: a pause, a killed worker, a killed server, a restart that is watched."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from mnist_core.config import TrainingConfig
from mnist_core.store import Run, RunStatus
from tests.e2e.same_end import assert_same_end
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import FAST, PATIENCE, SLOW

QUERY = "?epochs=6&nodes_1=64&batch_size=10&dropout=0.2"
LONG = "?epochs=100&nodes_1=16"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of their own, with a single worker, to be killed."""
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder, workers=1, MNIST_PATH=None, KERAS_HOME=str(folder)).start()
    server.wait_for_workers()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def undisturbed(server: Server) -> Run:
    """The run that a disturbed one must equal."""
    config = TrainingConfig(epochs=6, layers=(64,), batch_size=10, dropout=0.2)
    [run] = server.train(config)
    return run


def test_a_paused_run_makes_way_and_goes_on(server, open_tab):
    first, second = open_tab(server, "?epochs=30&nodes_1=32"), open_tab(server, "?epochs=2")
    first.set_speed(SLOW)
    first.train()
    first.wait_for_step(20)
    first.press("Pause")
    paused = first.wait_for_status(RunStatus.PAUSED)
    second.train()
    assert second.wait_for_status(RunStatus.FINISHED).test_accuracy
    assert first.run().step == paused.step
    first.set_speed(FAST)
    first.press("Continue")
    run = first.wait_for_status(RunStatus.FINISHED)
    assert run.epochs_done == 30
    assert first.wait_for_points("val_accuracy", 30)["x"] == list(range(1, 31))


def test_a_killed_worker_costs_nothing(server, undisturbed, open_tab):
    tab = open_tab(server, QUERY)
    tab.set_speed(SLOW)
    tab.train()
    tab.wait_for_step(2 * 360 + 100)
    [worker] = server.worker_pids()
    os.kill(worker, signal.SIGKILL)
    run = tab.wait_for_status(RunStatus.FINISHED)
    assert run.attempt >= 2
    assert_same_end(tab, run, undisturbed)


def test_a_killed_server_costs_nothing(server, undisturbed, open_tab):
    tab = open_tab(server, QUERY)
    tab.set_speed(SLOW)
    tab.train()
    tab.wait_for_step(2 * 360 + 100)
    server.kill()
    expect(tab.state()).to_contain_text("Connection lost", timeout=PATIENCE)
    server.start()
    run = tab.wait_for_status(RunStatus.FINISHED)
    assert run.attempt >= 2
    assert_same_end(tab, run, undisturbed)


def test_a_browser_that_takes_nothing_does_not_keep_the_server_from_its_end(server):
    with socket.create_connection(("127.0.0.1", server.port)) as asleep:
        asleep.sendall(b"GET /api/plotly.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert asleep.recv(4) == b"HTTP"
        server.terminate()
    server.start()


def test_sigterm_ends_the_server_within_five_seconds_though_somebody_watches(server, open_tab):
    tab = open_tab(server, LONG)
    tab.set_speed(SLOW)
    tab.train()
    tab.wait_for_points("step_accuracy", 3)
    assert server.terminate() < 5
    assert tab.run().status is RunStatus.INTERRUPTED
    server.start()
    wait_until(lambda: tab.run().status is RunStatus.RUNNING, "the run to go on")
    tab.press("Stop")
    tab.wait_for_status(RunStatus.STOPPED)
