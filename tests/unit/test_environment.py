"""Every variable: what it may hold, what is said of anything else, and who may read it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist_core import environment
from mnist_core.environment import VARIABLES
from mnist_core.errors import DataError, EnvironmentVariableError, StoreError
from mnist_core.store import Store

HARMLESS = {"MNIST_OFFLINE": "1"}
NO_STORE = "MNIST_STORE_URL"
HOMELESS = "~nobody-of-this-name/x"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")  # so that what a test changes is undone
        monkeypatch.delenv(name)


WRONG = [
    ("MNIST_PATH", HOMELESS, "Write the path in full."),
    ("MNIST_OFFLINE", "perhaps", "Write 1 to download nothing, or 0."),
    ("MNIST_OFFLINE", "2", "Write 1 to download nothing, or 0."),
    ("MNIST_STORE_URL", "nonsense", "Write sqlite:///PATH or postgresql://"),
    ("MNIST_STORE_URL", "mysql://anna:secret@host/name", "Write sqlite:///PATH or postgresql://"),
    ("MNIST_STORE_URL", f"sqlite:///{HOMELESS}", "Write the path in full."),
    ("MNIST_STORE_URL", "sqlite:///:memory:", "Write sqlite:///PATH or postgresql://"),
    ("MNIST_STORE_URL", "sqlite://", "Write sqlite:///PATH or postgresql://"),
    ("MNIST_WORKERS", "0", "a whole number from 1 to 64"),
    ("MNIST_WORKERS", "65", "a whole number from 1 to 64"),
    ("MNIST_WORKERS", "two", "a whole number from 1 to 64"),
    ("MNIST_WORKERS", "-1", "a whole number from 1 to 64"),
    ("MNIST_WORKERS", "1.5", "a whole number from 1 to 64"),
    ("MNIST_WORKERS", "9" * 5000, "a whole number from 1 to 64"),
    ("DASK_SCHEDULER_ADDRESS", "somewhere", "Write tls://HOST:PORT, or tcp://."),
    ("DASK_SCHEDULER_ADDRESS", "tcp://host", "Write tls://HOST:PORT, or tcp://."),
    ("DASK_SCHEDULER_ADDRESS", "tcp://host:many", "Write tls://HOST:PORT, or tcp://."),
    ("DASK_SCHEDULER_ADDRESS", "tcp://host:65536", "Write tls://HOST:PORT, or tcp://."),
    ("DASK_SCHEDULER_ADDRESS", "http://host:8786", "Write tls://HOST:PORT, or tcp://."),
    ("DASK_SCHEDULER_ADDRESS", "tcp://a..b:8786", "Write tls://HOST:PORT, or tcp://."),
    ("MNIST_CERTIFICATES", HOMELESS, "Write the path in full."),
    ("MNIST_CERTIFICATES", __file__, "Name the one that"),
    ("MNIST_COMPILATION_CACHE", HOMELESS, "Write the path in full."),
    ("MNIST_COMPILATION_CACHE", __file__, "Name a folder."),
    ("KERAS_HOME", HOMELESS, "Write the path in full."),
    ("MNIST_TEACHER_SECRET", "secret", "Choose 12 characters or more"),
    ("MNIST_TEACHER_SECRET", "a secret\non two lines", "all on one line"),
    ("MNIST_LOG_LEVEL", "loud", "Choose one of debug, info, warning, error."),
    ("MNIST_LOG_LEVEL", "10", "Choose one of debug, info, warning, error."),
    ("MNIST_METRICS_PORT", "0", "a whole number from 1 to 65535"),
    ("MNIST_METRICS_PORT", "65536", "a whole number from 1 to 65535"),
    ("MNIST_METRICS_PORT", "127.0.0.1:9100", "a whole number from 1 to 65535"),
]


def test_every_variable_has_a_wrong_value_in_these_tests() -> None:
    assert {name for name, _, _ in WRONG} == VARIABLES.keys()


@pytest.mark.parametrize(("name", "value", "allowed"), WRONG)
def test_a_wrong_value_is_one_line_with_the_name_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvironmentVariableError) as caught:
        VARIABLES[name]()
    assert str(caught.value).startswith(name)
    assert allowed in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert "secret" not in str(caught.value)
    with pytest.raises(EnvironmentVariableError, match=name):
        environment.check()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, value, _ in WRONG if name != NO_STORE]
)
def test_a_server_sets_a_wrong_value_aside_and_says_so(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    without = VARIABLES[name]()
    monkeypatch.setenv(name, value)
    [sentence] = environment.set_wrong_aside()
    assert sentence.startswith(name)
    assert os.environ.get(name) == HARMLESS.get(name)
    assert VARIABLES[name]() == (True if name in HARMLESS else without)
    assert environment.set_wrong_aside() == ()


@pytest.mark.parametrize(
    ("cores", "workers"), [(None, 1), (1, 1), (2, 2), (3, 2), (4, 2), (8, 4), (12, 6)]
)
def test_as_many_workers_are_started_as_the_cores_can_keep_busy(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, workers: int
) -> None:
    monkeypatch.delenv("MNIST_WORKERS", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert environment.worker_count() == workers


def test_several_wrong_values_are_all_told_and_right_ones_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MNIST_WORKERS", "two")
    monkeypatch.setenv("KERAS_HOME", HOMELESS)
    monkeypatch.setenv("MNIST_OFFLINE", "yes")
    told = environment.set_wrong_aside()
    assert [sentence.split(":")[0].split()[0] for sentence in told] == [
        "MNIST_WORKERS",
        "KERAS_HOME",
    ]
    assert environment.is_offline()


def test_no_other_store_takes_the_place_of_one_that_was_mistyped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(NO_STORE, "nonsense")
    with pytest.raises(EnvironmentVariableError, match=NO_STORE):
        environment.set_wrong_aside()
    with pytest.raises(EnvironmentVariableError, match=NO_STORE):
        Store()


@pytest.mark.parametrize(
    ("values", "offline"),
    [
        (["1", "true", "True", "TRUE", "yes", "on", " 1 "], True),
        (["", "0", "false", "No", "OFF", " "], False),
    ],
)
def test_offline_is_said_in_many_ways(
    monkeypatch: pytest.MonkeyPatch, values: list[str], *, offline: bool
) -> None:
    for value in values:
        monkeypatch.setenv("MNIST_OFFLINE", value)
        assert environment.is_offline() is offline


@pytest.mark.parametrize("name", VARIABLES)
def test_an_empty_value_is_none_except_for_the_cache(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    without = VARIABLES[name]()
    monkeypatch.setenv(name, "")
    if name == "MNIST_COMPILATION_CACHE":
        assert without == environment.COMPILATION_FOLDER
        assert environment.compilation_cache() is None
    else:
        assert VARIABLES[name]() == without


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.7:8786", "tls://host.example:1", "localhost:65535", "tcp://[::1]:8786"],
)
def test_a_scheduler_is_named_by_host_and_port(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    assert environment.scheduler_address() == address


@pytest.mark.parametrize(
    "url",
    ["sqlite:///runs.db", "sqlite:////a b/runs.db", "postgresql+psycopg://h/n", "postgres://h"],
)
def test_a_store_is_named_by_its_url(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("MNIST_STORE_URL", url)
    assert environment.store_url() == url


@pytest.mark.parametrize(("cores", "workers"), [(8, 4), (1, 1), (None, 1)])
def test_without_a_number_there_is_one_worker_for_two_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, workers: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert environment.worker_count() == workers


def test_a_wavy_line_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MNIST_PATH", "~/digits.npz")
    monkeypatch.setenv("KERAS_HOME", "~/keras")
    monkeypatch.setenv("MNIST_COMPILATION_CACHE", "~/compiled")
    assert environment.mnist_path() == tmp_path / "digits.npz"
    assert environment.keras_copy() == tmp_path / "keras" / "datasets" / "mnist.npz"
    assert environment.compilation_cache() == tmp_path / "compiled"


def test_without_any_home_keras_has_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert environment.keras_copy() is None


def test_a_home_that_is_not_there_is_refused_in_the_words_of_whoever_asks() -> None:
    from mnist_core.data import load_mnist

    with pytest.raises(DataError, match="no such home folder"):
        load_mnist(HOMELESS)
    with pytest.raises(StoreError, match="no such home folder"):
        Store(f"sqlite:///{HOMELESS}")


POSSIBLE = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([*VARIABLES]), value=POSSIBLE)
def test_whatever_is_typed_it_is_taken_or_refused_in_one_line_that_can_be_printed(
    name: str, value: str
) -> None:
    try:
        os.environ[name] = value
    except UnicodeEncodeError:  # no process can be given it
        return
    sentence = ""
    try:
        VARIABLES[name]()
    except EnvironmentVariableError as error:
        sentence = str(error)
    finally:
        del os.environ[name]
    assert len(sentence.encode().splitlines()) <= 1


@pytest.mark.parametrize(
    "reading",
    ["os.environ['A']", "os.environ.get('A')", "os.getenv('A')", "environ = os.environ"],
)
@pytest.mark.parametrize("file", ["mnist_core/data/new.py", "pages/views/new.py", "dashboard.py"])
def test_nobody_else_reads_the_environment(file: str, reading: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select=TID251", f"--stdin-filename={file}", "-"],
        cwd=environment.PROJECT,
        input=f"import os\n\nprint({reading.split('= ')[-1]})\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Ask mnist_core.environment" in done.stdout
    assert done.returncode == 1


def test_the_readme_names_every_variable_and_streamlits_own() -> None:
    readme = (environment.PROJECT / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Environment variables")[1].split("\n## ")[0]
    streamlits = {"STREAMLIT_SERVER_PORT", "STREAMLIT_SERVER_ADDRESS"}
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == VARIABLES.keys() | streamlits
