"""What settings will take, said before anything is started."""

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.formatting import duration
from pages.services.server import get_shelf
from pages.text.terms import linked_term
from pages.views.shared.cost import expected_cost
from pages.views.train.speed import chosen_pace


def render_cost(config: TrainingConfig) -> None:
    """Show what these settings take before anything is started."""
    expected = expected_cost(config, get_shelf().current)
    seconds = max(expected.seconds, config.epochs * chosen_pace())
    st.caption(
        f"{expected.parameters:,} {linked_term('parameter', 'parameters')}, "
        f"{expected.updates:,} {linked_term('update', 'updates')}, about {duration(seconds)}"
    )
