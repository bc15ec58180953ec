"""The teacher's ten minutes: what the document names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
TEXT = (PROJECT / "docs" / "teaching.md").read_text(encoding="utf-8")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGES = "\n".join(
    path.read_text(encoding="utf-8")
    for pattern in ("*.py", "*.js")
    for path in (PROJECT / "pages").rglob(pattern)
)
CONTROLS = [
    "Get all 70,000 digits",
    "Projector",
    "My prediction",
    "One second an epoch",
    "As fast as possible",
    "Train",
    "Results",
    "Seed",
    "Glossary",
    "Reset settings",
]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(?:MNIST|STREAMLIT)_[A-Z_]+", TEXT))))
def test_every_variable_stands_in_the_readme(name: str) -> None:
    assert f"| `{name}` |" in README


@pytest.mark.parametrize("label", CONTROLS)
def test_every_control_is_called_what_the_page_calls_it(label: str) -> None:
    assert f"**{label}" in TEXT
    assert f'"{label}"' in PAGES


def test_what_a_page_is_quoted_with_is_what_it_says() -> None:
    for words in ("Connection lost. Trying again.", "The trainer is warming up"):
        assert words.split(".")[0] in PAGES
    assert "“Connection lost. Trying again.”" in TEXT
