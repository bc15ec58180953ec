"""The teacher's ten minutes: what the document names is there, under that name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

PROJECT = Path(__file__).resolve().parents[2]
TEXT = (PROJECT / "docs" / "teaching.md").read_text(encoding="utf-8")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for pattern in ("*.py", "*.js")
    for folder in ("pages", "mnist_core/serving")
    for path in (PROJECT / folder).rglob(pattern)
)

# What is bold in the document: the page on which it can be pressed, chosen or filled in.
CONTROLS = {
    "Get all 70,000 digits": "",
    "Projector": "",
    "My prediction": "train",
    "One second an epoch": "train",
    "Train": "train",
    "Seed": "train",
    "Reset settings": "train",
    "You against the network": "mistakes",
    "One update": "inside",
}
PAGES = ("Results", "Mistakes", "Compare", "Worksheets", "Glossary")
WORDS = ("Digits", "one")
KINDS = ("button", "toggle", "slider", "number_input", "selectbox", "segmented_control")


def labels(app: AppTest) -> set[str]:
    """What a person can press, choose or fill in on a page, by its name."""
    controls = [control for kind in KINDS for control in app.get(kind)]
    choices = {str(choice) for control in controls for choice in getattr(control, "options", ())}
    return {control.label for control in controls} | choices


def test_all_that_is_bold_is_looked_for() -> None:
    bold = {name.rstrip(".") for name in re.findall(r"\*\*(.+?)\*\*", TEXT)}
    assert bold == {*CONTROLS, *PAGES, *WORDS}


@pytest.mark.parametrize(("label", "path"), CONTROLS.items())
def test_every_control_is_called_what_the_page_calls_it(
    open_page, finished, monkeypatch, label, path
):
    monkeypatch.delenv("MNIST_OFFLINE")  # nothing is fetched before somebody presses the button
    assert label in labels(open_page(path, run=finished.id))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_called_what_it_calls_itself(open_page, finished, name):
    [title] = open_page(name.lower(), run=finished.id).title
    assert title.value == name


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(?:MNIST|STREAMLIT)_[A-Z_]+", TEXT))))
def test_every_variable_stands_in_the_readme(name: str) -> None:
    assert f"| `{name}` |" in README


@pytest.mark.parametrize("words", ["Connection lost. Trying again.", "The trainer is warming up"])
def test_what_a_page_is_quoted_with_is_what_it_says(words: str) -> None:
    assert words in TEXT
    assert re.search(rf'["`]{re.escape(words)}', SOURCES)
