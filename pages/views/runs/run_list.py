"""What can be done with a run in the list: rename it, delete it, take the deletion back."""

import streamlit as st

from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import with_refusals_shown
from pages.text.markdown import plain

KEPT_SECONDS = 24 * 3600


@with_refusals_shown
def rename(run: Run) -> None:
    """Hand a run the name that was typed."""
    get_store().rename_run(run.id, owner(), st.session_state[f"name-{run.id}"])


@with_refusals_shown
def delete(run: Run) -> None:
    """Hide a run, and remove for good what was deleted a day ago or longer."""
    store = get_store()
    store.delete_run(run.id, owner())
    store.purge_deleted(KEPT_SECONDS)
    st.session_state["deleted_run"] = run


@with_refusals_shown
def restore(run: Run) -> None:
    """Bring a deleted run back."""
    get_store().restore_run(run.id, owner())
    st.session_state.pop("deleted_run", None)


def render_undo() -> None:
    """Offer to bring back what this tab deleted last."""
    run = st.session_state.get("deleted_run")
    if run is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"Deleted: **{plain(run.label)}**")
        st.button("Undo", on_click=restore, args=(run,))
