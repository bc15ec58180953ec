"""The measurements that train."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import drawings
from benchmarks.peers import OURS, PLAIN
from benchmarks.process import carry_out
from benchmarks.task import Task
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
