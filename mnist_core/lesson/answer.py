"""A learner's answer and the runs it is about, on one page that opens in any browser.

Knows text only, neither pages nor Keras nor the store. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from mnist_core.config import LONGEST_ANSWER, SERIES
from mnist_core.evaluation.diagnosis import words_for
from mnist_core.formatting import metric_text, percent

LONGEST_NAME: Final = 80

_STYLE: Final = """\
body {font: 16px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em}
h1 {font-size: 1.6em} h2 {font-size: 1.25em; margin: 1.5em 0 0.3em}
.typed {white-space: pre-wrap; overflow-wrap: anywhere; margin: 0}
.wide {overflow-x: auto} svg {display: block; width: 100%; max-width: 44em}
table {border-collapse: collapse; font-variant-numeric: tabular-nums}
td, th {padding: 0.1em 1em 0.1em 0; text-align: right}
@media print {section {break-inside: avoid}}"""


@dataclass(frozen=True)
class RunReport:
    """What the page tells of a run.

    Attributes:
        name: what a person calls it.
        settings: in short, as ``TrainingConfig.describe`` says them.
        digits: the name of the data it was trained on.
        state: how far it came, in words.
        history: accuracies 0 to 1 and losses, a value an epoch; NaN where it was no number.
        test_accuracy: 0 to 1; None where the run never came to its test.
        expected_accuracy: the test accuracy that was guessed before, 0 to 1.
        drawing: its curves as SVG, as ``mnist_core.charts.both_curves_svg`` draws them. It goes
            into the page as it is.
    """

    name: str
    settings: str
    digits: str
    state: str
    history: Mapping[str, Sequence[float]]
    test_accuracy: float | None = None
    expected_accuracy: float | None = None
    drawing: str = ""


def write_answer(question: str, answer: str, runs: Sequence[RunReport], name: str = "") -> str:
    """Put question, answer and runs on one page.

    Args:
        question: what was asked; may be empty.
        answer: what the learner wrote.
        runs: what the answer is about, in the order in which they should be read.
        name: the learner's own; may be empty.

    Returns:
        a complete HTML document. What people typed stays text in it.
    """
    asked = f"<h2>The question</h2>\n{_typed(question)}\n" if question else ""
    who = f"{_typed(name[:LONGEST_NAME])}\n" if name.strip() else ""
    sections = "\n".join(_section(number, run) for number, run in enumerate(runs, start=1))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>My answer</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
        f"<h1>My answer</h1>\n{who}{asked}"
        f"<h2>What I found</h2>\n{_typed(answer[:LONGEST_ANSWER])}\n"
        f"{sections}\n</body>\n</html>\n"
    )


def file_name(name: str) -> str:
    """Name the file after the learner, "answer-anna-b.html", so that a class's files differ."""
    short = re.sub(r"\W+", "-", name[:LONGEST_NAME]).strip("-").lower()
    return f"answer-{short}.html" if short else "my-answer.html"


def _section(number: int, run: RunReport) -> str:
    named = f"<p>{escape(run.name)}</p>\n" if run.name != run.settings else ""
    facts = [f"Digits: {run.digits}", f"State: {run.state}"]
    if run.expected_accuracy is not None:
        facts.append(f"My prediction: {percent(run.expected_accuracy)}")
    if run.test_accuracy is not None:
        facts.append(f"Test accuracy: {percent(run.test_accuracy)}")
    listed = "<br>\n".join(map(escape, facts))
    return (
        f"<section>\n<h2>Run {number}: {escape(run.settings)}</h2>\n{named}<p>{listed}</p>\n"
        f'{run.drawing}\n<div class="wide">\n{_table(run.history)}\n</div>\n</section>'
    )


def _table(history: Mapping[str, Sequence[float]]) -> str:
    names = [name for name in SERIES if name in history]
    head = "".join(f"<th>{words_for(name)}</th>" for name in names)
    columns = ([metric_text(name, value) for value in history[name]] for name in names)
    rows = "\n".join(
        f"<tr><td>{epoch}</td>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
        for epoch, row in enumerate(zip(*columns, strict=True), start=1)
    )
    return f"<table>\n<tr><th>epoch</th>{head}</tr>\n{rows}\n</table>"


def _typed(text: str) -> str:
    return f'<p class="typed">{escape(text)}</p>'
