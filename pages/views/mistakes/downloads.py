"""The mistakes to take away: as a table and as a sheet of pictures."""

import numpy as np
import streamlit as st

from mnist_core.evaluation.contact_sheet import MOST_ON_A_SHEET, draw_contact_sheet
from mnist_core.serving.run_words import in_short
from pages.views.shared.evaluated_run import EvaluatedRun


def render_downloads(evaluated: EvaluatedRun) -> None:
    """Draw the buttons; the sheet takes a moment, so it is made when its button is pressed."""
    name = f"mistakes-{evaluated.run.id}"
    with st.container(horizontal=True):
        st.download_button(
            "Download as CSV",
            evaluated.evaluation.mistakes_csv(),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            help="Index, true digit, guess and the ten likelihoods of every wrong digit.",
        )
        st.download_button(
            "Download as a picture sheet",
            lambda: _sheet(evaluated),
            f"{name}.png",
            "image/png",
            on_click="ignore",
            icon=":material/image:",
            help=f"The first {MOST_ON_A_SHEET} wrong digits with what they are and what they were "
            "taken for, to print.",
        )


def _sheet(evaluated: EvaluatedRun) -> bytes:
    evaluation = evaluated.evaluation
    images = evaluated.images(np.arange(len(evaluation)))
    wrong = evaluation.select("wrong", order="index")
    return draw_contact_sheet(images, evaluation, wrong, in_short(evaluated.run))
