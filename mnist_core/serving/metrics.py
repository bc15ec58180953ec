"""What a server counts, in Prometheus's format, on a port of this computer alone.

Off unless ``MNIST_METRICS_PORT`` names the port. What pages and sockets do costs an increment each;
the store is asked when somebody asks for the numbers. They are counts and seconds: nothing that
anybody typed. Knows prometheus-client, the store and live events.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mnist_core.errors import StoreError
from mnist_core.serving.live import LiveHub
from mnist_core.store import Store

HOST: Final = "127.0.0.1"
SETTLED_SECONDS: Final = 5.0
"""A run that began is counted this long afterwards: by then every worker's word is in the store."""

_WAITS: Final = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
_LEVELS: Final = ("warning", "error", "critical")
_LOGS: Final = (None, "uvicorn.error")  # Streamlit keeps the second from the first

_log = logging.getLogger(__name__)

# A line more for each counter, which nobody asked for.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The counters of one server; any thread may count."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._page_runs = Counter(
            "mnist_page_runs", "Runs of a page's script.", ["page"], registry=self._registry
        )
        self._log_lines = Counter(
            "mnist_log_lines",
            "Warnings and errors that the server has logged.",
            ["level"],
            registry=self._registry,
        )
        for level in _LEVELS:
            self._log_lines.labels(level)

    def count_page_run(self, page: str) -> None:
        """Count that the script of a page was run."""
        self._page_runs.labels(page).inc()

    @contextlib.contextmanager
    def served(self, port: int | None, store: Store, hub: LiveHub) -> Iterator[None]:
        """Serve the numbers meanwhile; a port that is taken is logged, and all else goes on.

        Args:
            port: of this computer; None for no numbers.
            store: whose runs are counted, those of other servers too.
            hub: whose sockets and events are counted.
        """
        with contextlib.ExitStack() as stack:
            if port is not None:
                counting = _CountingHandler(self._log_lines)
                for log in map(logging.getLogger, _LOGS):
                    log.addHandler(counting)
                    stack.callback(log.removeHandler, counting)
                asked: list[Collector] = [_OfStore(store), _OfHub(hub)]
                for each in (*asked, ProcessCollector(registry=None)):
                    self._registry.register(each)
                    stack.callback(self._registry.unregister, each)
                try:
                    stack.enter_context(_served(port, self._registry))
                except OSError as error:
                    _log.error(
                        "No metrics: port %d of this computer, which MNIST_METRICS_PORT names, "
                        "can't be used (%s).",
                        port,
                        error.strerror,
                    )
            yield


@contextlib.contextmanager
def _served(port: int, registry: CollectorRegistry) -> Iterator[None]:
    server, thread = start_http_server(port, HOST, registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _OfHub:
    """Who watches, and what they were told."""

    def __init__(self, hub: LiveHub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "mnist_watchers", "Sockets of live events that are open.", self._hub.watchers
        )
        yield CounterMetricFamily(
            "mnist_events_told",
            "Events put on their way to watchers, each as often as it was told.",
            self._hub.events_told,
        )


class _OfStore:
    """The runs, and how long they wait: two queries each time that somebody asks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._one_asks = threading.Lock()
        self._counted_until = store.now() - SETTLED_SECONDS
        self._waits = Histogram(
            "mnist_run_wait_seconds",
            "Seconds until runs were taken up for the first time, of those that were meanwhile.",
            buckets=_WAITS,
            registry=None,
        )

    def collect(self) -> Iterable[Metric]:
        with self._one_asks:
            try:
                found = [*self._count_runs()]
                self._count_waits()
            except StoreError:
                found = []
        yield GaugeMetricFamily(
            "mnist_store_up", "Whether the store can be read: 1, or 0.", bool(found)
        )
        yield from found
        yield from self._waits.collect()

    def _count_runs(self) -> Iterator[Metric]:
        counts = self._store.count_runs()
        runs = GaugeMetricFamily("mnist_runs", "Runs in the store.", labels=["status"])
        for status, number in counts.by_status.items():
            runs.add_metric([status.lower()], number)
        yield runs
        yield GaugeMetricFamily(
            "mnist_longest_wait_seconds",
            "How long the first of the runs has waited that wait to be taken up.",
            counts.longest_wait,
        )

    def _count_waits(self) -> None:
        until = self._store.now() - SETTLED_SECONDS
        for seconds in self._store.seconds_waited(self._counted_until, until):
            self._waits.observe(seconds)
        self._counted_until = until


class _CountingHandler(logging.Handler):
    def __init__(self, counter: Counter) -> None:
        super().__init__(logging.WARNING)
        self._counter = counter

    def emit(self, record: logging.LogRecord) -> None:
        self._counter.labels(record.levelname.lower()).inc()
