"""Answers with their runs: one as a page, those of a class as a table and as a zip."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from mnist_core.charts import both_curves_svg
from mnist_core.export.tables import cell
from mnist_core.lesson.answer import RunReport, file_name, write_answer
from mnist_core.serving.run_words import accuracy, state
from mnist_core.store import Answer, Run, Store

_COLUMNS: Final = ("name", "first_handed_in", "handed_in", "question", "answer", "runs", "run_ids")
_TABLE: Final = "answers.csv"


def answer_document(
    store: Store, question: str, answer: str, run_ids: Sequence[str], name: str = ""
) -> str:
    """Put question, answer and runs on one page of HTML that needs nothing but a browser.

    Args:
        store: where the runs are.
        question: what was asked; may be empty.
        answer: what the learner wrote.
        run_ids: what it is about, in this order; those that are gone are left out.
        name: the learner's; may be empty.

    Raises:
        StoreError: the store can't be read.
    """
    reports = [_report(store, run) for run in store.find_runs(run_ids)]
    return write_answer(question, answer, reports, name)


def answers_csv(store: Store, answers: Sequence[Answer]) -> str:
    """Write answers as CSV, in this order.

    Returns:
        A line of names and a line an answer: who, when first and when last (ISO 8601, local time),
        what was asked and answered, its runs in words and by their ids; runs that are gone have no
        words. What people typed is text, see ``cell`` of `tables`.

    Raises:
        StoreError: the store can't be read.
    """
    wanted = [run_id for each in answers for run_id in each.run_ids]
    runs = {run.id: run for run in store.find_runs(wanted)}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for each in answers:
        about = [_in_words(runs[run_id]) for run_id in each.run_ids if run_id in runs]
        writer.writerow(
            [
                cell(each.name),
                _local(each.first_at),
                _local(each.last_at),
                cell(each.question),
                cell(each.answer),
                cell(" | ".join(about)),
                " ".join(each.run_ids),
            ]
        )
    return buffer.getvalue()


def answers_archive(store: Store, answers: Sequence[Answer]) -> bytes:
    """Pack answers into a zip: all of them as a table, and each as a page of its own.

    The pages are named after people, by letters and digits only: "answer-brave-otter.html". The
    table is ``answers.csv``, UTF-8 with a mark at its beginning by which spreadsheets know it.

    Raises:
        StoreError: the store can't be read.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_TABLE, answers_csv(store, answers).encode("utf-8-sig"))
        taken: set[str] = set()
        for each in answers:
            name = _free_name(file_name(each.name), taken)
            document = answer_document(store, each.question, each.answer, each.run_ids, each.name)
            archive.writestr(name, document.encode())
    return buffer.getvalue()


def _free_name(wanted: str, taken: set[str]) -> str:
    """Number the files of those whose names are the same but for signs; notes what is taken."""
    name, number = wanted, 2
    while name in taken:
        name = f"{PurePosixPath(wanted).stem}-{number}.html"
        number += 1
    taken.add(name)
    return name


def _in_words(run: Run) -> str:
    return f"{run.config.describe()}: {accuracy(run)}"


def _local(instant: datetime) -> str:
    return instant.astimezone().isoformat(timespec="seconds")


def _report(store: Store, run: Run) -> RunReport:
    history = store.read_history(run.id)
    return RunReport(
        name=run.label,
        settings=run.config.describe(),
        digits=run.dataset_name,
        state=state(run),
        history=history,
        test_accuracy=run.test_accuracy,
        expected_accuracy=run.expected_accuracy,
        drawing=both_curves_svg(history),
    )
