"""Downloads, from a real server on this machine."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_core.data import Arrays, Downloads, Limits, Remote, RemoteFile, read_npz
from mnist_core.data.download import REMOTES
from mnist_core.errors import DownloadError

KERAS, LECUN = (remote.pack for remote in REMOTES)
WRONG = "md5:00000000000000000000000000000000"
PATIENT = {"answer": 60.0, "silence": 60.0, "total": 600.0}


@pytest.fixture
def keras_file(server, npz: Callable[..., Path]) -> RemoteFile:
    return server.offer("mnist.npz", npz("sent.npz").read_bytes())


@pytest.fixture
def lecun(server, few: Arrays) -> Remote:
    names = ("train-images", "train-labels", "t10k-images", "t10k-labels")
    files = [server.offer_idx(name, array) for name, array in zip(names, few, strict=True)]
    return Remote(files, LECUN)


@pytest.fixture
def downloads(tmp_path: Path, few: Arrays) -> Callable[..., Downloads]:
    """Downloads for which the few digits are all there is."""

    def build(*remotes: Remote, digest: str = "", **limits: float) -> Downloads:
        return Downloads(
            tmp_path / "kept", remotes, Limits(**PATIENT | limits), digest or few.digest()
        )

    return build


def failure(downloads: Downloads) -> str:
    """Fetch what can't be fetched; nothing is left of it."""
    with pytest.raises(DownloadError) as caught:
        downloads.fetch()
    assert list(downloads.folder.iterdir()) == []
    return str(caught.value)


def test_a_good_file_is_kept_alone_and_for_everybody(downloads, keras_file, few: Arrays):
    wanted = downloads(Remote([keras_file], KERAS))
    wanted.fetch()
    assert read_npz(wanted.path).digest() == few.digest()
    assert [path.name for path in wanted.folder.iterdir()] == ["mnist.npz"]
    assert wanted.path.stat().st_mode & 0o777 == 0o644


def test_the_four_original_files_become_one(downloads, lecun: Remote, few: Arrays):
    wanted = downloads(lecun)
    wanted.fetch()
    for kept, sent in zip(read_npz(wanted.path), few, strict=True):
        np.testing.assert_array_equal(kept, sent)
    assert [path.name for path in wanted.folder.iterdir()] == ["mnist.npz"]


def test_progress_grows_to_the_whole_over_all_files(downloads, lecun: Remote):
    seen: list[tuple[int, int]] = []
    downloads(lecun).fetch(lambda done, total: seen.append((done, total)))
    total = sum(file.size for file in lecun.files)
    assert {entry[1] for entry in seen} == {total}
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1] == (total, total)


def test_after_a_wrong_checksum_the_second_source_is_used(
    downloads, server, keras_file: RemoteFile, lecun: Remote, few: Arrays
):
    wrong = RemoteFile(keras_file.url, WRONG, keras_file.size)
    wanted = downloads(Remote([wrong], KERAS), lecun)
    wanted.fetch()
    assert read_npz(wanted.path).digest() == few.digest()
    assert server.asked[0] == "/mnist.npz"
    assert len(server.asked) == 5


def test_the_second_source_is_left_alone_when_the_first_is_good(
    downloads, server, keras_file: RemoteFile, lecun: Remote
):
    downloads(Remote([keras_file], KERAS), lecun).fetch()
    assert server.asked == ["/mnist.npz"]


def test_a_wrong_checksum_everywhere(downloads, keras_file: RemoteFile):
    wrong = RemoteFile(keras_file.url, WRONG, keras_file.size)
    message = failure(downloads(Remote([wrong], KERAS)))
    assert message == (
        "MNIST could not be downloaded: 127.0.0.1 sent a wrong file. "
        "Check the connection to the internet and try again."
    )


def test_the_digits_themselves_have_the_last_word(downloads, keras_file: RemoteFile):
    message = failure(downloads(Remote([keras_file], KERAS), digest="0" * 64))
    assert "127.0.0.1 sent other digits than MNIST's" in message


def test_a_file_with_the_right_checksum_that_is_not_npz(downloads, server):
    page = server.offer("mnist.npz", b"<html>Please log in</html>")
    assert "sent a file that is not MNIST" in failure(downloads(Remote([page], KERAS)))


def test_a_file_that_never_ends_is_cut_off(downloads, server, keras_file: RemoteFile):
    small = RemoteFile(keras_file.url, keras_file.checksum, 10)
    assert "sent a wrong file" in failure(downloads(Remote([small], KERAS)))


def test_a_server_without_the_file(downloads, server):
    gone = RemoteFile(f"{server.url}/gone.npz", WRONG, 100)
    assert "127.0.0.1 refused (HTTP status 404)" in failure(downloads(Remote([gone], KERAS)))


def test_a_refused_connection(downloads):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = RemoteFile(f"http://127.0.0.1:{closed.getsockname()[1]}/mnist.npz", WRONG, 100)
        assert "127.0.0.1 could not be reached" in failure(downloads(Remote([nobody], KERAS)))


def test_a_server_that_never_answers_is_given_up(downloads, server, keras_file):
    server.hanging.add("/mnist.npz")  # until this test is over
    message = failure(downloads(Remote([keras_file], KERAS), answer=0.3))
    assert "127.0.0.1 did not answer within 0.3 seconds" in message


def test_a_server_that_stops_in_the_middle_is_given_up(downloads, server, keras_file):
    server.stalling.add("/mnist.npz")  # until this test is over
    message = failure(downloads(Remote([keras_file], KERAS), silence=0.3))
    assert "127.0.0.1 stopped answering" in message


def test_a_server_that_sends_byte_after_byte_is_given_up(downloads, server, keras_file):
    server.dripping.add("/mnist.npz")
    message = failure(downloads(Remote([keras_file], KERAS), total=0.6))
    assert "127.0.0.1 did not send everything within 0.6 seconds" in message


def test_a_failed_download_leaves_the_file_that_is_there(downloads, server, keras_file):
    wanted = downloads(Remote([keras_file], KERAS))
    wanted.fetch()
    before = wanted.path.read_bytes()
    server.files["/mnist.npz"] = b"something else"
    with pytest.raises(DownloadError):
        wanted.fetch()
    assert wanted.path.read_bytes() == before


def test_an_interruption_by_the_user_leaves_nothing_behind(downloads, keras_file):
    wanted = downloads(Remote([keras_file], KERAS))

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wanted.fetch(interrupt)
    assert list(wanted.folder.iterdir()) == []


def test_what_a_killed_process_left_behind_is_removed_and_what_runs_is_not(downloads, keras_file):
    wanted = downloads(Remote([keras_file], KERAS))
    old, running = (wanted.folder / f"download-{name}" for name in ("old", "running"))
    for folder in (old, running):
        folder.mkdir(parents=True)
        (folder / "mnist.npz").write_bytes(b"half")
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    wanted.fetch()
    assert not old.exists()
    assert running.exists()


def test_a_folder_that_can_not_be_made(downloads, keras_file, tmp_path: Path):
    (tmp_path / "kept").write_text("a file in the way")
    with pytest.raises(DownloadError, match="A download can't be kept in"):
        downloads(Remote([keras_file], KERAS)).fetch()


def test_two_downloads_at_once_both_end_well(downloads, keras_file, few: Arrays):
    wanted = downloads(Remote([keras_file], KERAS))
    threads = [threading.Thread(target=wanted.fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_npz(wanted.path).digest() == few.digest()
    assert [path.name for path in wanted.folder.iterdir()] == ["mnist.npz"]


def test_the_real_sources_have_checksums_and_use_https():
    for remote in REMOTES:
        for file in remote.files:
            assert file.url.startswith("https://")
            algorithm, _, value = file.checksum.partition(":")
            assert len(value) == {"sha256": 64, "md5": 32}[algorithm]
