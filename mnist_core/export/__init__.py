"""Runs to take away and to bring back: as an archive, a table, a notebook, a report; and answers.

Works from the store alone, without Keras. Knows nothing of Streamlit.
"""

from mnist_core.export.answers import answer_document, answers_archive, answers_csv
from mnist_core.export.archive import archive_bytes, export_runs
from mnist_core.export.bring_back import BroughtBack, import_runs
from mnist_core.export.notebook import run_notebook
from mnist_core.export.report import run_report
from mnist_core.export.saved_model import has_saved_model, load_saved_model
from mnist_core.export.tables import runs_csv

__all__ = [
    "BroughtBack",
    "answer_document",
    "answers_archive",
    "answers_csv",
    "archive_bytes",
    "export_runs",
    "has_saved_model",
    "import_runs",
    "load_saved_model",
    "run_notebook",
    "run_report",
    "runs_csv",
]
