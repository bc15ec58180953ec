"""The order in which places are tried."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mnist_core.data import Arrays, Downloads, Limits, Remote, load_mnist
from mnist_core.data.download import REMOTES
from mnist_core.errors import DataError, DownloadError


@pytest.fixture
def downloads(server, npz: Callable[..., Path], few: Arrays, tmp_path: Path) -> Downloads:
    """A server that has the few digits, which are all that is wanted."""
    file = server.offer("mnist.npz", npz("sent.npz").read_bytes())
    remote = Remote([file], REMOTES[0].pack)
    return Downloads(tmp_path / "kept", [remote], Limits(answer=120, silence=120), few.digest())


@pytest.fixture
def keras_copy(npz: Callable[..., Path], tmp_path: Path) -> Path:
    path = tmp_path / "keras" / "datasets" / "mnist.npz"
    path.parent.mkdir(parents=True)
    return Path(shutil.copy(npz(), path))


def test_mnist_path_comes_first(downloads, keras_copy, npz, few, monkeypatch):
    path = npz("mine.npz", x_train=few.x_train[:9], y_train=few.y_train[:9])
    monkeypatch.setenv("MNIST_PATH", str(path))
    dataset = load_mnist(downloads=downloads)
    assert dataset.description == "mine.npz, 29 digits"
    assert dataset.source == "from the file that MNIST_PATH names"


def test_a_bad_file_in_mnist_path_is_an_error_and_not_skipped(downloads, keras_copy, monkeypatch):
    monkeypatch.setenv("MNIST_PATH", "/nowhere/digits.npz")
    with pytest.raises(DataError) as caught:
        load_mnist(downloads=downloads)
    assert str(caught.value) == (
        "“/nowhere/digits.npz” can't be used: there is no such file. "
        "MNIST_PATH names this file: change it or remove it."
    )


def test_an_empty_mnist_path_is_none(downloads, keras_copy, monkeypatch):
    monkeypatch.setenv("MNIST_PATH", "")
    assert load_mnist(downloads=downloads).source == "from Keras's copy on this computer"


def test_the_copy_of_keras_comes_before_the_network(downloads, keras_copy, server):
    dataset = load_mnist(downloads=downloads)
    assert dataset.source == "from Keras's copy on this computer"
    assert server.asked == []


def test_the_copy_of_keras_is_looked_for_at_home(downloads, keras_copy, monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "keras").rename(tmp_path / ".keras")
    assert load_mnist(downloads=downloads).source == "from Keras's copy on this computer"


def test_a_broken_copy_of_keras_is_left_out_with_a_line_in_the_log(downloads, keras_copy, caplog):
    keras_copy.write_bytes(b"PK and then nothing")
    assert load_mnist(downloads=downloads).source.startswith("downloaded on ")
    assert str(keras_copy) in caplog.text
    assert "damaged or not complete" in caplog.text


def test_other_digits_under_keras_name_are_left_out(downloads, keras_copy, npz, few, caplog):
    caplog.set_level(logging.INFO)
    other = npz("other.npz", x_train=few.x_train[:9], y_train=few.y_train[:9])
    shutil.copy(other, keras_copy)
    assert load_mnist(downloads=downloads).source.startswith("downloaded on ")
    assert "not all of MNIST" in caplog.text


def test_a_download_is_made_once_and_then_found(downloads, server):
    first = load_mnist(downloads=downloads)
    assert re.fullmatch(r"downloaded on \d{1,2} [A-Z][a-z]+ \d{4}", first.source)
    assert load_mnist(downloads=downloads).digest == first.digest
    assert server.asked == ["/mnist.npz"]


def test_the_day_of_the_download_is_told(downloads):
    load_mnist(downloads=downloads)
    os.utime(downloads.path, (1_767_268_800, 1_767_268_800))
    assert load_mnist(downloads=downloads).source == "downloaded on 1 January 2026"


def test_a_broken_earlier_download_is_replaced(downloads, server, few: Arrays):
    load_mnist(downloads=downloads)
    downloads.path.write_bytes(downloads.path.read_bytes()[:1000])
    assert load_mnist(downloads=downloads).digest == few.digest()
    assert len(server.asked) == 2


def test_progress_of_a_download_is_passed_on(downloads):
    seen: list[int] = []
    load_mnist(downloads=downloads, progress=lambda done, total: seen.append(total - done))
    assert seen[-1] == 0


def test_the_sample_stands_in_when_the_download_fails(downloads, server):
    server.files.clear()
    assert load_mnist(downloads=downloads).is_sample
    assert server.asked == ["/mnist.npz"]


@pytest.mark.parametrize("source", ["auto", "full"])
def test_offline_nothing_is_asked_for(downloads, server, monkeypatch, source):
    monkeypatch.setenv("MNIST_OFFLINE", "1")
    if source == "full":
        with pytest.raises(DownloadError, match="downloading it is switched off"):
            load_mnist(source, downloads=downloads)
    else:
        assert load_mnist(source, downloads=downloads).is_sample
    assert server.asked == []


@pytest.mark.parametrize("value", ["", "0"])
def test_offline_switched_off_is_online(downloads, monkeypatch, value):
    monkeypatch.setenv("MNIST_OFFLINE", value)
    assert load_mnist(downloads=downloads).source.startswith("downloaded on ")


def test_without_download_the_network_is_left_alone(downloads, server):
    assert load_mnist(download=False, downloads=downloads).is_sample
    assert server.asked == []


def test_full_never_ends_in_the_sample(downloads, server):
    server.files.clear()
    with pytest.raises(DownloadError, match="refused"):
        load_mnist("full", downloads=downloads)


def test_full_takes_mnist_path_only_where_it_is_all_of_mnist(downloads, npz, few, monkeypatch):
    monkeypatch.setenv("MNIST_PATH", str(npz("all.npz")))
    assert load_mnist("full", downloads=downloads).source == "from the file that MNIST_PATH names"
    mine = npz("mine.npz", x_train=few.x_train[:9], y_train=few.y_train[:9])
    monkeypatch.setenv("MNIST_PATH", str(mine))
    assert load_mnist("full", downloads=downloads).source.startswith("downloaded on ")


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_names_a_file(npz, kind):
    dataset = load_mnist(kind(npz("mine.npz")))
    assert dataset.description == "mine.npz, 60 digits"
    assert dataset.source == "from a file of your own"


def test_a_wavy_line_is_the_home_folder(npz, monkeypatch, tmp_path):
    npz("mine.npz")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_mnist("~/mine.npz").name == "mine.npz"
