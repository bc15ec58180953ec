"""What is set for TensorFlow before it is imported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mnist_core.training import tensorflow_env as runtime


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MNIST_COMPILATION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    return tmp_path / "cache"


def test_compiled_functions_are_kept_in_a_folder_for_this_version_and_processor(environment):
    runtime.prepare()
    [folder] = environment.iterdir()
    assert folder.name.startswith("tensorflow-")
    assert os.environ["TF_XLA_FLAGS"] == f'--tf_xla_persistent_cache_directory="{folder}"'


def test_a_path_with_blanks_and_quotes_is_one_flag(monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_COMPILATION_CACHE", str(tmp_path / 'a "b'))
    runtime.prepare()
    [folder] = (tmp_path / 'a "b').iterdir()
    written = str(folder).replace('"', r"\"")
    assert os.environ["TF_XLA_FLAGS"] == f'--tf_xla_persistent_cache_directory="{written}"'


def test_flags_that_are_set_stay(environment, monkeypatch):
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_auto_jit=1")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    runtime.prepare()
    assert os.environ["TF_XLA_FLAGS"].startswith("--tf_xla_auto_jit=1 --tf_xla_persistent")
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
    before = os.environ["TF_XLA_FLAGS"]
    runtime.prepare()
    assert os.environ["TF_XLA_FLAGS"] == before


def test_an_empty_name_keeps_nothing(monkeypatch):
    monkeypatch.setenv("MNIST_COMPILATION_CACHE", "")
    runtime.prepare()
    assert os.environ["TF_XLA_FLAGS"] == ""


def test_a_folder_that_cannot_be_made_is_done_without(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MNIST_COMPILATION_CACHE", str(tmp_path / "file" / "folder"))
    runtime.prepare()
    assert os.environ["TF_XLA_FLAGS"] == ""


def test_the_oldest_functions_are_forgotten(environment, monkeypatch):
    monkeypatch.setattr(runtime, "MOST_FILES", 2)
    runtime.prepare()
    [folder] = environment.iterdir()
    for age, name in enumerate(["new", "middle", "old"]):
        (folder / name).write_text("")
        os.utime(folder / name, (1000 - age, 1000 - age))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    runtime.prepare()
    assert sorted(path.name for path in folder.iterdir()) == ["middle", "new"]
