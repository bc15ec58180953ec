"""The buttons of the Train page: Train, One epoch, Pause or Continue, Stop."""

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.store import Run, RunStatus
from pages.session.person import is_class_paused
from pages.session.rights import may_change, may_end
from pages.views.shared.cost import render_cost
from pages.views.train import actions


def render_buttons(run: Run | None, config: TrainingConfig | None) -> None:
    """Draw Train, One epoch, Pause or Continue, and Stop; what can't be done now is grey."""
    status = run.status if run is not None and may_change(run) else None
    paused = status is RunStatus.PAUSED
    active = status is not None and not status.is_over and not paused
    locked = is_class_paused()
    with st.container(horizontal=True, key="buttons"):
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=active or locked or config is None,
            on_click=actions.start,
        )
        st.button(
            "One epoch",
            icon=":material/skip_next:",
            disabled=active or locked or config is None,
            on_click=actions.one_epoch,
            args=(run if paused else None,),
            help="Train one epoch, then pause.",
        )
        if paused:
            st.button(
                "Continue",
                icon=":material/resume:",
                disabled=locked,
                on_click=actions.go_on,
                args=(run,),
            )
        else:
            st.button(
                "Pause",
                icon=":material/pause:",
                disabled=not active,
                on_click=actions.pause,
                args=(run,),
            )
        st.button(
            "Stop",
            icon=":material/stop:",
            disabled=run is None or run.status.is_over or not may_end(run),
            on_click=actions.stop,
            args=(run,),
        )
    if config is not None:
        render_cost(config)
    actions.render_confirmation()
    if run is not None and status is None:
        st.caption("You are watching somebody else's run. Train starts one of your own.")
