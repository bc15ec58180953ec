"""Runs as one table, a row a run: what was set and what came of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any, Final

from mnist_core.config import DEFAULTS, SERIES
from mnist_core.store import Run

_BEFORE: Final = ("id", "name", "status", "dataset_name")
_AFTER: Final = (
    *("parameters", "training_digits", "epochs_done", *SERIES, "test_accuracy", "test_loss"),
    *("expected_accuracy", "seconds"),
)
# What a spreadsheet takes for the beginning of a formula, which it would run: where a cell begins,
# or where another one would, for a program that parts them at semicolons or tabs.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA: Final = re.compile(r"((?:^|[;\t\r\n])\s*+)(?=[=+@＝＋－＠-])")


def runs_csv(runs: Sequence[Run]) -> str:
    """Write runs as CSV, in this order.

    Returns:
        A line of names and a line a run: id, name, state, data; the settings; parameters,
        results (accuracies 0 to 1), training time in seconds, when it was started (ISO 8601).
        Hidden layers are written "128-64". What people typed is text, see ``cell``.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    settings = list(DEFAULTS.to_dict())
    writer.writerow([*_BEFORE, *settings, *_AFTER, "created_at"])
    for run in runs:
        config = run.config.to_dict()
        config["layers"] = "-".join(map(str, config["layers"]))
        writer.writerow(
            [
                *(cell(getattr(run, name)) for name in _BEFORE),
                *(config[name] for name in settings),
                *(getattr(run, name) for name in _AFTER),
                run.created_at.isoformat(),
            ]
        )
    return buffer.getvalue()


def cell(value: Any) -> str:
    """Write what people typed as a cell of a table.

    Returns:
        The same text, with an apostrophe where a spreadsheet would find the beginning of a formula.
    """
    return _FORMULA.sub(r"\1'", str(value))
