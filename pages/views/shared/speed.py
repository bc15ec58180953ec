"""How long an epoch lasts: as short as it can, or a second to explain what happens."""

import streamlit as st

from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.refusal import with_refusals_shown
from pages.session.rights import changes_as, may_change

SPEEDS = {"As fast as possible": 0.0, "One second an epoch": 1.0}


def render_speed(run: Run | None) -> None:
    """Draw the choice of the speed; a run that is going on follows it."""
    st.segmented_control(
        "Speed",
        SPEEDS,
        default=next(iter(SPEEDS)),
        required=True,
        key="speed",
        persist_state="session",
        on_change=_follow_speed,
        args=(run,),
        help="One second an epoch leaves time to explain what happens.",
    )


def chosen_pace() -> float:
    """Read how many seconds an epoch shall last; 0.0 is as fast as possible."""
    return SPEEDS.get(st.session_state.get("speed", ""), 0.0)


@with_refusals_shown
def _follow_speed(run: Run | None) -> None:
    """Change the pace of a run that is going on."""
    if run is not None and not run.status.is_over and may_change(run):
        get_store().set_pace(run.id, changes_as(run.owner), chosen_pace())
