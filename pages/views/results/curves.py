"""How a run improved: its curves, and what they say."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_core.charts import HALVING, PLAIN, PLAIN_IN_WORDS, plot_accuracy_and_loss
from mnist_core.evaluation.accuracy import describe_curves
from mnist_core.evaluation.diagnosis import (
    Finding,
    Rule,
    describe_slope,
    diagnose,
    doubt_perfection,
    words_for,
)
from mnist_core.formatting import epochs_named
from mnist_core.serving.run_words import state
from mnist_core.store import Run, RunStatus
from pages.services.server import get_store
from pages.text.terms import linked_term
from pages.widgets.projector import sized

ICONS = {
    Rule.NOT_A_NUMBER: "error",
    Rule.TOO_FEW_EPOCHS: "hourglass_top",
    Rule.LEARNING_NOTHING: "casino",
    Rule.UNSTABLE: "ssid_chart",
    Rule.OVERFITTING: "call_split",
    Rule.STILL_RISING: "trending_up",
    Rule.HARD_TO_TELL: "help",
    Rule.LEVEL: "check_circle",
}

BY = {"Training and validation": "set", "Accuracy and loss": "metric"}
SIDES = {
    "set": "training on the left, validation on the right",
    "metric": "accuracy on the left, loss on the right, each of training and validation",
}
PLAIN_KEY = "plain-accuracy"


def render_curves(run: Run) -> None:
    """Draw the two subplots of the lesson, in either of two ways, and what they mean.

    A narrow screen scrolls sideways through the subplots.
    """
    history = get_store().read_history(run.id)
    findings = diagnose(history)
    axis = PLAIN if st.session_state.get(PLAIN_KEY) else HALVING
    st.html(
        "<style>.st-key-curves {overflow-x: auto} .st-key-curves > div {min-width: 44rem}</style>"
    )
    curves = st.container(key="curves")
    # Below the figure, which a projector has just enough room for.
    choice = st.segmented_control(
        "A graph each for",
        BY,
        default=next(iter(BY)),
        required=True,
        key="curves-by",
        persist_state="session",
        help="With accuracy and loss apart, overfitting is the gap between two curves.",
    )
    by = BY[choice]
    with curves:
        st.plotly_chart(
            sized(plot_accuracy_and_loss(history, by=by, findings=findings, accuracy_axis=axis)),
            key="chart-accuracy-and-loss",
            theme=None,
            alt=f"Accuracy and loss over the epochs, {SIDES[by]}. "
            + " ".join(describe_curves(history)),
        )
    st.toggle(PLAIN_IN_WORDS, key=PLAIN_KEY, persist_state="session")
    _render_explanation(run, history, findings)


def render_no_curves(run: Run) -> None:
    """Show why there is nothing to see yet, or ever."""
    if run.status.is_over:
        st.caption("It ended before its first epoch was complete, so it has no curves.")
    else:
        st.caption("The curves appear here when its first epoch is complete.")


def _render_explanation(
    run: Run, history: Mapping[str, Sequence[float]], findings: Sequence[Finding]
) -> None:
    """Draw a paragraph for each finding, with its evidence, and the curves in words."""
    st.caption(
        f"**{linked_term('accuracy', 'Accuracy')} and {linked_term('loss')} in words.** "
        f"{' '.join(describe_curves(history))}"
    )
    st.subheader("What the curves say", anchor=False)
    if run.status is RunStatus.FAILED:
        st.caption("This run failed: what follows is about the epochs before.")
    elif run.status is not RunStatus.FINISHED:
        st.caption(f"This run is {state(run)}: what follows is about those.")
    for finding in findings:
        st.markdown(
            f":material/{ICONS[finding.rule]}: **{finding.rule.heading}.** "
            f"{finding.sentence} {finding.advice}"
        )
        if finding.series:
            series = " and ".join(words_for(key) for key in finding.series)
            st.caption(f"Marked in the chart: {series}, {epochs_named(finding.epochs)}.")
    if slope := describe_slope(history):
        st.markdown(f":material/show_chart: **Steep at first, then flat.** {slope}")
    if doubt := doubt_perfection(history):
        st.markdown(f":material/quiz: **Too good to be true?** {doubt}")
