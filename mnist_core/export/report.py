"""A run as one page of HTML that opens without a network: a model card first, then the details.

What people typed is text in it. Figures are SVG, digits a picture in the page itself.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import numpy as np

from mnist_core.charts import both_curves_svg
from mnist_core.config import CLASSES, SERIES, SETTINGS, TrainingConfig, setting_words
from mnist_core.data import Dataset
from mnist_core.data.arrays import unpack_predictions
from mnist_core.evaluation.accuracy import count_right, describe_accuracy, describe_curves
from mnist_core.evaluation.contact_sheet import draw_contact_sheet
from mnist_core.evaluation.diagnosis import diagnose, words_for
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import (
    article,
    counted,
    date_and_time,
    duration,
    loss_text,
    metric_text,
    percent,
)
from mnist_core.lesson.keras_code import lesson_code
from mnist_core.serving.run_words import state, trained_on
from mnist_core.store import Run, Store

MISTAKES_SHOWN: Final = 60

_STYLE: Final = """\
body {font: 16px/1.5 sans-serif; color: #111; background: #fff; max-width: 48em;
  margin: 2em auto; padding: 0 1em; overflow-wrap: anywhere}
h1 {font-size: 1.6em; margin-bottom: 0} h2 {font-size: 1.2em; margin: 1.4em 0 0.3em}
p {margin: 0.3em 0} .wide {overflow-x: auto} svg, img {display: block; max-width: 100%}
svg {width: 44em} table {border-collapse: collapse; font-variant-numeric: tabular-nums}
td, th {padding: 0.1em 0.8em 0.1em 0; text-align: right; font-weight: normal;
  overflow-wrap: normal}
.settings td, .settings th {text-align: left} .confusion td {padding: 0.1em 0.5em; min-width: 2em}
.right {background: #d5f0e6} .wrong {background: #fbe0d0; font-weight: bold}
pre {overflow-x: auto; font-size: 0.85em} .details {break-before: page}
@media print {section {break-inside: avoid}}"""

_PURPOSE: Final = (
    "This network was trained in a lesson, to see how a machine learns to read handwritten digits. "
    "It is made for learning, and for single digits such as those of its data."
)
_LIMITS: Final = """\
It knows ten digits and nothing else: of a letter or a blank sheet it says a digit, too.
It reads images of 28 × 28 pixels, white on black, one upright digit in the middle.
How sure it says it is, is no promise: it may be right less often than that.
Nothing that matters to somebody should hang on it: no marks, no money, no post.
"""


def run_report(store: Store, run_id: str) -> str:
    """Write a run as one HTML document that needs nothing but a browser.

    Its first page is a model card: what the network is for, its data and their licence, its
    settings, its results with their uncertainty, its hardest digits, its limits. Curves, tables,
    mistakes and code follow.

    Args:
        store: where the run is.
        run_id: the run; it may still go on.

    Raises:
        RunNotFoundError: there is no such run.
        StoreError: the store can't be read, or has lost the digits.

    Source: Mitchell et al. 2019, Model Cards for Model Reporting.
    """
    run = store.get_run(run_id)
    dataset = store.load_dataset(run.dataset_digest)
    predictions = store.load_predictions(run_id)
    evaluation = None
    if predictions is not None:
        evaluation = Evaluation(dataset.y_test, unpack_predictions(predictions))
    history = store.read_history(run_id)
    sections = [
        _card(run, dataset, evaluation),
        _curves(history),
        _mistakes(dataset, evaluation),
        _model(run, store.load_summary(run_id)),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        # Not even by mistake does anything in it ask another computer.
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{escape(run.label)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
        f"{''.join(sections)}</body>\n</html>\n"
    )


def _card(run: Run, dataset: Dataset, evaluation: Evaluation | None) -> str:
    facts = f"Run {run.id}, {state(run)}, started on {date_and_time(run.created_at)}"
    return (
        f"<h1><bdi>{escape(run.label)}</bdi></h1>\n{_paragraph(f'{facts}.')}"
        + _heading("What it is for")
        + _paragraph(_PURPOSE)
        + _heading("Data and licence")
        + _data(run, dataset)
        + _heading("Settings")
        + _settings(run.config)
        + _heading("Results")
        + _results(run, dataset)
        + (_heading("Hardest digits") + _hardest(evaluation) if evaluation else "")
        + _heading("Limits")
        + f"<ul>{''.join(f'<li>{escape(limit)}</li>' for limit in _LIMITS.splitlines())}</ul>\n"
    )


def _data(run: Run, dataset: Dataset) -> str:
    known = "" if run.training_digits is None else f"{run.training_digits:,} digits to learn from, "
    return _paragraph(
        f"{dataset.name}: {known}{len(dataset.y_test):,} for the test, which it did not see before."
    ) + _paragraph(f"Licence of the digits: {dataset.licence}.")


def _settings(config: TrainingConfig) -> str:
    rows = [[setting_words(field), config.value_text(field)] for field in SETTINGS]
    rows.append(["parameters", f"{config.parameters:,} weights and biases"])
    return _table([], rows, "settings")


def _results(run: Run, dataset: Dataset) -> str:
    if run.test_accuracy is None:
        words = "This run never came to its test."
        return _paragraph(" ".join(filter(None, (words, run.error, run.advice))))
    tested = len(dataset.y_test)
    accuracy = describe_accuracy(count_right(run.test_accuracy, tested), tested)
    words = (
        f"Test accuracy {percent(run.test_accuracy)}: {accuracy.sentence} {accuracy.uncertainty}"
    )
    return _paragraph(words) + _paragraph(
        f"Test loss {loss_text(run.test_loss)}, validation accuracy {percent(run.val_accuracy)}, "
        f"training time {duration(run.seconds)}. {trained_on(run)}".rstrip()
    )


def _hardest(evaluation: Evaluation) -> str:
    recalls = []
    for digit in range(CLASSES):
        chosen = evaluation.y_true == digit
        if chosen.any():
            right = int(evaluation.right[chosen].sum())
            recalls.append((right / int(chosen.sum()), digit, right, int(chosen.sum())))
    hardest = [
        f"{article(digit)} {digit} ({right:,} of {support:,} right)"
        for share, digit, right, support in sorted(recalls)[:3]
        if share < 1
    ]
    if not hardest:
        return _paragraph("It read every test digit right.")
    words = f"It has most trouble with {', then '.join(hardest)}."
    pairs = [
        f"{article(mistake.true)} {mistake.true} for {article(mistake.guess)} {mistake.guess} "
        f"({counted(mistake.times, 'time')})"
        for mistake in evaluation.frequent_mistakes(3)
    ]
    return _paragraph(words + (f" Most often it takes {', '.join(pairs)}." if pairs else ""))


def _curves(history: Mapping[str, Sequence[float]]) -> str:
    if not history[SERIES[0]]:
        return ""
    rows = [
        [str(epoch), *(metric_text(name, history[name][epoch - 1]) for name in SERIES)]
        for epoch in range(1, len(history[SERIES[0]]) + 1)
    ]
    said = [f"{each.rule.heading}. {each.sentence} {each.advice}" for each in diagnose(history)]
    return (
        '<section class="details">\n'
        + _heading("How it learned")
        + f"{both_curves_svg(history)}\n"
        + "".join(map(_paragraph, [*said, " ".join(describe_curves(history))]))
        + _table(["epoch", *map(words_for, SERIES)], rows)
        + "</section>\n"
    )


def _mistakes(dataset: Dataset, evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return ""
    shares = ("precision", "recall", "f1")
    rows = [
        [str(digit), *(percent(values[name]) for name in shares), f"{values['support']:,.0f}"]
        for digit, values in evaluation.report().to_dict("index").items()
    ]
    wrong = evaluation.select("wrong")[:MISTAKES_SHOWN]
    return (
        "<section>\n"
        + _heading("What it takes for what")
        + _confusion(evaluation)
        + "</section>\n<section>\n"
        + _heading("Each digit")
        + _table(["digit", "precision", "recall", "F1", "test digits"], rows)
        + "</section>\n"
        + (_sheet(dataset, evaluation, wrong) if len(wrong) else "")
    )


def _confusion(evaluation: Evaluation) -> str:
    rows = []
    for true, counts in enumerate(evaluation.confusion):
        cells = [f"<th>{true}</th>"]
        for guess, count in enumerate(counts):
            look = "right" if true == guess else "wrong" if count else ""
            cells.append(f'<td class="{look}">{count:,}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f"<th>{digit}</th>" for digit in range(CLASSES))
    return (
        _paragraph("A row for what a digit is, a column for what it was taken for.")
        + '<div class="wide"><table class="confusion">\n'
        + f"<tr><th></th>{head}</tr>\n{chr(10).join(rows)}\n</table></div>\n"
    )


def _sheet(dataset: Dataset, evaluation: Evaluation, wrong: np.ndarray) -> str:
    title = f"{len(wrong)} digits that were read wrong"
    png = base64.b64encode(draw_contact_sheet(dataset.x_test, evaluation, wrong, title)).decode()
    alt = f"{title}, the most confident first, each with its true digit and its guess"
    return (
        "<section>\n"
        + _heading("Its mistakes")
        + f'<img src="data:image/png;base64,{png}" alt="{alt}">\n</section>\n'
    )


def _model(run: Run, summary: str | None) -> str:
    shown = f"<pre>{escape(summary)}</pre>\n" if summary else ""
    return (
        "<section>\n"
        + _heading("The model")
        + shown
        + _heading("The same network in Keras")
        + f"<pre>{escape(lesson_code(run.config))}</pre>\n</section>\n"
    )


def _heading(words: str) -> str:
    return f"<h2>{escape(words)}</h2>\n"


def _paragraph(words: str) -> str:
    return f'<p dir="auto">{escape(words)}</p>\n'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], look: str = "") -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    first = f"<tr>{titles}</tr>\n" if head else ""
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="wide"><table class="{look}">\n{first}{body}\n</table></div>\n'
