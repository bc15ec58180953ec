"""How well each digit is read, and whether a confidence can be trusted."""

import pandas as pd
import streamlit as st

from mnist_core.charts import plot_calibration
from mnist_core.formatting import percent
from mnist_core.lesson.glossary import explain
from pages.text.terms import linked_term
from pages.views.shared.chart import render_chart
from pages.views.shared.evaluated_run import EvaluatedRun, hardest_in_words

REPORT_TERMS = ("precision", "recall", "F1", "support")


def render_digit_by_digit(evaluated: EvaluatedRun) -> None:
    """Draw the report and the calibration."""
    report = evaluated.evaluation.report()
    st.subheader("Every digit", anchor=False)
    st.markdown(hardest_in_words(evaluated))
    # As words: Streamlit leaves out an index that merely counts.
    named = report.set_axis(pd.Index(map(str, report.index), name="digit"))
    named.columns = pd.Index(map(linked_term, REPORT_TERMS))
    *shares, count = named.columns
    st.table(
        named.style.format("{:.3f}", subset=pd.Index(shares)).format("{:,}", subset=[count]),
        alt="Precision, recall, F1 and support of each digit",
    )
    _render_calibration(evaluated)


def _render_calibration(evaluated: EvaluatedRun) -> None:
    calibration = evaluated.evaluation.calibration()
    st.subheader("Is “90 % sure” right 90 % of the time?", anchor=False)
    st.caption(explain("calibration"))
    too = _leaning(evaluated)
    measured = "expected calibration error"
    words = (
        f"On average, confidence and accuracy lie {calibration.ece * 100:.1f} points apart "
        f"({{measured}} {calibration.ece:.3f}). {too}"
    )
    st.markdown(words.format(measured=linked_term("calibration", measured)))
    render_chart(
        plot_calibration(calibration),
        key="chart-calibration",
        alt=f"Accuracy over confidence, in ten bins. {words.format(measured=measured)}",
    )


def _leaning(evaluated: EvaluatedRun) -> str:
    evaluation = evaluated.evaluation
    sure = float(evaluation.confidence.mean())
    compared = (
        f"it is {percent(sure)} sure on average, and {percent(evaluation.accuracy)} are right"
    )
    if percent(sure) == percent(evaluation.accuracy):
        return f"This network is as sure as it should be: {compared}."
    if sure > evaluation.accuracy:
        return f"This network is surer than it should be: {compared}."
    return f"This network is less sure than it could be: {compared}."
