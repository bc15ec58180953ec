"""Lines of the log: one format in every process, with the run they are about and no password."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mnist_core import environment
from mnist_core.logs.lines import FORMAT, LineFormatter, about_run

PROJECT = Path(__file__).parents[3]
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
RUN, OTHER = "0123456789ab", "ba9876543210"


@pytest.fixture(autouse=True)
def _lines_as_the_program_writes_them(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caplog.handler, "formatter", LineFormatter())


def say(words: str) -> None:
    logging.getLogger("mnist_core.of_a_test").warning(words)


def test_a_line_names_the_run_that_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    say("none")
    with about_run(RUN):
        say("one")
        with about_run(OTHER):
            say("another")
        say("one again")
    about = [RUN, OTHER, RUN]
    pattern = rf"{TIME} WARNING \d+ mnist_core\.of_a_test(?: run (\w+))?: "
    assert re.sub(pattern, "", caplog.text) == "none\none\nanother\none again\n"
    assert re.findall(pattern, caplog.text) == ["", *about]


@pytest.mark.parametrize(
    "words",
    [
        "at postgresql+psycopg://anna:hush@host/name",
        "at postgresql://anna:hu@hush@host:5432/name?sslmode=require",
        "at postgresql://host/name?user=anna&password=hush&sslmode=require",
        "by host=db password='hush' user=anna",
        "by PGPASSWORD=hush",
        "asked for /teacher?secret=hush&class=1",
    ],
)
def test_no_line_shows_a_password_in_a_traceback_either(
    caplog: pytest.LogCaptureFixture, words: str
) -> None:
    say(words)
    logging.getLogger("mnist_core.of_a_test").error("It broke", exc_info=ValueError(words))
    assert "hush" not in caplog.text
    assert caplog.text.count(words[:6]) >= 2  # the rest is there


@pytest.mark.parametrize(
    "words", ["tcp://127.0.0.1:8786 and anna@school.example", "http://localhost:8501/train?a=b"]
)
def test_what_is_no_password_stays(caplog: pytest.LogCaptureFixture, words: str) -> None:
    say(words)
    assert words in caplog.text


EVERY_LEVEL = """
import logging
from mnist_core.logs import lines
lines.set_up(), lines.set_up()
for name in ("mnist_core.store", "pages.services", "somebody.else"):
    for level in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger(name), level)("%s %s", name, level)
"""


@pytest.mark.parametrize(
    ("level", "ours", "others"),
    [("", 2, 2), ("debug", 4, 2), ("INFO", 3, 2), ("error", 1, 1), ("nonsense", 2, 2)],
)
def test_the_level_is_for_our_lines_and_each_is_there_once(
    level: str, ours: int, others: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_LEVEL],
        cwd=PROJECT,
        env=environment.inherited({"MNIST_LOG_LEVEL": level}),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    assert all(re.match(rf"{TIME} [A-Z]+ +\d+ \S+: \S+ \w+$", line) for line in lines)
    for name, expected in (("mnist_core", ours), ("pages", ours), ("somebody", others)):
        assert sum(f" {name}." in line for line in lines) == expected


def test_what_streamlit_logs_has_the_same_format() -> None:
    settings = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert settings["logger"]["messageFormat"] == FORMAT.replace("%(about)s", "")
