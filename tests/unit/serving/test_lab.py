"""Workers from elsewhere: their commands in real processes, and a dashboard that waits for them."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import urllib.request
from collections.abc import Awaitable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mnist_core.__main__ import main
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import LabError
from mnist_core.serving import certificates
from mnist_core.serving import dispatcher as dispatching
from mnist_core.serving.cluster import full_address
from mnist_core.serving.dispatcher import NOBODY_JOINED, NONE_FITS, SCHEDULER_AWAY, trainers
from mnist_core.serving.lab import check_exposure
from mnist_core.store import Run, RunStatus, Store
from tests.e2e.server import free_port
from tests.unit.serving.lab_processes import PATIENCE, PROJECT, Command, command, until


def put_in(store: Store, dataset: Dataset) -> Run:
    store.save_dataset(dataset)
    return store.create_run(
        TrainingConfig(), dataset_digest=dataset.digest, dataset_name=dataset.name
    )


def older_program(folder: Path) -> Path:
    """Copy the program with another version."""
    shutil.copytree(PROJECT / "mnist_core", folder / "mnist_core")
    front = folder / "mnist_core" / "__init__.py"
    text = front.read_text(encoding="utf-8")
    front.write_text(text.replace('__version__ = "', '__version__ = "0.0.'), encoding="utf-8")
    return folder


def test_a_dashboard_waits_for_scheduler_and_workers_says_so_and_goes_on(
    store: Store,
    tiny: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    monkeypatch.setattr(dispatching, "WARM", "os:getpid")
    monkeypatch.setattr(dispatching, "RUN", "builtins:print")
    run = put_in(store, tiny)

    async def until_said(problem: str) -> None:
        await until(lambda: store.situations([run.id])[run.id].problem == problem)

    async def until_trained(run: Run) -> None:
        await until(lambda: store.get_run(run.id).status is RunStatus.RUNNING)

    def scheduler() -> Command:
        return command(tmp_path, "scheduler", "--port", str(port))

    async def story() -> None:
        async with trainers(store):
            await until_said(SCHEDULER_AWAY)
            with scheduler() as first:
                await until_said(NOBODY_JOINED)
                assert f"python -m mnist_core worker {address}" in first.output
                assert first.doors() == {("127.0.0.1", port)}
                older = older_program(tmp_path / "older")
                with command(tmp_path, "worker", address, project=older) as refused:
                    await until_said(NONE_FITS)
                    await until(lambda: "refuses this worker: it has this" in refused.output)
                    assert store.get_run(run.id).status is RunStatus.QUEUED
                await until_said(NOBODY_JOINED)
                worker = Command(tmp_path, "worker", address)
                await until_trained(run)
                assert f"1 worker joined the scheduler at {address}." in worker.output
                ready = (
                    r" WARNING \d+ mnist_core\.serving\.joining: Ready to train, with this program"
                )
                assert re.search(f"{ready} 0.1.0", worker.output)
                assert [host for host, _ in worker.doors()] == ["127.0.0.1"] * 2  # and its nanny's
            await until_said(SCHEDULER_AWAY)
            await until(lambda: store.get_run(run.id).status is RunStatus.INTERRUPTED)
            with scheduler():
                await until_trained(run)  # worker and dashboard have found it by themselves
                assert "is gone. It is looked for until it is back." in worker.output
                assert worker.end() == 0

    asyncio.run(story())
    assert "is refused: it has this program 0.0.0.1.0, source" in caplog.text
    assert caplog.text.count("No Dask scheduler answers at") == 2


def test_with_certificates_only_who_has_the_same_folder_comes_in(
    store: Store,
    tiny: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder, others = tmp_path / "lab", tmp_path / "another"
    assert main(["certificates", str(folder)]) == main(["certificates", str(others)]) == 0
    assert (folder / "key.pem").stat().st_mode & 0o077 == 0
    port = free_port()
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", f"127.0.0.1:{port}")
    monkeypatch.setattr(dispatching, "WARM", "os:getpid")
    monkeypatch.setattr(dispatching, "RUN", "builtins:print")
    run = put_in(store, tiny)

    def until_said(words: str) -> Awaitable[None]:
        return until(lambda: words in store.situations([run.id])[run.id].problem)

    def worker(protocol: str, *more: str) -> AbstractContextManager[Command]:
        return command(tmp_path, "worker", f"{protocol}://127.0.0.1:{port}", *more)

    async def story() -> None:
        with command(
            tmp_path, "scheduler", "--port", str(port), "--certificates", f"{folder}"
        ) as lab:
            await until(lambda: f"worker tls://127.0.0.1:{port}" in lab.output)
            with pytest.raises(OSError, match=r"Remote end closed|reset"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}")
            with worker("tcp") as bare, worker("tls", "--certificates", f"{others}") as foreign:
                for refused in (bare, foreign):
                    await until(lambda refused=refused: "can't be joined" in refused.output)
            with worker("tls", "--certificates", f"{folder}") as joined:
                await until(lambda: "1 worker joined the scheduler" in joined.output)
                async with trainers(store):  # without certificates
                    await until_said(SCHEDULER_AWAY)
                    monkeypatch.setenv("MNIST_CERTIFICATES", str(folder))
                    await until(lambda: store.get_run(run.id).status is RunStatus.RUNNING)
                assert {host for host, _ in joined.doors() | lab.doors()} == {"127.0.0.1"}
                assert joined.interrupt() == 0
                assert "Traceback" not in joined.output

    asyncio.run(story())
    assert f"Connected to the Dask scheduler at tls://127.0.0.1:{port}." in caplog.text


def test_certificates_are_never_written_over_and_used_only_while_they_are_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certificates, "VALID_DAYS", -0.5)
    folder = tmp_path / "lab"
    assert main(["certificates", str(folder)]) == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def refusal(*arguments: str) -> str:
        with pytest.raises(SystemExit):
            main(arguments)
        return capsys.readouterr().err

    assert "has certificates already. Name another" in refusal("certificates", str(folder))
    assert "ended on" in refusal("scheduler", "--certificates", str(folder))
    assert "does not have the certificates" in refusal("scheduler", "--certificates", str(tmp_path))
    (folder / "key.pem").chmod(0o644)
    assert f"chmod 600 {folder}/key.pem" in refusal("scheduler", "--certificates", str(folder))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scheduler", "--host", "0.0.0.0"], "0.0.0.0 is not this computer alone"),
        (["worker", "tcp://10.0.0.7:8786"], "10.0.0.7 is not this computer alone"),
        (["worker", "lab.example:8786"], "add --insecure where everybody"),
        (["worker", "lab.example:8786", "--insecure"], "or write tcp://lab.example:8786"),
        (["worker", "tls://127.0.0.1:8786"], "asks for certificates. Name their folder"),
        (["worker", "http://127.0.0.1:8786"], "Write tls://HOST:PORT, or tcp://."),
        (["scheduler", "--port", "99999"], "Choose a whole number to 65535"),
        (["worker", "127.0.0.1:8786", "--processes", "0"], "a whole number from 1 to 64"),
    ],
)
def test_nothing_listens_to_others_or_starts_with_nonsense(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_only_on_this_computer_an_address_need_not_say_that_it_is_in_the_open() -> None:
    assert full_address("localhost:8786", None) == "tcp://localhost:8786"
    assert full_address("tcp://lab.example:8786", None) == "tcp://lab.example:8786"
    with pytest.raises(LabError, match="or write tcp:"):
        full_address("lab.example:8786", None)


def test_who_is_insecure_hears_what_it_means(caplog: pytest.LogCaptureFixture) -> None:
    check_exposure("127.0.0.1", None, insecure=True)
    assert not caplog.text
    check_exposure("0.0.0.0", None, insecure=True)
    assert "whoever is in it can run programs on them" in caplog.text


def test_a_port_that_is_taken_is_said_to_be_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with command(tmp_path, "scheduler", "--port", port) as refused:
            assert refused.process.wait(PATIENCE) == 2
    assert f"Nothing can listen on port {port} of 127.0.0.1: " in refused.output
