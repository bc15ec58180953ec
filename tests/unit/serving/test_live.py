"""Live events with a real store, a real server on a free port and real WebSocket clients."""

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager, suppress
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import sqlalchemy
import uvicorn
from plotly.offline import get_plotlyjs
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from mnist_core.config import TrainingConfig
from mnist_core.data import Arrays, Dataset
from mnist_core.errors import StoreError
from mnist_core.serving import live
from mnist_core.serving.live import LiveHub, plotly_url, routes
from mnist_core.serving.store_health import StoreHealth
from mnist_core.store import Claim, EpochRecord, RunStatus, Store

SECONDS = 60.0  # how long a test waits for what must come

DIGITS = Dataset.from_arrays(
    Arrays(
        x_train=np.zeros((20, 28, 28), np.uint8),
        y_train=np.arange(20, dtype=np.uint8) % 10,
        x_test=np.zeros((10, 28, 28), np.uint8),
        y_test=np.arange(10, dtype=np.uint8),
    ),
    name="test.npz",
    source="made for this test",
)

EPOCH = EpochRecord(epoch=0, accuracy=0.8, loss=0.4, val_accuracy=0.9, val_loss=0.3, seconds=1.0)

Serve = Callable[[Store], "Server"]


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


class Server:
    """A hub behind uvicorn in a thread, as in the dashboard but without Streamlit."""

    def __init__(self, store: Store) -> None:
        self.health = StoreHealth()
        self.hub = hub = LiveHub(
            store, self.health, trusts=lambda origin: origin == "http://trusted.example"
        )

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with hub:
                yield

        app = Starlette(routes=routes(hub), lifespan=lifespan)
        self._uvicorn = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        # Listening already: who connects before the server is up waits and is not refused.
        listener = socket.create_server(("localhost", 0))
        self.port: int = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._uvicorn.run, args=([listener],))
        self._thread.start()

    @contextmanager
    def watch(self, run_id: str, after: int = 0, **options: Any) -> Iterator[ClientConnection]:
        with self.connect(**options) as watcher:
            watcher.send(json.dumps({"watch": run_id, "after": after}))
            yield watcher

    def connect(self, **options: Any) -> ClientConnection:
        address = f"ws://localhost:{self.port}/api/live"
        return connect(address, compression=None, max_size=None, **options)

    def get(self, path: str, **headers: str) -> Answer:
        connection = HTTPConnection("localhost", self.port, timeout=SECONDS)
        with closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def stop(self) -> float:
        """Stop as SIGTERM does; gives the seconds it took."""
        begin = time.monotonic()
        self._uvicorn.should_exit = True
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return time.monotonic() - begin


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'runs.db'}") as opened:
        yield opened


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def start(store: Store) -> Server:
        servers.append(Server(store))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(store: Store, serve: Serve) -> Server:
    return serve(store)


def new_run(store: Store) -> str:
    store.save_dataset(DIGITS)
    return store.create_run(
        TrainingConfig(), dataset_digest=DIGITS.digest, dataset_name=DIGITS.name
    ).id


def new_claim(store: Store) -> Claim:
    new_run(store)
    claim = store.claim_next(lease_seconds=60)
    assert claim is not None
    return claim


def write(store: Store, claim: Claim, count: int = 1, text: str = "") -> None:
    store.record(claim, events=[("note", {"text": text}) for _ in range(count)])


def receive(watcher: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(watcher.recv(timeout=SECONDS))
    return message


def receive_seqs(watcher: ClientConnection, run_id: str, last: int) -> list[int]:
    """Read until an event has this number; gives the numbers of all that came."""
    seqs: list[int] = []
    while not seqs or seqs[-1] < last:
        events = receive(watcher).get("events", [])
        seqs += [event["seq"] for event in events if event["run"] == run_id]
    return seqs


def receive_situation(watcher: ClientConnection, **expected: Any) -> dict[str, Any]:
    """Read until a situation says all of this."""
    while True:
        situation: dict[str, Any] | None = receive(watcher).get("situation")
        if situation and expected.items() <= situation.items():
            return situation


def receive_rest(watcher: ClientConnection) -> list[dict[str, Any]]:
    """Read until the server has closed the socket."""
    messages = []
    deadline = time.monotonic() + SECONDS
    with suppress(ConnectionClosed):
        while time.monotonic() < deadline:
            messages.append(receive(watcher))
    assert time.monotonic() < deadline, "the socket stayed open"
    return messages


def last_seq(store: Store, claim: Claim) -> int:
    return store.get_run(claim.run_id).last_seq


def test_the_situation_comes_first_and_then_everything_from_the_beginning(
    store: Store, server: Server
) -> None:
    claim = new_claim(store)
    write(store, claim, 30)

    with server.watch(claim.run_id) as watcher:
        situation = receive(watcher)["situation"]
        assert situation["status"] == "RUNNING"
        assert situation["last_seq"] == last_seq(store, claim)
        seqs = receive_seqs(watcher, claim.run_id, last_seq(store, claim))

    assert seqs == list(range(1, last_seq(store, claim) + 1))


def test_an_event_carries_what_the_store_holds(store: Store, server: Server) -> None:
    claim = new_claim(store)
    event = store.read_events({claim.run_id: 0}, 1)[0]

    with server.watch(claim.run_id) as watcher:
        receive(watcher)
        told = receive(watcher)["events"][0]

    assert told == {
        "run": claim.run_id,
        "seq": 1,
        "kind": "status",
        "data": event.data,
        "at": round(event.created_at.timestamp() * 1000),
    }


def test_what_happens_while_somebody_watches_arrives_in_order(store: Store, server: Server) -> None:
    claim = new_claim(store)
    seen = last_seq(store, claim)

    with server.watch(claim.run_id, after=seen) as watcher:
        for _ in range(5):
            write(store, claim, 2)
            fresh = receive_seqs(watcher, claim.run_id, seen + 2)
            assert fresh == [seen + 1, seen + 2]
            seen += 2


def test_nothing_comes_twice_or_is_missed_across_reconnections(
    store: Store, server: Server
) -> None:
    claim = new_claim(store)
    goal = last_seq(store, claim) + 300
    writer = threading.Thread(target=lambda: [write(store, claim) for _ in range(300)])
    writer.start()

    seqs: list[int] = []
    for stop in range(20, goal + 20, 20):
        with server.watch(claim.run_id, after=seqs[-1] if seqs else 0) as watcher:
            if not seqs or seqs[-1] < goal:
                seqs += receive_seqs(watcher, claim.run_id, min(stop, goal))
    writer.join()

    assert seqs == list(range(1, goal + 1))


def test_more_events_than_one_read_takes_arrive_whole(
    store: Store, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVENTS_A_READ", 7)
    claim = new_claim(store)
    write(store, claim, 100)

    with server.watch(claim.run_id) as watcher:
        seqs = receive_seqs(watcher, claim.run_id, last_seq(store, claim))

    assert seqs == list(range(1, last_seq(store, claim) + 1))


def test_each_of_several_watchers_gets_what_it_lacks(store: Store, server: Server) -> None:
    claim = new_claim(store)
    write(store, claim, 10)
    known = [0, 3, 12, 0, 7, 1, 12, 5]
    with ExitStack() as stack:
        watchers = [stack.enter_context(server.watch(claim.run_id, after)) for after in known]
        for watcher in watchers:
            receive_situation(watcher)

        write(store, claim, 5)
        end = last_seq(store, claim)
        for after, watcher in zip(known, watchers, strict=True):
            assert receive_seqs(watcher, claim.run_id, end) == list(range(after + 1, end + 1))


def test_two_runs_do_not_mix(store: Store, server: Server) -> None:
    one, other = new_claim(store), new_claim(store)
    write(store, one, 3)

    with server.watch(one.run_id) as first, server.watch(other.run_id) as second:
        for watcher, claim in ((first, one), (second, other)):
            assert receive(watcher)["run"] == claim.run_id
            events = receive(watcher)["events"]
            assert {event["run"] for event in events} == {claim.run_id}
            assert len(events) == last_seq(store, claim)


def test_one_socket_watches_eight_runs_and_misses_nothing(store: Store, server: Server) -> None:
    claims = [new_claim(store) for _ in range(8)]
    write(store, claims[0], 2)
    known = {claim.run_id: last_seq(store, claim) for claim in claims[:2]}
    seqs = {claim.run_id: list(range(1, known.get(claim.run_id, 0) + 1)) for claim in claims}

    with server.connect() as watcher:
        watcher.send(json.dumps({"watch": {run_id: len(each) for run_id, each in seqs.items()}}))
        for _ in range(5):
            for claim in claims:
                write(store, claim)
        ends = {claim.run_id: last_seq(store, claim) for claim in claims}
        told = set()
        while any(seqs[run_id][-1:] != [end] for run_id, end in ends.items()):
            message = receive(watcher)
            told |= {message["run"]} if "situation" in message else set()
            for event in message.get("events", []):
                assert event["run"] == message["run"] in told
                seqs[event["run"]].append(event["seq"])

    assert seqs == {run_id: list(range(1, end + 1)) for run_id, end in ends.items()}


def test_of_several_runs_a_missing_one_is_said_to_be_so(store: Store, server: Server) -> None:
    there = new_run(store)
    with server.connect() as watcher:
        watcher.send(json.dumps({"watch": {there: 0, "no-such-run": 0}}))
        told = {message["run"]: message for message in (receive(watcher) for _ in range(2))}
    assert told["no-such-run"] == {"run": "no-such-run", "missing": True}
    assert told[there]["situation"]["status"] == "QUEUED"


def test_a_tab_can_turn_to_another_run_and_back(store: Store, server: Server) -> None:
    one, other = new_claim(store), new_claim(store)

    with server.watch(one.run_id) as watcher:
        for claim in (one, other, one):
            watcher.send(json.dumps({"watch": claim.run_id, "after": 0}))
            end = last_seq(store, claim)
            assert receive_seqs(watcher, claim.run_id, end)[-end:] == list(range(1, end + 1))


def test_a_change_of_the_situation_is_told_without_asking(store: Store, server: Server) -> None:
    ahead = new_run(store)
    waiting = new_run(store)

    with server.watch(waiting) as watcher:
        receive_situation(watcher, status="QUEUED", queue_position=2, server_alive=False)
        store.report_dispatcher("here", workers=2, workers_ready=1)
        receive_situation(watcher, server_alive=True, workers=2, workers_ready=1)
        store.request_stop(ahead, None)
        receive_situation(watcher, queue_position=1)
        store.claim_next(lease_seconds=60)
        store.request_pause(waiting, None)
        situation = receive_situation(watcher, status="RUNNING", pause_requested=True)

    assert abs(situation["server_time"] / 1000 - time.time()) < SECONDS


def test_an_unchanged_situation_is_told_again_as_a_sign_of_life(
    store: Store, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SIGN_OF_LIFE_SECONDS", 0.0)
    run_id = new_run(store)

    with server.watch(run_id) as watcher:
        first, second = (receive_situation(watcher) for _ in range(2))

    assert {**first, "server_time": 0} == {**second, "server_time": 0}


def test_an_unknown_run_is_called_missing_and_the_socket_stays_good(
    store: Store, server: Server
) -> None:
    run_id = new_run(store)

    with server.watch("no-such-run") as watcher:
        assert receive(watcher) == {"run": "no-such-run", "missing": True}
        watcher.send(json.dumps({"watch": run_id}))
        assert receive(watcher)["situation"]["status"] == "QUEUED"


def test_a_run_that_is_deleted_while_watched_is_called_missing(
    store: Store, server: Server
) -> None:
    run_id = new_run(store)

    with server.watch(run_id) as watcher:
        receive_situation(watcher)
        store.delete_run(run_id, None)
        for message in iter(lambda: receive(watcher), None):
            if "missing" in message:
                break

    assert message == {"run": run_id, "missing": True}


@pytest.mark.parametrize("runs", [1, 30])
@pytest.mark.parametrize("waiting", [False, True])
def test_all_watched_runs_are_looked_up_in_two_queries(
    store: Store, runs: int, waiting: bool
) -> None:
    run_ids = [new_run(store) if waiting else new_claim(store).run_id for _ in range(runs)]
    queries: list[str] = []

    async def story() -> None:
        hub = LiveHub(store)
        for run_id in run_ids:
            watcher = live._Watcher()
            watcher.watch({run_id: 0})
            hub._watchers.add(watcher)

        @sqlalchemy.event.listens_for(store._database._engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement != "BEGIN":
                queries.append(statement)

        in_all = 2  # what they are, and who waits for whom
        await hub._tell_situations()
        assert all(each.is_told for each in hub._watched())
        assert len(queries) == 2 * runs + in_all  # what each is and was, once, for its words

        queries.clear()
        hub._situations_due = 0.0
        await hub._tell_situations()
        assert len(queries) == in_all

        queries.clear()
        await hub._tell_events()
        assert all(each.seq > 0 for each in hub._watched())
        assert len(queries) == 1

        await hub._tell_events()  # finds nothing more, and remembers when that was
        queries.clear()
        await hub._tell_events()
        assert not queries
        store.request_stop(run_ids[-1], None)
        if not waiting:
            write(store, Claim(run_ids[-1], 1))
        queries.clear()
        await hub._tell_events()
        assert len(queries) == 1

    asyncio.run(story())


def test_a_page_of_another_site_is_refused(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        server.connect(origin="http://evil.example")

    assert refused.value.response.status_code == 403


def test_a_page_of_an_origin_that_is_trusted_may_listen(store: Store, server: Server) -> None:
    with server.watch(new_run(store), origin="http://trusted.example") as watcher:
        assert "words" in receive(watcher)


@pytest.mark.parametrize("origin", ["null", "http://localhost", "http://localhost:1", "localhost"])
def test_an_origin_that_only_resembles_the_host_is_refused(server: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus):
        server.connect(origin=origin)


def test_the_own_page_is_let_in(store: Store, server: Server) -> None:
    with server.connect(origin=f"http://localhost:{server.port}") as watcher:
        watcher.send(json.dumps({"watch": new_run(store)}))
        assert receive(watcher)["situation"]["status"] == "QUEUED"


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "{}",
        "[1]",
        "3",
        "null",
        b"\x00\x01",
        '{"watch": 3}',
        '{"watch": ["a"]}',
        '{"watch": {"a": "1"}}',
        json.dumps({"watch": dict.fromkeys("abcdefghi", 0)}),
        '{"watch": ""}',
        '{"watch": "' + "x" * 1000 + '"}',
        '{"watch": "a", "after": -1}',
        '{"watch": "a", "after": "1"}',
        '{"watch": "a", "after": true}',
        '{"watch": "a", "after": 1e3}',
        '{"watch": "a", "after": 99999999999999999999999}',
        "[" * 100_000,
        "[" * 900,
        '{"watch": "a", "more": "' + "x" * live.LONGEST_WISH + '"}',
    ],
)
def test_a_message_that_is_not_understood_closes_the_socket_with_a_code(
    server: Server, message: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with server.connect() as watcher:
        watcher.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            watcher.recv(timeout=SECONDS)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003
    assert closed.value.rcvd.reason
    assert not caplog.records


@pytest.mark.parametrize(("bound", "number"), [("OUTBOX_SIZE", 3), ("OUTBOX_BYTES", 8_000_000)])
def test_one_who_takes_nothing_is_cut_off_and_the_others_see_everything(
    store: Store, server: Server, monkeypatch: pytest.MonkeyPatch, bound: str, number: int
) -> None:
    monkeypatch.setattr(live, bound, number)
    claim = new_claim(store)

    with server.watch(claim.run_id, max_queue=1) as slow, server.watch(claim.run_id) as quick:
        # More than all the buffers of a connection hold, so that messages have to wait.
        for _ in range(16):
            write(store, claim, text="x" * 3_000_000)
            receive_seqs(quick, claim.run_id, last_seq(store, claim))
        taken = [event for message in receive_rest(slow) for event in message.get("events", [])]

    seen = taken[-1]["seq"] if taken else 0
    assert seen < last_seq(store, claim)
    with server.watch(claim.run_id, after=seen) as again:
        rest = receive_seqs(again, claim.run_id, last_seq(store, claim))
    assert rest == list(range(seen + 1, last_seq(store, claim) + 1))


def test_a_tab_that_asks_without_end_is_answered_ten_times_a_second(
    store: Store, server: Server
) -> None:
    run_id, began = new_run(store), time.monotonic()
    with server.connect() as watcher:
        for _ in range(6):
            watcher.send(json.dumps({"watch": run_id}))
            receive_situation(watcher)
    assert time.monotonic() - began >= 5 * live.POLL_SECONDS


def test_a_store_that_fails_for_a_moment_delays_events_and_loses_none(
    tmp_path: Path, serve: Serve
) -> None:
    class Moody(Store):
        failures = iter([True, True, False, True])

        def read_events(self, *args: Any, **kwargs: Any) -> Any:
            if next(self.failures, False):
                raise StoreError("The store is locked.")
            return super().read_events(*args, **kwargs)

    with Moody(f"sqlite:///{tmp_path / 'runs.db'}") as store:
        claim = new_claim(store)
        server = serve(store)
        with server.watch(claim.run_id) as watcher:
            receive_seqs(watcher, claim.run_id, last_seq(store, claim))
            write(store, claim, 5)
            seqs = receive_seqs(watcher, claim.run_id, last_seq(store, claim))
        server.stop()

    assert len(seqs) == 5


def test_the_server_ends_at_once_although_somebody_watches(store: Store, server: Server) -> None:
    claim = new_claim(store)
    with ExitStack() as stack:
        watchers = [stack.enter_context(server.watch(claim.run_id)) for _ in range(3)]
        for watcher in watchers:
            receive_situation(watcher)

        assert server.stop() < 5

        for watcher in watchers:
            receive_rest(watcher)
            assert watcher.close_code == 1012


def test_words_come_with_what_they_tell_of_and_only_those_that_are_new(
    store: Store, server: Server
) -> None:
    run_id = new_run(store)

    with server.watch(run_id) as watcher:
        first = receive(watcher)["words"]
        assert first["state"].startswith("No trainer is running")
        assert first["curves"] == "No epoch is complete yet."
        claim = store.claim_next(lease_seconds=60)
        assert claim is not None
        told: dict[str, str] = {}
        store.record(claim, epoch=EPOCH, events=[("epoch", vars(EPOCH).copy())])
        while "complete" not in told:
            told |= receive(watcher)["words"]

    assert told["state"].startswith("Starting")
    assert told["complete"] == "Epoch 1: validation accuracy 90.0 %"
    assert told["curves"].startswith("Training accuracy is 80.0 % in epoch 1.")


def test_trouble_with_the_store_is_said_of_a_run_as_long_as_it_lasts(
    store: Store, server: Server
) -> None:
    server.health.report(StoreError("The disk is full."))
    with server.watch(new_run(store)) as watcher:
        state = receive(watcher)["words"]["state"]
        assert state.startswith("No trainer is running")
        assert "The disk is full. No run is started meanwhile" in state
        server.health.report_well()
        while "state" not in (words := receive(watcher).get("words", {})):
            pass

    assert "disk" not in words["state"]


def test_words_begin_anew_for_one_who_comes_back(store: Store, server: Server) -> None:
    claim = new_claim(store)
    store.record(claim, epoch=EPOCH, events=[("epoch", vars(EPOCH).copy())])

    for _ in range(2):
        with server.watch(claim.run_id, after=last_seq(store, claim)) as watcher:
            words = receive(watcher)["words"]
            assert words["complete"] == "Epoch 1: validation accuracy 90.0 %"
            assert words["val_accuracy"] == "90.0 %"


def test_a_finished_run_is_told_to_its_end(store: Store, server: Server) -> None:
    claim = new_claim(store)
    store.finish(claim, RunStatus.FINISHED, events=[("test", {"accuracy": 0.9, "loss": 0.3})])

    with server.watch(claim.run_id) as watcher:
        assert receive(watcher)["situation"]["status"] == "FINISHED"
        kinds = [event["kind"] for event in receive(watcher)["events"]]

    assert kinds[-2:] in (["test", "status"], ["status", "test"])


def test_the_drawing_library_comes_from_this_server_small_and_for_good(server: Server) -> None:
    answer = server.get(f"/{plotly_url()}", **{"Accept-Encoding": "gzip, br"})

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.body).decode() == get_plotlyjs()
    assert len(answer.body) < len(get_plotlyjs()) / 3


def test_the_drawing_library_is_not_sent_again_to_one_who_has_it(server: Server) -> None:
    etag = server.get(f"/{plotly_url()}").headers["ETag"]

    answer = server.get(f"/{plotly_url()}", **{"If-None-Match": etag})

    assert answer.status == 304
    assert answer.body == b""


def test_a_client_without_gzip_gets_the_plain_script(server: Server) -> None:
    answer = server.get(f"/{plotly_url()}", **{"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in answer.headers
    assert answer.body.decode() == get_plotlyjs()
