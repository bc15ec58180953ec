"""Results: how a run improved, its numbers, its model."""

import pandas as pd
import streamlit as st

from mnist_core.charts import plot_accuracy_and_loss
from mnist_core.evaluation.accuracy import describe_curves
from mnist_core.evaluation.diagnosis import diagnose
from mnist_core.formatting import duration, percent
from mnist_core.lesson.glossary import explain
from mnist_core.serving.run_words import state
from mnist_core.store import EpochRecord, Run
from pages.services.server import get_store
from pages.session.watched_run import pick_run
from pages.views import mistakes
from pages.views.results.explanation import render_accuracy, render_explanation, render_no_curves
from pages.widgets.projector import sized

COLUMNS = ["accuracy", "loss", "val_accuracy", "val_loss", "seconds"]


def render_numbers(run: Run) -> None:
    """Draw the figures that a run came to."""
    with st.container(horizontal=True):
        st.metric("Test accuracy", percent(run.test_accuracy), help=explain("test"))
        loss = "–" if run.test_loss is None else f"{run.test_loss:.4f}"
        st.metric("Test loss", loss, help=explain("loss"))
        st.metric("Validation accuracy", percent(run.val_accuracy), help=explain("validation"))
        st.metric("Training time", duration(run.seconds))
    if run.test_accuracy is not None:
        render_accuracy(run)
    elif run.status.is_over:
        st.info(
            f"This run is {state(run)}: it never came to its test. "
            f"{run.error or ''} {run.advice or ''}"
        )
    else:
        st.info(f"This run is {state(run)}. The test comes at its end.")


def render_next(run: Run) -> None:
    """Name the digit that the run reads worst, and lead on to its mistakes and its inside."""
    evaluated = mistakes.evaluate(run)
    if evaluated is not None:
        st.markdown(mistakes.hardest_in_words(evaluated))
    with st.container(horizontal=True):
        st.page_link("mistakes.py", label="Look at its mistakes", icon=":material/search:")
        st.page_link("inside.py", label="Look inside it", icon=":material/visibility:")
        st.page_link("draw.py", label="Let it read your digits", icon=":material/draw:")


def render_curves(run: Run) -> None:
    """Draw the two subplots of the lesson and what they mean.

    A narrow screen scrolls sideways through the subplots.
    """
    history = get_store().read_history(run.id)
    findings = diagnose(history)
    st.html(
        "<style>.st-key-curves {overflow-x: auto} .st-key-curves > div {min-width: 44rem}</style>"
    )
    with st.container(key="curves"):
        st.plotly_chart(
            sized(plot_accuracy_and_loss(history, findings=findings)),
            key="chart-accuracy-and-loss",
            theme=None,
            alt="Accuracy and loss over the epochs, training on the left, validation on the right. "
            + " ".join(describe_curves(history)),
        )
    render_explanation(run, history, findings)


def render_table(run: Run, epochs: list[EpochRecord]) -> None:
    """Draw the numbers behind the curves, to look at and to take away."""
    table = pd.DataFrame(epochs).assign(epoch=lambda frame: frame["epoch"] + 1)
    table = table.set_index("epoch")[COLUMNS]
    st.subheader("The numbers behind the curves", anchor=False)
    st.dataframe(table.style.format("{:.4f}"), alt="Accuracy and loss after every epoch")
    st.download_button(
        "Download as CSV", table.to_csv(), f"run-{run.id}.csv", "text/csv", on_click="ignore"
    )


def render_model(run: Run) -> None:
    """Draw the model as Keras describes it, and give it away."""
    store = get_store()
    st.subheader("The model", anchor=False)
    summary = store.load_summary(run.id)
    if summary:
        st.code(summary, language=None)
    model = store.load_model(run.id)
    if model:
        st.download_button(
            "Download the model (.keras)",
            model,
            f"digits-{run.id}.keras",
            "application/octet-stream",
            on_click="ignore",
            help="Opens with keras.saving.load_model, anywhere Keras is.",
        )


st.title("Results", anchor=False)
run = pick_run()
if run is None:
    st.info("No run yet. Train a network first: its results appear here.")
    st.page_link("train.py", label="Train a network", icon=":material/play_circle:")
else:
    render_numbers(run)
    epochs = get_store().read_epochs(run.id)
    if epochs:
        render_curves(run)
    else:
        render_no_curves(run)
    render_next(run)
    if epochs:
        render_table(run, epochs)
    render_model(run)
