"""Buttons that give runs away: one run or several."""

from collections.abc import Callable, Sequence

import streamlit as st

from mnist_core.export import archive_bytes, runs_csv
from mnist_core.export.layout import MOST_RUNS
from mnist_core.store import Run
from pages.services.server import get_store

ICON = ":material/download:"
ZIP = "application/zip"


def render_download(
    label: str, make: Callable[[], str | bytes], file: str, kind: str, about: str
) -> None:
    """Draw a button for a file that is made when the button is pressed.

    Args:
        label: on the button.
        make: gives the file; it may not draw anything.
        file: its name.
        kind: its MIME type.
        about: what it is good for.
    """
    st.download_button(
        label, make, file, kind, key=f"take-{label}", on_click="ignore", icon=ICON, help=about
    )


def render_runs_download(runs: Sequence[Run]) -> None:
    """Draw the button that gives several runs away, as a zip or as a table; without any, grey."""
    run_ids = [run.id for run in runs]
    with st.popover("Download", icon=ICON, key="download-runs", disabled=not runs):
        if len(runs) > MOST_RUNS:
            st.caption(f"A zip has room for {MOST_RUNS} runs. Choose fewer of them.")
        else:
            render_download(
                "Download the runs (.zip)",
                lambda: archive_bytes(get_store(), run_ids),
                "runs.zip",
                ZIP,
                "All that belongs to them. “Bring back runs” takes it, here or elsewhere.",
            )
        render_download(
            "Download the table (.csv)",
            lambda: runs_csv(runs),
            "runs.csv",
            "text/csv",
            "A row a run: its settings and what came of it.",
        )
