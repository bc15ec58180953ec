"""Runs that were taken away, brought back from their file: they are this browser's from then on."""

import streamlit as st

from mnist_core.data import Dataset, load_mnist
from mnist_core.errors import MnistError
from mnist_core.export import import_runs
from pages.services.server import get_shelf, get_store
from pages.session.browser import owner
from pages.text import message
from pages.widgets.upload_trouble import render_upload_trouble

KEY = "brought-file"
DONE, REFUSED, ADDED = "brought-back", "brought-refusal", "brought-runs"
MOST_MEGABYTES = 100
LABEL = "A .zip that was taken away"
HELP = (
    "As “Take away” on Results gives it, or “python -m mnist_core export”. All runs in it come "
    "back with the same numbers, or none; nothing in it is run."
)
NOT_ARRIVED = (
    "The file did not arrive: something between this browser and the server refused it, perhaps "
    "for its size. Nothing was changed. “python -m mnist_core import” takes larger ones."
)
LOST = "The server was started anew and does not have this file any more. Choose it once again."


def render_bring_back() -> None:
    """Draw the field for a file, and what came of it."""
    with st.expander("Bring back runs", icon=":material/upload:", key="bring-back"):
        file = st.file_uploader(
            LABEL, "zip", key=KEY, max_upload_size=MOST_MEGABYTES, help=HELP, on_change=_bring_back
        )
        render_upload_trouble(
            has_file=file is not None, key="brought-trouble", refused=NOT_ARRIVED, lost=LOST
        )
        if file is not None:
            _render_outcome()


def _render_outcome() -> None:
    if refusal := st.session_state.get(REFUSED):
        message.error("{refusal} Nothing was changed.", refusal=refusal)
    elif done := st.session_state.get(DONE):
        added = st.session_state[ADDED]
        (message.success if added else message.info)("{done}", done=done)
        if len(added) == 1:
            st.page_link("results.py", label="Open it", query_params={"run": added[0]})


def _bring_back() -> None:
    """Take up the file that was just chosen."""
    for name in (DONE, REFUSED, ADDED):
        st.session_state.pop(name, None)
    file = st.session_state.get(KEY)
    if file is None:
        return
    try:
        brought = import_runs(get_store(), file, owner=owner(), find_dataset=_find_dataset)
    except MnistError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state[DONE], st.session_state[ADDED] = brought.sentence, brought.added


def _find_dataset(digest: str) -> Dataset | None:
    """Find digits without a download, which the foot of the page offers."""
    at_hand = (get_shelf().current, load_mnist("sample"))
    return next((dataset for dataset in at_hand if dataset.digest == digest), None)
