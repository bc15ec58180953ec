"""What a run came to: its accuracy, what that is worth, its loss, its time."""

import streamlit as st

from mnist_core.formatting import duration, loss_text, percent
from mnist_core.lesson.glossary import explain
from mnist_core.serving.run_words import state, trained_on
from mnist_core.store import Run
from pages.text import message
from pages.text.markdown import plain
from pages.views.shared.run_result import describe_result, measured_accuracy, sample_note


def render_numbers(run: Run) -> None:
    """Draw the figures that a run came to."""
    with st.container(horizontal=True):
        st.metric("Test accuracy", percent(run.test_accuracy), help=explain("test"))
        st.metric("Test loss", loss_text(run.test_loss), help=explain("loss"))
        st.metric("Validation accuracy", percent(run.val_accuracy), help=explain("validation"))
        st.metric("Training time", duration(run.seconds))
    if run.test_accuracy is not None:
        # What it is worth: in digits, beside guessing, and how certain.
        accuracy = measured_accuracy(run)
        st.markdown(describe_result(run))
        notes = (
            accuracy.beside_guessing,
            accuracy.uncertainty,
            sample_note(run),
            plain(trained_on(run)),
        )
        st.caption(" ".join(filter(None, notes)))
    elif run.status.is_over:
        message.info(
            "This run is {state}: it never came to its test. {error} {advice}",
            state=state(run),
            error=run.error or "",
            advice=run.advice or "",
        )
    else:
        message.info("This run is {state}. The test comes at its end.", state=state(run))
