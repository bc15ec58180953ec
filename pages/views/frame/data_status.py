"""Which digits are in use, under every page, and the way to get all of them."""

import streamlit as st

from mnist_core import environment
from mnist_core.data import Dataset, DataShelf, DownloadStatus
from pages.services.server import get_shelf, get_store_health, get_wrong_variables
from pages.text import message
from pages.text.markdown import plain


def render_data_status() -> None:
    """Show which data is loaded, from where, and under which licence."""
    shelf = get_shelf()
    dataset = shelf.current
    st.divider()
    with st.container(key="data-status"):
        for problem in filter(
            None,
            (
                *get_wrong_variables(),
                get_store_health().words(),
                shelf.problem,
                shelf.peculiarity,
            ),
        ):
            message.warning("{problem}", problem=problem)
        if dataset.is_sample:
            _render_sample(shelf, dataset)
        else:
            st.caption(
                f"**{plain(dataset.description)}**, {plain(f'{dataset.source}. {dataset.licence}')}"
            )


def _render_sample(shelf: DataShelf, dataset: Dataset) -> None:
    st.caption(
        f"**{plain(dataset.description)}: connect once to get all 70,000.** "
        f"This one is {plain(f'{dataset.source}. {dataset.licence}')}"
    )
    if shelf.download.status is DownloadStatus.RUNNING:
        _render_download()
        return
    if shelf.download.status is DownloadStatus.FAILED:
        st.caption(plain(shelf.download.error))
    if environment.is_offline():
        st.caption(
            "Downloads are switched off on this server. Whoever runs it can start it without "
            "MNIST_OFFLINE, or with MNIST_PATH set to a file of MNIST."
        )
        return
    st.button("Get all 70,000 digits", on_click=_start_download, key="get-mnist")


def _start_download() -> None:
    get_shelf().start_download()


@st.fragment(run_every=1.0)
def _render_download() -> None:
    """Show how far the download is; when it ends, the whole page is drawn anew."""
    download = get_shelf().download
    if download.status is not DownloadStatus.RUNNING:
        st.rerun()
    done, total = download.bytes_done, download.bytes_total
    words = f"Getting all 70,000 digits: {done / 1e6:.1f} of {total / 1e6:.1f} MB"
    st.progress(min(1.0, done / total) if total else 0.0, text=words if total else "Connecting …")
