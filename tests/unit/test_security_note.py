"""What docs/security.md promises is held by what it names."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NOTE = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:-1] for line in NOTE.splitlines() if line.startswith("| ")]
PROMISES = [row for row in ROWS if row[-1].strip() != "held by"]


def test_every_promise_names_a_limit_or_a_test_that_is_there() -> None:
    assert len(PROMISES) > 20
    for _, what, held_by in PROMISES:
        names = re.findall("`([^`]+)`", held_by)
        assert (what, bool(names)) == (what, True)
        for name in names:
            path, is_test, test = name.partition("::")
            if is_test:
                assert f"def {test}(" in (PROJECT / path).read_text(encoding="utf-8"), name
            else:
                module, _, constant = name.rpartition(".")
                assert hasattr(importlib.import_module(f"mnist_core.{module}"), constant), name


def test_its_numbers_are_those_of_the_limits() -> None:
    for _, what, held_by in PROMISES:
        for name in re.findall(r"`([a-z_.]+\.[A-Z_]+)`", held_by):
            module, _, constant = name.rpartition(".")
            number = getattr(importlib.import_module(f"mnist_core.{module}"), constant)
            assert any(f"{each:,}" in what for each in written(number)), (name, number, what)


def written(number: float) -> list[int]:
    """A number as it is, in megabytes, or in gigabytes."""
    return [int(number) // unit for unit in (1, 10**6, 10**9) if int(number) >= unit]
