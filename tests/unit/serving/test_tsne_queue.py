"""Maps by t-SNE in real processes: drawn in turn, kept, taken back, ended with the server."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.data.arrays import pack_weights
from mnist_core.errors import EvaluationError, TsneQueueError
from mnist_core.inspection.projection import choose_digits, look_around, unpack_map
from mnist_core.serving import tsne, tsne_queue
from mnist_core.serving.tsne import draw_into, draw_tsne_map
from mnist_core.serving.tsne_queue import MapStatus, TsneQueue
from mnist_core.store import MapSubject, Run, Store

ANNA, BEN = "a" * 64, "b" * 64
PATIENCE = 180
SERVER = """
import sys, threading
from mnist_core.serving.tsne_queue import TsneQueue
from mnist_core.store import MapSubject
desk, subject = TsneQueue(sys.argv[1]), MapSubject(sys.argv[2])
desk.ask(subject, "anna")
while not (pid := desk.process_id(subject)):
    pass
print(pid, flush=True)
threading.Event().wait()
"""


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    deadline, tick = time.monotonic() + PATIENCE, threading.Event()
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        tick.wait(0.02)
    return value


def process_of(desk: TsneQueue, subject: MapSubject) -> psutil.Process:
    """Wait until a map is drawn, and give who draws it."""
    return psutil.Process(wait_until(lambda: desk.process_id(subject), "the process"))


def has_ended(process: psutil.Process) -> bool:
    """Also where nobody has asked for its exit status yet."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def desk(store: Store) -> Iterator[TsneQueue]:
    desk = TsneQueue(store.url)
    yield desk
    desk.close()


@pytest.fixture
def run(store: Store, start: Callable[..., Run]) -> Run:
    """A run with the weights of one epoch."""
    run = start(TrainingConfig(layers=(8,), epochs=1))
    rng = np.random.default_rng(0)
    shapes = ((784, 8), (8,), (8, 10), (10,))
    weights = [rng.normal(size=shape, scale=0.1).astype(np.float32) for shape in shapes]
    store.record(run.claim, snapshot=(0, pack_weights(weights)))
    return run


@pytest.fixture
def pixels(run: Run) -> MapSubject:
    return MapSubject(run.dataset_digest)


@pytest.fixture
def layer(run: Run) -> MapSubject:
    return MapSubject(run.dataset_digest, run.id, epoch=0, layer=1)


def test_two_maps_are_drawn_one_after_the_other_and_kept(
    desk: TsneQueue, store: Store, tiny: Dataset, pixels: MapSubject, layer: MapSubject
) -> None:
    desk.ask(pixels, ANNA)
    desk.ask(layer, BEN)
    first, second = desk.progress(pixels), desk.progress(layer)
    assert first is not None
    assert second is not None
    assert (second.status, second.ahead, second.askers) == (MapStatus.WAITING, 1, {BEN})
    steps = []

    def first_is_there() -> bool:
        has_second_begun, now = desk.process_id(layer), desk.progress(pixels)
        if now is None:
            return True
        assert now.status is not MapStatus.FAILED, now.error
        assert not has_second_begun
        steps.append(now.step)
        return False

    wait_until(first_is_there, "the first map")
    assert store.load_map(pixels) is not None
    assert steps == sorted(steps)
    assert steps[-1] > 0
    wait_until(lambda: desk.progress(layer) is None, "the second map")
    digits = choose_digits(tiny.y_test)
    for subject in (pixels, layer):
        positions = unpack_map(store.load_map(subject) or b"", digits)
        assert positions is not None
        assert np.abs(positions).max() == pytest.approx(1)
    positions = unpack_map(store.load_map(pixels) or b"", digits)
    assert look_around(positions, tiny.y_test[digits]).same > 3  # by chance about 1


def test_who_takes_a_map_back_ends_its_process_if_nobody_else_wants_it(
    desk: TsneQueue, store: Store, pixels: MapSubject
) -> None:
    desk.ask(pixels, ANNA)
    desk.ask(pixels, BEN)
    process = process_of(desk, pixels)
    desk.withdraw(pixels, ANNA)
    assert process.is_running()
    desk.withdraw(pixels, BEN)
    wait_until(lambda: has_ended(process), "its end")
    assert desk.progress(pixels) is None
    assert store.load_map(pixels) is None
    desk.ask(pixels, ANNA)
    wait_until(lambda: desk.process_id(pixels), "a process for the same map, asked for again")


def test_a_map_of_a_run_that_is_gone_fails_with_a_sentence_and_the_next_is_drawn(
    desk: TsneQueue, store: Store, run: Run, pixels: MapSubject, layer: MapSubject
) -> None:
    store.delete_run(run.id, None)
    desk.ask(layer, ANNA)
    desk.ask(pixels, ANNA)
    wait_until(lambda: desk.progress(pixels) is None, "the map of the pixels")
    failed = desk.progress(layer)
    assert failed is not None
    assert failed.status is MapStatus.FAILED
    assert "It may have been deleted" in failed.error
    store.restore_run(run.id, None)
    desk.ask(layer, ANNA)
    assert desk.progress(layer).status is not MapStatus.FAILED  # type: ignore[union-attr]


def test_a_process_that_is_killed_leaves_a_sentence(desk: TsneQueue, pixels: MapSubject) -> None:
    desk.ask(pixels, ANNA)
    process_of(desk, pixels).kill()
    wait_until(lambda: desk.progress(pixels).error, "the failure")  # type: ignore[union-attr]
    assert "broke off" in desk.progress(pixels).error  # type: ignore[union-attr]


def test_the_end_of_the_server_ends_its_map(
    desk: TsneQueue, pixels: MapSubject, layer: MapSubject
) -> None:
    desk.ask(pixels, ANNA)
    desk.ask(layer, ANNA)
    process = process_of(desk, pixels)
    desk.close()
    wait_until(lambda: has_ended(process), "its end")
    assert desk.process_id(layer) is None
    with pytest.raises(TsneQueueError, match="server is ending"):
        desk.ask(pixels, ANNA)


def test_a_server_that_is_killed_takes_its_map_along(store: Store, pixels: MapSubject) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, store.url, pixels.dataset_digest],
        cwd=Path(tsne_queue.__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        process = psutil.Process(int(server.stdout.readline()))  # type: ignore[union-attr]
        server.kill()
        wait_until(lambda: has_ended(process), "the end of the map's process")
    assert store.load_map(pixels) is None


def test_a_process_whose_asker_has_gone_ends_at_once(
    store: Store, pixels: MapSubject, tmp_path: Path
) -> None:
    asked = {"store_url": store.url, "subject": dataclasses.asdict(pixels)}
    with (tmp_path / "said").open("w") as said:  # a pipe would break, and end it in any case
        process = subprocess.Popen(
            [sys.executable, "-m", "mnist_core.serving.tsne"],
            cwd=Path(tsne_queue.__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=said,
            text=True,
        )
        process.communicate(json.dumps(asked) + "\n", timeout=PATIENCE)
    assert process.returncode == 1
    assert store.load_map(pixels) is None


def test_a_process_that_ends_before_it_is_told_what_to_draw_stops_nobody_elses_map(
    desk: TsneQueue, pixels: MapSubject, layer: MapSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, pipe = tsne_queue._start_process, subprocess.PIPE
    waiting, dead = (
        subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe, text=True)
        for script in ("input(); input()", "")
    )
    dead.wait()
    dead.returncode = -9  # as a process that was killed
    made = [dead, waiting]
    monkeypatch.setattr(tsne_queue, "_start_process", lambda: made.pop() if made else start())
    before = dataclasses.replace(pixels, epoch=1)
    desk.ask(before, BEN)
    wait_until(lambda: desk.process_id(before), "the process that keeps both waiting")
    desk.ask(pixels, ANNA)
    desk.ask(layer, ANNA)
    assert waiting.stdin is not None
    waiting.stdin.write("\n")
    waiting.stdin.flush()
    wait_until(lambda: desk.progress(layer) is None, "the map behind it")
    assert "broke off" in desk.progress(pixels).error  # type: ignore[union-attr]


def test_a_map_that_is_kept_already_is_not_drawn_again(store: Store, pixels: MapSubject) -> None:
    draw_into(store, pixels)
    kept = store.load_map(pixels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tsne, "draw_tsne_map", lambda features: features[:, :2] * 0)
        draw_into(store, pixels)
    assert store.load_map(pixels) == kept


def test_more_than_a_class_can_ask_for_is_refused(
    desk: TsneQueue, pixels: MapSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsne_queue, "MOST_WAITING", 2)
    subjects = [MapSubject(pixels.dataset_digest, "0" * 12, epoch, 1) for epoch in range(3)]
    desk.ask(pixels, ANNA)
    wait_until(lambda: desk.process_id(pixels), "the process")
    desk.ask(subjects[0], ANNA)
    desk.ask(subjects[1], ANNA)
    with pytest.raises(TsneQueueError, match="2 maps wait already"):
        desk.ask(subjects[2], BEN)
    desk.ask(subjects[0], BEN)  # the same map takes no more room


def test_one_asker_leaves_room_for_others(
    desk: TsneQueue, pixels: MapSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsne_queue, "MOST_OF_ONE", 1)
    subjects = [MapSubject(pixels.dataset_digest, "0" * 12, epoch, 1) for epoch in range(3)]
    desk.ask(pixels, BEN)
    wait_until(lambda: desk.process_id(pixels), "the process")
    desk.ask(subjects[0], ANNA)
    with pytest.raises(TsneQueueError, match="1 maps of yours wait already"):
        desk.ask(subjects[1], ANNA)
    desk.ask(subjects[1], BEN)
    desk.withdraw(subjects[0], ANNA)
    desk.ask(subjects[2], ANNA)


def test_too_few_digits_are_refused() -> None:
    with pytest.raises(EvaluationError, match=r"9 digits\. A map by t-SNE takes 10"):
        draw_tsne_map(np.random.default_rng(0).random((9, 4), np.float32))
