"""What the numbers of a run mean: its accuracy, and what its curves say."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_core.evaluation.accuracy import describe_curves
from mnist_core.evaluation.diagnosis import Finding, Rule, words_for
from mnist_core.formatting import epochs_named
from mnist_core.serving.run_words import state
from mnist_core.store import Run, RunStatus
from pages.views.shared.run_result import describe_result, measured_accuracy, sample_note

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


def render_accuracy(run: Run) -> None:
    """Show what the test accuracy is worth: in digits, beside guessing, and how certain."""
    accuracy = measured_accuracy(run)
    st.markdown(describe_result(run))
    st.caption(f"{accuracy.beside_guessing} {accuracy.uncertainty} {sample_note(run)}".strip())


def render_no_curves(run: Run) -> None:
    """Show why there is nothing to see yet, or ever."""
    if run.status.is_over:
        st.caption("It ended before its first epoch was complete, so it has no curves.")
    else:
        st.caption("The curves appear here when its first epoch is complete.")


def render_explanation(
    run: Run, history: Mapping[str, Sequence[float]], findings: Sequence[Finding]
) -> None:
    """Draw a paragraph for each finding, with its evidence, and the curves in words."""
    st.caption(f"**The curves in words.** {' '.join(describe_curves(history))}")
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
