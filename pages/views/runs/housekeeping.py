"""House-keeping: what this browser's runs take, and how their owner makes room."""

import streamlit as st

from mnist_core.errors import StoreError
from mnist_core.formatting import counted, size
from mnist_core.store import Cleaning, Freed
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import with_refusals_shown
from pages.text import message

WHAT = {
    "Whole runs": Cleaning.RUNS,
    "Weights between the first and the last epoch": Cleaning.SNAPSHOTS,
    "Models to download": Cleaning.MODELS,
}
STAYS = {
    Cleaning.RUNS: "Nothing of them stays.",
    Cleaning.SNAPSHOTS: "Look inside then goes back in time to the start only; all else stays.",
    Cleaning.MODELS: "They can't be trained on then; curves, mistakes and Look inside stay.",
}
PARTS = {"models": "models", "snapshots": "weights of the epochs", "curves": "curves"}
KEY = "housekeeping"
DAYS = 30
DONE = "housekeeping-done"


def render_housekeeping() -> None:
    """Draw what is taken, what would become free, and after a second click the deleting."""
    # Counted when somebody wants to know: a store of a thousand runs takes a moment.
    box = st.expander(
        "House-keeping", icon=":material/cleaning_services:", key=KEY, on_change="rerun"
    )
    if not box.open:
        return
    with box:
        if done := st.session_state.pop(DONE, None):
            message.success("{done}", done=done)
        st.markdown(_taken())
        with st.container(horizontal=True, vertical_alignment="bottom"):
            what = WHAT[st.selectbox("Delete", list(WHAT), key="cleaning-what", width=420)]
            days = st.number_input(
                "Older than, in days", 0, 3650, DAYS, key="cleaning-days", width=180
            )
        freed = get_store().would_free(what, days, owner())
        if not freed.runs:
            st.caption("You have nothing that is as old as that.")
            return
        st.markdown(
            f"{counted(freed.runs, 'run')} of yours: **{size(freed.bytes)}** become free. "
            f"{STAYS[what]} Runs with a star and those that go on are left alone."
        )
        with st.popover("Delete …", icon=":material/delete:"):
            st.markdown("It will be gone for good: there is no Undo.")
            st.button("Delete for good", key="clean", on_click=_clean, args=(what, days))


def _taken() -> str:
    mine, everybody = get_store().space(owner()), get_store().space()
    of_all = f"The store of all takes {size(everybody.total)}."
    if not mine.runs:
        return f"No run here is yours. {of_all}"
    parts = [f"{words} {size(mine.parts[name])}" for name, words in PARTS.items()]
    taken = size(sum(mine.parts.values()))
    return f"Your {counted(mine.runs, 'run')}: **{taken}**, of it {', '.join(parts)}. {of_all}"


@with_refusals_shown
def _clean(what: Cleaning, days: float) -> None:
    store = get_store()
    freed = store.clean(what, days, owner())
    st.session_state[DONE] = f"{_deleted(freed)} {_shrink()}"


def _deleted(freed: Freed) -> str:
    return f"{size(freed.bytes)} of {counted(freed.runs, 'run')} deleted."


def _shrink() -> str:
    """Give the space back where nobody has to wait for it, and say what came of it."""
    later = "The room is used for new runs; “python -m mnist_core housekeeping --shrink” gives it "
    if get_store().is_training():
        return f"{later}back to the disk, once nothing trains."
    try:
        return f"The store is {size(get_store().compact())} smaller now."
    except StoreError:  # somebody writes, or the disk has no room for the copy
        return f"{later}back to the disk."
