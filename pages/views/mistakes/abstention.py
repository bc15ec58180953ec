"""What if a network could say "I don't know"? What it then answers, and what it leaves out."""

import numpy as np
import streamlit as st

from mnist_core.charts import plot_abstention, threshold_name
from mnist_core.evaluation.predictions import Abstention
from mnist_core.formatting import percent
from pages.views.mistakes.gallery import render_gallery
from pages.views.shared.chart import render_chart
from pages.views.shared.evaluated_run import EvaluatedRun

THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
AT_FIRST = 0.8


def render_abstention(evaluated: EvaluatedRun) -> None:
    """Draw the threshold, what it does as words and as curves, and the digits left out."""
    st.markdown(
        "A network always answers, even where it is only 30 % sure. Let it answer only when it is "
        "sure enough, and leave the rest to a person."
    )
    threshold = st.select_slider(
        "It answers when it is at least this sure",
        THRESHOLDS,
        AT_FIRST,
        format_func=threshold_name,
        key="sure_enough",
    )
    abstention = evaluated.evaluation.abstention(THRESHOLDS)
    said = _in_words(abstention, THRESHOLDS.index(threshold), evaluated.part)
    st.markdown(said)
    render_chart(
        plot_abstention(abstention, threshold),
        key="chart-abstention",
        alt=f"Answered and wrong digits over the threshold. {said.replace('**', '')}",
    )
    _render_left_out(evaluated, threshold)


def _in_words(abstention: Abstention, place: int, part: str) -> str:
    digits, answered = abstention.digits, int(abstention.answered[place])
    if answered == 0:
        return f"It answers **none of {digits:,}** {part.lower()} digits. Ask less of it."
    wrong = answered - int(abstention.right[place])
    are_wrong = f"{wrong:,} of these are wrong" if wrong else "all of these are right"
    share = f", {percent(wrong / answered)}" if wrong else ""
    said = (
        f"It answers **{answered:,} of {digits:,}** {part.lower()} digits; **{are_wrong}**{share}."
    )
    left_out = digits - answered
    if left_out == 0:
        return f"{said} It leaves out none."
    mistakes = digits - int(abstention.right[0]) - wrong
    return (
        f"{said} It leaves out **{left_out:,}**, of which **{mistakes:,}** would have been wrong."
    )


def _render_left_out(evaluated: EvaluatedRun, threshold: float) -> None:
    confidence = evaluated.evaluation.confidence
    left_out = np.flatnonzero(confidence < threshold)
    if len(left_out):
        st.subheader("Left to a person, the least sure first", anchor=False)
        in_order = left_out[np.argsort(confidence[left_out], kind="stable")]
        render_gallery(evaluated, in_order, key="left-out")
