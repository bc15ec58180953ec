"""Again from here: more epochs for a run that is over, in a new run."""

import streamlit as st

from mnist_core.config import LIMITS
from mnist_core.errors import ConfigError
from mnist_core.formatting import counted
from mnist_core.store import Run, RunStatus
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import render_refusal, with_refusals_shown
from pages.session.watched_run import watch

KEY = "epochs_in_all"
_STARTED = "went_on"


def render_again(run: Run) -> None:
    """Draw how many epochs a run shall have in all, and the button that trains on."""
    if st.session_state.pop(_STARTED, False):
        st.switch_page("train.py", query_params={"run": run.id})
    if run.continued_from:
        st.page_link(
            "results.py",
            label="The run that it goes on from",
            query_params={"run": run.continued_from},
            icon=":material/history:",
        )
    if run.status not in (RunStatus.FINISHED, RunStatus.STOPPED):
        return
    st.subheader("Again from here", anchor=False)
    render_refusal()
    most = int(LIMITS["epochs"].maximum)
    if run.epochs_done >= most:
        st.caption(f"It has {most} epochs: no more are allowed.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Epochs in all",
            value=min(most, max(run.config.epochs, 2 * run.epochs_done)),
            step=1,
            key=f"{KEY}-{run.id}",
            width=160,
        )
        st.button("Train on", on_click=_train_on, args=(run,), icon=":material/resume:")
    st.caption(
        f"A new run goes on after {counted(run.epochs_done, 'epoch')}, with these weights; it ends "
        "with the very weights of one that had all its epochs from the start, on the same kind of "
        "computer. This one stays as it is."
    )


@with_refusals_shown
def _train_on(run: Run) -> None:
    epochs = st.session_state.get(f"{KEY}-{run.id}")
    if epochs is None:
        raise ConfigError("Say how many epochs the new run shall have in all.", "epochs")
    more = get_store().extend_run(run.id, epochs, owner=owner())
    watch(more.id)
    st.session_state[_STARTED] = True
