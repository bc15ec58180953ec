"""From a run to one like it: its settings on the sliders, its curves behind the new one's."""

import streamlit as st

from mnist_core.store import Run
from pages.session.open_task import set_controls
from pages.session.run_behind import BEHIND_PARAMETER, pin

ICON = ":material/tune:"


def begin_from(run: Run) -> None:
    """Put a run's settings on the sliders of Train, and let its curves lie behind."""
    set_controls(run.config)
    pin(run.id)


def render_change_one_thing(run: Run) -> None:
    """Draw the button that leaves for Train with a run's settings."""
    if st.button("Change one thing", icon=ICON, help="Its settings on the sliders of Train."):
        begin_from(run)
        st.switch_page("train.py", query_params={"run": run.id, BEHIND_PARAMETER: run.id})
