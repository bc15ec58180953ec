"""One digit in full: what the network said, why, and what it learned from that looks alike."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.charts import plot_evidence
from mnist_core.config import NO_GUESS
from mnist_core.formatting import article, percent
from pages.views.mistakes import explanations
from pages.views.shared.chart import render_chart
from pages.views.shared.evaluated_run import TEST, EvaluatedRun
from pages.views.shared.look_inside import ICON, LABEL, look_inside, open_inside
from pages.views.shared.probabilities import render_probabilities
from pages.widgets.digit_grid import render_digit_grid

OPEN_DIGIT_KEY = "open_digit"


@dataclass(frozen=True)
class OpenDigit:
    """A digit that is open in full, and those that come before and after it.

    Attributes:
        evaluated: what the positions count in.
        positions: intp (n,), the digits of the gallery in its order.
        place: which of them is open.
    """

    evaluated: EvaluatedRun
    positions: npt.NDArray[np.intp]
    place: int

    @property
    def position(self) -> int:
        """Where the open digit stands in the evaluation."""
        return int(self.positions[self.place])


def open_digit(evaluated: EvaluatedRun, positions: npt.NDArray[np.intp], position: int) -> None:
    """Open a digit of a gallery in full, as soon as the page is drawn."""
    [place] = np.flatnonzero(positions == position)
    st.session_state[OPEN_DIGIT_KEY] = OpenDigit(evaluated, positions, int(place))


def close_digit() -> None:
    """Show no digit in full any more."""
    st.session_state.pop(OPEN_DIGIT_KEY, None)


def render_open_digit() -> None:
    """Draw the digit that is open, if one is."""
    if OPEN_DIGIT_KEY in st.session_state:
        _render_dialog()


@st.dialog("One digit in full", width="large", on_dismiss=close_digit)
def _render_dialog() -> None:
    sample: OpenDigit | None = st.session_state.get(OPEN_DIGIT_KEY)
    if sample is None:
        return
    _render_steps(sample)
    st.markdown(_in_words(sample))
    picture, probabilities, evidence = st.columns([3, 4, 5], gap="medium")
    with picture:
        _render_picture(sample)
    with probabilities:
        evaluation = sample.evaluated.evaluation
        true = int(evaluation.y_true[sample.position])
        render_probabilities(evaluation.y_prob[sample.position], true, "chart-likelihoods")
    with evidence:
        _render_evidence(sample)
    _render_neighbours(sample)
    _render_history(sample)


def _render_steps(sample: OpenDigit) -> None:
    count = len(sample.positions)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Previous",
            key="previous-sample",
            icon=":material/chevron_left:",
            disabled=sample.place == 0,
            on_click=_step,
            args=(-1,),
            shortcut="P",
        )
        st.button(
            "Next",
            key="next-sample",
            icon=":material/chevron_right:",
            disabled=sample.place == count - 1,
            on_click=_step,
            args=(1,),
            shortcut="N",
        )
        st.markdown(f"**{sample.place + 1:,} of {count:,}**")
        if st.button(LABEL, icon=ICON, key="sample-inside"):
            _look_inside(sample)


def _look_inside(sample: OpenDigit) -> None:
    evaluated, position = sample.evaluated, sample.position
    close_digit()
    if evaluated.part == TEST:
        open_inside(int(evaluated.evaluation.indices[position]))
    [image] = evaluated.images(np.array([position]))
    look_inside(image, int(evaluated.evaluation.y_true[position]), evaluated.name(position))


def _step(by: int) -> None:
    sample = st.session_state.get(OPEN_DIGIT_KEY)
    if sample is None:  # closed meanwhile
        return
    place = min(max(sample.place + by, 0), len(sample.positions) - 1)
    st.session_state[OPEN_DIGIT_KEY] = OpenDigit(sample.evaluated, sample.positions, place)


def _in_words(sample: OpenDigit) -> str:
    evaluated, position = sample.evaluated, sample.position
    evaluation = evaluated.evaluation
    true = evaluation.y_true[position]
    start = f"This is {article(true)} **{true}**, {evaluated.name(position)}."
    if evaluation.y_pred[position] == NO_GUESS:
        return f"{start} The network's numbers overflowed: it has no guess."
    second = evaluation.second[position]
    return (
        f"{start} The network says **{evaluated.guess(position)}**, "
        f"{percent(evaluation.confidence[position])} sure. Its second guess is {second}, "
        f"{percent(evaluation.y_prob[position, second])}."
    )


def _render_picture(sample: OpenDigit) -> None:
    evaluated, position = sample.evaluated, sample.position
    render_digit_grid(
        evaluated.images(np.array([position])),
        [evaluated.caption(position)],
        [evaluated.describe(position)],
        label="The digit",
        key="sample-picture",
        right=[evaluated.evaluation.right[position]],
        picture_size=14,
    )


def _render_evidence(sample: OpenDigit) -> None:
    found = explanations.evidence(sample.evaluated, sample.position)
    if found is None:
        return
    st.markdown(f"**Which pixels spoke for {found.guess}, and which for {found.other}?**")
    true = int(sample.evaluated.evaluation.y_true[sample.position])
    render_chart(
        plot_evidence(found.pixels, found.guess, found.other, true),
        key="chart-evidence",
        alt=f"Where ink spoke for {found.guess} and where for {found.other}, pixel by pixel.",
    )
    st.caption(explanations.EVIDENCE_EXPLAINED)


def _render_neighbours(sample: OpenDigit) -> None:
    images = sample.evaluated.images(np.array([sample.position]))
    found = explanations.neighbours(sample.evaluated, images[0])
    for column, alike in zip(st.columns(2, gap="medium"), found, strict=False):
        with column:
            st.markdown(f"**{alike.title}**")
            st.caption(alike.explained)
            render_digit_grid(
                alike.images,
                alike.labels.astype(str).tolist(),
                [
                    f"training digit number {index:,}, {article(label)} {label}"
                    for index, label in zip(alike.indices, alike.labels, strict=True)
                ],
                label=alike.title,
                key=f"neighbours-{alike.key}",
                picture_size=3.5,
            )


def _render_history(sample: OpenDigit) -> None:
    found = explanations.learning_history(sample.evaluated, sample.position)
    if found is None:
        return
    words = found.words()
    st.markdown(f"**Over the epochs.** {words}")
    st.table(explanations.history_table(found), alt=f"The guess after each kept epoch. {words}")
