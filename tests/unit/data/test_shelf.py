"""The data set that a server has in use, while threads read and one downloads."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mnist_core.data import (
    Arrays,
    Dataset,
    DataShelf,
    Downloads,
    DownloadStatus,
    Limits,
    Remote,
    load_mnist,
)
from mnist_core.data.download import REMOTES


@pytest.fixture
def shelf(server, npz: Callable[..., Path], few: Arrays, tmp_path: Path) -> DataShelf:
    """A shelf for which the few digits of the server are all of MNIST."""
    file = server.offer("mnist.npz", npz("sent.npz").read_bytes())
    remote = Remote([file], REMOTES[0].pack)
    limits = Limits(answer=120, silence=120)
    downloads = Downloads(tmp_path / "kept", [remote], limits, few.digest())
    return DataShelf(functools.partial(load_mnist, downloads=downloads))


def finish(thread: threading.Thread | None) -> None:
    assert thread is not None
    thread.join(timeout=120)
    assert not thread.is_alive()


def test_at_first_the_data_of_this_computer_is_in_use(shelf: DataShelf, server):
    assert shelf.current.is_sample
    assert shelf.current is shelf.current
    assert shelf.download.status is DownloadStatus.IDLE
    assert server.asked == []


def test_many_threads_load_the_data_once():
    loads = []

    def load(source: str, *, download: bool) -> Dataset:
        loads.append(source)
        return load_mnist("sample")

    shelf = DataShelf(load)
    with ThreadPoolExecutor(8) as pool:
        datasets = list(pool.map(lambda _: shelf.current, range(8)))
    assert loads == ["auto"]
    assert len(set(datasets)) == 1


def test_after_a_download_all_of_mnist_is_in_use(shelf: DataShelf, few: Arrays):
    assert shelf.current.is_sample
    finish(shelf.start_download())
    assert shelf.current.digest == few.digest()
    state = shelf.download
    assert state.status is DownloadStatus.DONE
    assert state.bytes_done == state.bytes_total > 0


def test_while_a_download_runs_the_old_data_stays_and_no_second_one_starts(
    shelf: DataShelf, server
):
    server.hanging.add("/mnist.npz")
    thread = shelf.start_download()
    assert shelf.download.status is DownloadStatus.RUNNING
    assert shelf.start_download() is None
    assert shelf.current.is_sample
    server.released.set()
    finish(thread)
    assert shelf.download.status is DownloadStatus.FAILED
    assert server.asked in ([], ["/mnist.npz"])


def test_pages_see_how_far_a_download_is():
    reported, go_on = threading.Event(), threading.Event()

    def load(source: str, *, progress: Callable[[int, int], None]) -> Dataset:
        progress(3, 10)
        reported.set()
        assert go_on.wait(120)
        return load_mnist("sample")

    shelf = DataShelf(load)
    thread = shelf.start_download()
    assert reported.wait(120)
    assert (shelf.download.bytes_done, shelf.download.bytes_total) == (3, 10)
    go_on.set()
    finish(thread)


def test_a_failed_download_leaves_the_data_and_says_why(shelf: DataShelf, server):
    before = shelf.current
    server.files.clear()
    finish(shelf.start_download())
    assert shelf.current is before
    assert shelf.download.status is DownloadStatus.FAILED
    assert shelf.download.error.startswith("MNIST could not be downloaded: 127.0.0.1 refused")


def test_after_a_failure_another_attempt_may_succeed(shelf: DataShelf, server, few):
    files = dict(server.files)
    server.files.clear()
    finish(shelf.start_download())
    server.files.update(files)
    finish(shelf.start_download())
    assert shelf.current.digest == few.digest()
    assert shelf.download.error == ""


def test_offline_an_attempt_fails_at_once_with_a_sentence(shelf, server, monkeypatch):
    monkeypatch.setenv("MNIST_OFFLINE", "1")
    finish(shelf.start_download())
    assert "switched off" in shelf.download.error
    assert server.asked == []


def test_a_fault_in_the_program_does_not_look_like_a_download_that_goes_on(caplog):
    def load(source: str, **options: object) -> Dataset:
        raise ZeroDivisionError

    shelf = DataShelf(load)
    finish(shelf.start_download())
    assert shelf.download.status is DownloadStatus.FAILED
    assert shelf.download.error == "The download failed. The server's log says why."
    assert "ZeroDivisionError" in caplog.text


def test_with_a_bad_mnist_path_the_sample_stands_in_and_the_reason_is_told(shelf, monkeypatch):
    monkeypatch.setenv("MNIST_PATH", "/nowhere.npz")
    assert shelf.current.is_sample
    assert "there is no such file" in shelf.problem


def test_without_trouble_there_is_no_problem_to_tell(shelf: DataShelf):
    assert shelf.current
    assert shelf.problem == ""
