"""The measurements that train."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import drawings, photos
from benchmarks.capacity.pages import measure_pages
from benchmarks.capacity.sockets import measure_sockets, unlimited_server
from benchmarks.classroom.lesson import hold
from benchmarks.classroom.room import dashboard, plain
from benchmarks.classroom.student import Plan
from benchmarks.made_up_pages import Digits, in_slanting_rows, unreadable
from benchmarks.peers import OURS, PLAIN
from benchmarks.process import carry_out
from benchmarks.task import Task
from mnist_core.data import Dataset
from mnist_core.inspection.network import Network
from tests.unit.test_benchmarks import TINY, check_answer


@pytest.mark.parametrize("peer", [OURS, PLAIN])
def test_who_learns_gives_the_same_fields_and_has_learnt(
    monkeypatch: pytest.MonkeyPatch, peer: str
) -> None:
    monkeypatch.delenv("MNIST_PATH", raising=False)
    # In this process, because TensorFlow takes long to load.
    answer = json.loads(json.dumps(carry_out(Task(peer, TINY, "sample", epochs=2, fits=1))))
    check_answer(answer, peer, fits=1)
    assert answer["test_accuracy"] > 0.5


def test_drawings_are_measured_with_and_without_each_step(tmp_path: Path) -> None:
    page = tmp_path / "drawings.md"
    status = drawings.main(
        ["--data", "sample", "--seeds", "0", "--every", "60", "--output", str(page)]
    )
    assert status == 0
    rows = re.findall(
        r"^\| (.+?) \| (\d\.\d{3}) \|", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    read = {name: float(share) for name, share in rows}
    assert read.keys() == drawings.WAYS.keys()
    assert read["all steps"] > read["no step: stretched"] + 0.3


def test_photos_are_counted_by_kind_beside_an_older_state(tiny: Dataset) -> None:
    digits = Digits(tiny.x_test, tiny.y_test)
    always_one = Network((np.zeros((784, 10), np.float32),), (np.eye(10)[1],), "relu")
    page = next(in_slanting_rows(digits))
    counted = photos.tally([page, *unreadable(digits)], always_one, print)
    assert (counted.pages, counted.digits, counted.found) == (12, 5, 5)
    assert (counted.invented, counted.in_order, counted.refused) == (0, 12, 11)
    assert counted.right == page.y_true.count(1)
    figures = {"rows": dataclasses.asdict(counted)}
    text = photos.describe("tiny", figures, {"rows": {**figures["rows"], "found": 2}})
    [row] = [line for line in text.splitlines() if line.startswith("| rows |")]
    assert row.startswith("| rows | 12 | 5 | 0.400 | 1.000 | 0 | 0 |")


def test_a_class_of_two_does_a_lesson_at_the_dashboard() -> None:
    with dashboard("sample", workers=1) as room:
        lesson = hold(room, Plan(2, pause=1, epochs=2, cap=600), 0)
    check_lesson(lesson)
    assert lesson["events_lost"] == lesson["events_heard_twice"] == 0
    assert lesson["opening_of_mistakes_seconds"]["count"] == 2
    assert lesson["drawing_seconds"]["count"] == 2
    assert lesson["memory_megabytes"]["workers"]["pss"] > 0


def test_a_class_of_two_does_a_lesson_the_plain_way() -> None:
    with plain("sample", epochs=2) as room:
        lesson = hold(room, Plan(2, pause=None, epochs=2, cap=600), 0)
    check_lesson(lesson)
    assert lesson["slider_seconds"] is None


def check_lesson(lesson: dict[str, Any]) -> None:
    """Check that both runs were seen from their first point to their end."""
    assert (lesson["runs_done"], lesson["problems"], lesson["tracebacks"]) == (2, {}, [])
    assert 0 < lesson["first_point_seconds"]["most"] < lesson["last_run_seconds"]
    assert lesson["stillness_seconds"]["count"] == lesson["opening_seconds"]["count"] == 2
    assert lesson["memory_megabytes"]["server"]["pss"] > 0


def test_tabs_and_sockets_of_one_server_are_measured(tmp_path: Path) -> None:
    with unlimited_server(tmp_path) as server:
        pages = measure_pages(server, [1, 2], seconds=0.5)
        idle = measure_sockets(server, [3], runs=0, rate=0, seconds=0.5)
        watching = measure_sockets(server, [2, 70], runs=2, rate=5, seconds=2)
    assert all(each["runs_a_second"] > 0 and not each["problems"] for each in pages.values())
    assert (idle.keys(), watching.keys()) == ({"0", "3"}, {"0", "2", "70"})
    assert watching["0"]["delivered_a_second"] == 0
    assert watching["70"]["delivered_a_second"] > watching["2"]["delivered_a_second"] > 0
    assert all(each["lost"] == 0 for each in (*idle.values(), *watching.values()))
    assert watching["70"]["slider_seconds"]["median"] > 0
