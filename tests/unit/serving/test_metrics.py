"""Metrics as Prometheus gets them: a real port, a real store, real sockets."""

from __future__ import annotations

import logging
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.serving import metrics as metrics_module
from mnist_core.serving.live import LiveHub
from mnist_core.serving.metrics import Metrics
from mnist_core.store import Claim, Run, RunStatus, Store
from tests.e2e.server import free_port, wait_until
from tests.unit.serving.lab_processes import doors
from tests.unit.serving.test_live import Server, receive_seqs, write

Scrape = Callable[..., float]


class Clock:
    """The true time, or one that was set back."""

    def __init__(self) -> None:
        self.behind = 0.0

    def __call__(self) -> float:
        return time.time() - self.behind


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'mnist.db'}", clock=clock) as opened:
        yield opened


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def scrape(port: int) -> Scrape:
    """Ask for all numbers, and give one."""

    def get(name: str, **labels: str) -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        [value] = [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if (sample.name, sample.labels) == (name, labels)
        ]
        return value

    return get


def put_in(store: Store, dataset: Dataset, **more: bool) -> Run:
    store.save_dataset(dataset)
    return store.create_run(
        TrainingConfig(), dataset_digest=dataset.digest, dataset_name=dataset.name, **more
    )


def take_up(store: Store) -> Claim:
    claim = store.claim_next(60)
    assert claim is not None
    return claim


def test_runs_are_counted_by_their_status_and_the_first_that_waits_is_timed(
    store: Store, tiny: Dataset, port: int, scrape: Scrape, clock: Clock
) -> None:
    with Metrics().served(port, store, LiveHub(store)):
        assert scrape("mnist_store_up") == 1
        assert {scrape("mnist_runs", status=each.lower()) for each in RunStatus} == {0}
        assert scrape("mnist_longest_wait_seconds") == 0
        clock.behind = 3600
        run = put_in(store, tiny)
        clock.behind = 0
        put_in(store, tiny)
        assert scrape("mnist_runs", status="queued") == 2
        assert scrape("mnist_longest_wait_seconds") >= 3600
        store.finish(take_up(store), RunStatus.FINISHED)
        assert scrape("mnist_runs", status="queued") == 1
        assert scrape("mnist_runs", status="finished") == 1
        assert scrape("mnist_longest_wait_seconds") < 3600
        store.delete_run(run.id, None)
        assert scrape("mnist_runs", status="finished") == 0


def test_what_runs_have_waited_is_counted_once(
    store: Store,
    tiny: Dataset,
    port: int,
    scrape: Scrape,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.behind = 3600
    put_in(store, tiny)
    take_up(store)  # before the server began
    clock.behind = 100
    put_in(store, tiny)
    monkeypatch.setattr(metrics_module, "SETTLED_SECONDS", 0.0)
    with Metrics().served(port, store, LiveHub(store)):
        assert scrape("mnist_run_wait_seconds_count") == 0
        clock.behind = 0
        take_up(store)
        for _ in range(2):
            assert scrape("mnist_run_wait_seconds_count") == 1
            assert scrape("mnist_run_wait_seconds_sum") >= 100
        assert scrape("mnist_run_wait_seconds_bucket", le="60.0") == 0


def test_what_runs_have_waited_is_told_by_the_store_s_clock(
    store: Store,
    tiny: Dataset,
    port: int,
    scrape: Scrape,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.behind = 3600  # as that of a PostgreSQL elsewhere may be
    monkeypatch.setattr(metrics_module, "SETTLED_SECONDS", 0.0)
    with Metrics().served(port, store, LiveHub(store)):
        put_in(store, tiny)
        take_up(store)
        assert scrape("mnist_run_wait_seconds_count") == 1


def test_watchers_and_what_they_are_told_are_counted(
    store: Store, tiny: Dataset, port: int, scrape: Scrape
) -> None:
    run = put_in(store, tiny)
    claim = take_up(store)
    server = Server(store)
    try:
        with Metrics().served(port, store, server.hub):
            assert scrape("mnist_watchers") == scrape("mnist_events_told_total") == 0
            with server.watch(run.id) as one, server.watch(run.id) as other:
                write(store, claim, 5)
                last = store.get_run(run.id).last_seq
                for each in (one, other):
                    receive_seqs(each, run.id, last)
                assert scrape("mnist_watchers") == 2
                assert scrape("mnist_events_told_total") == 2 * last
            wait_until(lambda: scrape("mnist_watchers") == 0, "the end of both sockets")
    finally:
        server.stop()


def test_page_runs_and_what_goes_wrong_are_counted(store: Store, port: int, scrape: Scrape) -> None:
    metrics, log = Metrics(), logging.getLogger("mnist_core.of_a_test")
    with metrics.served(port, store, LiveHub(store)):
        assert scrape("mnist_log_lines_total", level="error") == 0
        for page in ("train", "home", "train"):
            metrics.count_page_run(page)
        log.error("It broke.")
        log.warning("Take care.")
        log.info("All is well.")
        assert scrape("mnist_page_runs_total", page="train") == 2
        assert scrape("mnist_page_runs_total", page="home") == 1
        assert scrape("mnist_log_lines_total", level="error") == 1
        assert scrape("mnist_log_lines_total", level="warning") == 1


def test_a_store_that_can_not_be_read_is_said_to_be_down(
    store: Store, port: int, scrape: Scrape, tmp_path: Path
) -> None:
    with Metrics().served(port, store, LiveHub(store)):
        store.close()
        (tmp_path / "mnist.db").write_text("no database " * 100)
        assert scrape("mnist_store_up") == 0
        assert scrape("mnist_watchers") == 0


def test_there_is_a_port_only_where_one_was_asked_for_and_on_this_computer_alone(
    store: Store, port: int
) -> None:
    before, metrics, hub = doors(psutil.Process()), Metrics(), LiveHub(store)
    with metrics.served(None, store, hub):
        assert doors(psutil.Process()) == before
    with metrics.served(port, store, hub):
        assert doors(psutil.Process()) == before | {("127.0.0.1", port)}
    assert doors(psutil.Process()) == before


def test_a_port_that_is_taken_is_logged_and_all_else_goes_on(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Metrics().served(port, store, LiveHub(store)):
            pass
    assert f"No metrics: port {port} of this computer" in caplog.text
