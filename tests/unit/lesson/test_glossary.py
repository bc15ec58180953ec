"""The glossary: complete, each word once, short, and true of this program."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections import Counter
from pathlib import Path

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.lesson.glossary import (
    CHAPTERS,
    TERM_OF_SETTING,
    TERMS,
    Term,
    explain,
    explain_setting,
)

PROJECT = Path(__file__).parents[3]
WORDS_AT_MOST = 30
# fmt: off
LESSON = [
    "node", "layer", "hidden layer", "weight", "bias", "parameter", "epoch", "batch", "update",
    "step", "loss", "accuracy", "validation", "test", "optimizer", "learning rate", "dropout",
    "L2", "overfitting", "activation", "seed", "prediction", "likelihood", "pixel", "label",
    "model", "neural network", "image classifier", "machine vision", "input layer", "output layer",
    "compile", "fit", "metric", "history", "outlier",
]
# fmt: on


def names() -> list[str]:
    listed = [term for terms in CHAPTERS.values() for term in terms]
    return [name.lower() for term in listed for name in (term.name, *term.also)]


@pytest.mark.parametrize("word", LESSON)
def test_every_word_of_the_lesson_is_explained(word: str) -> None:
    assert word.lower() in names()


def test_no_word_is_explained_twice() -> None:
    assert [name for name, count in Counter(names()).items() if count > 1] == []
    meanings = [term.meaning for term in TERMS.values()]
    assert len(set(meanings)) == len(meanings)


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
def test_an_explanation_is_short_and_made_of_whole_sentences(term: Term) -> None:
    for text in filter(None, (term.meaning, term.example)):
        assert len(text.split()) <= WORDS_AT_MOST
        assert len(re.findall(r"[.?!](?= |$)", text)) <= 2
        assert text[0] in "“" or text[0].isupper() or text[0].isdigit()
        assert text.endswith(".")


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
def test_a_word_is_not_explained_by_itself(term: Term) -> None:
    # "hidden layer" may say "layer": that is another term.
    assert not re.search(rf"\b{re.escape(term.name)}s?\b", term.meaning, re.IGNORECASE)


def test_every_term_has_an_address_of_its_own() -> None:
    anchors = [term.anchor for term in TERMS.values()]
    assert len(set(anchors)) == len(anchors)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", anchor) for anchor in anchors)


@pytest.mark.parametrize("name", ["optimizer", "loss", "accuracy"])
def test_what_looks_at_guess_and_label_says_so(name: str) -> None:
    assert {"guess", "label"} <= set(re.findall(r"guess|label", explain(name)))


def test_a_neural_network_is_said_to_have_its_name_from_the_brain() -> None:
    assert {"brain", "neurons", "nodes"} <= set(re.findall(r"\w+", explain("neural network")))


def test_every_setting_of_a_run_has_its_term() -> None:
    fields = {field.name for field in dataclasses.fields(TrainingConfig)}
    assert set(TERM_OF_SETTING) == fields | {"nodes"}
    for setting, name in TERM_OF_SETTING.items():
        assert explain_setting(setting) == TERMS[name].meaning


def test_the_examples_count_as_the_program_does() -> None:
    default = TrainingConfig()
    assert f"{default.parameters:,}" in TERMS["parameter"].example
    kept = round(60_000 * default.validation_split)
    assert f"{kept:,} aside, and {60_000 - kept:,}" in TERMS["validation split"].example
    updates = default.steps_per_epoch(60_000 - kept)
    assert f"{updates} updates an epoch" in TERMS["batch"].example


def terms_asked_for() -> dict[str, set[str]]:
    """Find every word that a page asks the glossary for, by the function it asks."""
    asked: dict[str, set[str]] = {"explain": set(), "explain_setting": set(), "linked_term": set()}
    for path in (PROJECT / "pages").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            if call.func.id in asked and isinstance(call.args[0], ast.Constant):
                asked[call.func.id].add(call.args[0].value)
    return asked


def test_every_word_that_a_page_asks_for_is_there() -> None:
    asked = terms_asked_for()
    assert all(asked.values())  # pages do ask
    assert asked["explain"] | asked["linked_term"] <= set(TERMS)
    assert asked["explain_setting"] <= set(TERM_OF_SETTING)


def test_an_unknown_word_is_an_error_and_not_an_empty_help() -> None:
    with pytest.raises(KeyError):
        explain("flux capacitor")
