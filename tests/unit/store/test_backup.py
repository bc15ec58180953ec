"""Copies of a store that is written meanwhile, brought back by the guide's own commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.store import Claim, Run, RunStatus, Store
from tests.postgresql import postgresql_programs
from tests.unit.store.store_helpers import Clock

PROJECT = Path(__file__).parents[3]
GUIDE = (PROJECT / "docs" / "deployment.md").read_text(encoding="utf-8")
BRINGING_BACK = re.findall(r"^```\n(systemctl stop .*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def run_bash(script: str, url: str) -> str:
    """Run lines of the guide as a shell does that stops at the first one that fails."""
    told = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={
            **os.environ,
            "MNIST_STORE_URL": url,
            "MNIST_VENV": sys.prefix,
            "PATH": f"{postgresql_programs()}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def bring_back(url: str, folder: Path) -> None:
    """Bring the newest copy back as the guide says, but from and to where the test has it."""
    is_file = url.startswith("sqlite")
    [lines] = [each for each in BRINGING_BACK if ("pg_restore" in each) != is_file]
    for theirs, here in {
        "runuser -u mnist -- ": "",
        "/var/backups/mnist": str(folder),
        "postgresql:///mnist?host=/run/postgresql": url,
        "/opt/mnist/var/mnist.db": url.removeprefix("sqlite:///"),
    }.items():
        lines = lines.replace(theirs, here)
    run_bash(f"systemctl() {{ :; }}\n{lines}", url)


@contextmanager
def writing(url: str, clock: Clock, claim: Claim) -> Iterator[None]:
    """Let somebody else write events while something is done, from before it to after it."""
    over, began = threading.Event(), threading.Event()

    def write() -> None:
        with Store(url, clock=clock) as store:
            for step in range(1, 100_000):
                event = {"epoch": 0, "step": step, "position": 0.1, "accuracy": 0.5, "loss": 1.0}
                store.record(claim, events=[("progress", event)])
                began.set()
                if over.is_set():
                    return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert began.wait(60)
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def run(store: Store, tiny: Dataset) -> Run:
    store.save_dataset(tiny)
    return store.create_run(
        TrainingConfig(epochs=2),
        dataset_digest=tiny.digest,
        dataset_name=tiny.name,
        owner="a" * 64,
        lease_seconds=60,
    )


def test_a_run_that_trains_while_the_store_is_copied_goes_on_after_it_is_back(
    url: str, store: Store, clock: Clock, run: Run, tmp_path: Path
) -> None:
    store.record(run.claim, checkpoint=b"as far as it was")
    school_class = store.create_class("7b")
    with writing(url, clock, run.claim):
        copy = run_bash(f"'{PROJECT}/deploy/backup' '{tmp_path}/copies'", url).strip()
    store.record(run.claim, checkpoint=b"further")
    store.finish(run.claim, RunStatus.FINISHED, model=b"the model")
    store.create_class("8a")
    store.close()

    assert oct(Path(copy).stat().st_mode)[-3:] == "600"
    bring_back(url, tmp_path / "copies")

    with Store(url, clock=clock) as restored:
        assert [each.id for each in restored.list_classes()] == [school_class.id]
        assert restored.find_class(school_class.code).name == "7b"
        as_it_was = restored.get_run(run.id)
        assert (as_it_was.status, as_it_was.owner) == (RunStatus.RUNNING, run.owner)
        events = restored.read_events({run.id: 0}, 100_000)
        assert [event.seq for event in events] == [*range(1, as_it_was.last_seq + 1)]
        clock.now += 61
        assert restored.expire_leases() == [run.id]
        assert restored.claim_next(60) == Claim(run.id, 2)
        assert restored.load_checkpoint(run.id) == b"as far as it was"


def test_the_newest_fourteen_copies_stay(sqlite_url: str, tmp_path: Path) -> None:
    Store(sqlite_url).close()
    folder = tmp_path / "copies"
    folder.mkdir()
    older = [folder / f"mnist-2026-01-{day:02}-030000.db" for day in range(1, 21)]
    for path in older:
        path.touch()
    (folder / "of somebody else").touch()
    copy = Path(run_bash(f"'{PROJECT}/deploy/backup' '{folder}'", sqlite_url).strip())
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == [*(path.name for path in older[-13:]), copy.name, "of somebody else"]


def test_no_copy_is_made_of_a_store_that_is_not_there(tmp_path: Path) -> None:
    store = tmp_path / "nothing.db"
    with pytest.raises(AssertionError, match="There is no store at"):
        run_bash(f"'{PROJECT}/deploy/backup' '{tmp_path}/copies'", f"sqlite:///{store}")
    assert not store.exists()
