"""What the project says of itself: its metadata, requirements and lock agree."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
METADATA = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read_requirements(name: str) -> list[str]:
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize(
    ("file", "listed"),
    [
        ("requirements.txt", METADATA["dependencies"]),
        ("requirements-dev.txt", METADATA["optional-dependencies"]["dev"]),
        ("requirements-bench.txt", METADATA["optional-dependencies"]["bench"]),
    ],
)
def test_the_metadata_asks_for_what_the_requirements_ask_for(file: str, listed: list[str]) -> None:
    assert listed == read_requirements(file)


def test_the_lock_is_exact_and_inside_the_ranges() -> None:
    locked = {}
    for line in read_requirements("requirements.lock"):
        name, exactly, version = line.partition("==")
        assert exactly, line
        locked[canonicalize_name(name)] = version
    for requirement in map(Requirement, read_requirements("requirements.txt")):
        name = canonicalize_name(requirement.name)
        assert name in locked
        assert requirement.specifier.contains(locked[name]), f"{requirement}, {locked[name]}"


def test_the_scripts_take_the_pythons_that_the_metadata_names() -> None:
    assert METADATA["requires-python"] == ">=3.11,<3.14"
    script = (PROJECT / "scripts" / "environment.sh").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in script


def test_the_licence_is_the_one_that_the_metadata_names() -> None:
    text = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    assert METADATA["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Copyright 2026 the authors" in text
    for file in METADATA["license-files"]:
        assert (PROJECT / file).is_file()
