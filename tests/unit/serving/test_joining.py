"""Which workers fit a dashboard, and what no log shows of what they are given."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path

import pytest

from mnist_core.errors import WorkerRefusedError
from mnist_core.serving import joining
from mnist_core.serving.joining import Hidden, check_versions, join, versions
from mnist_core.store import Store


@pytest.mark.parametrize("name", ["this program", "Keras", "TensorFlow"])
def test_a_worker_of_another_version_is_refused_with_both_versions(name: str) -> None:
    check_versions(versions())
    with pytest.raises(WorkerRefusedError) as refused:
        check_versions({**versions(), name: "0.0.1"})
    assert f"it has {name} {versions()[name]}, and the dashboard has {name} 0.0.1," in str(
        refused.value
    )


def test_a_change_of_the_source_is_another_version_and_other_line_ends_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = joining._source_digest()
    copy = shutil.copytree(joining._PACKAGE, tmp_path / "mnist_core")
    monkeypatch.setattr(joining, "_PACKAGE", copy)
    module = copy / "errors.py"
    module.write_bytes(module.read_bytes().replace(b"\n", b"\r\n"))
    assert joining._source_digest() == here
    module.write_bytes(module.read_bytes() + b"\nX = 1\n")
    assert joining._source_digest() != here


def test_a_worker_that_does_not_have_the_stores_file_makes_none(
    store: Store, tmp_path: Path
) -> None:
    assert join(versions(), store.url, "os:getpid") == os.getpid()
    absent = tmp_path / "absent.db"
    with pytest.raises(WorkerRefusedError, match="set MNIST_STORE_URL to PostgreSQL"):
        join(versions(), f"sqlite:///{absent}", "os:getpid")
    assert not absent.exists()


def test_no_log_shows_the_address_of_the_store() -> None:
    url = Hidden("postgresql://anna:secret@host/name")
    for each in (url, pickle.loads(pickle.dumps(url))):
        assert "secret" not in f"{each!r} {[each]} {(each,)}"
        assert each == "postgresql://anna:secret@host/name"
