"""The way from an accuracy to one digit: the confusion matrix, filters and the gallery."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.config import NO_GUESS
from mnist_core.evaluation.diagnosis import SKILLED
from mnist_core.evaluation.predictions import ORDERS, UNSURE_BELOW
from mnist_core.formatting import listed
from mnist_core.lesson.glossary import explain
from pages.text import message
from pages.text.terms import linked_term
from pages.views.mistakes.downloads import render_downloads
from pages.views.mistakes.gallery import render_gallery
from pages.views.shared.digit_choice import ALL, ALL_OR_ONE
from pages.views.shared.evaluated_run import EvaluatedRun
from pages.widgets.confusion_matrix import EVERYTHING, Choice, render_confusion_matrix

WRONG, UNSURE = "Wrong", "Right but unsure"
FULL_RANGE = (0, 100)
ADJECTIVES = {"wrong": "wrong", "right": "right", "unsure": "right but unsure"}
NO_MISTAKE = "Not a single mistake: every one of these {count:,} digits is read right."


def render_overview(evaluated: EvaluatedRun) -> None:
    """Draw the matrix, and beside it the digits that its choice and the filters leave."""
    st.markdown(_in_words(evaluated))
    matrix, chosen = st.columns(2, gap="medium")
    with matrix:
        _render_matrix(evaluated)
        render_downloads(evaluated)
    with chosen:
        title = st.container()
        kind, order = _render_filters()
        positions = _selected(evaluated, kind, order)
        with title:
            _render_title(positions, kind)
        _render_digits(evaluated, positions)


def _in_words(evaluated: EvaluatedRun) -> str:
    evaluation = evaluated.evaluation
    wrong = int((~evaluation.right).sum())
    if not wrong:
        return NO_MISTAKE.format(count=len(evaluation))
    words = f"**{wrong:,} of {len(evaluation):,}** {evaluated.part.lower()} digits are read wrong."
    frequent = [
        f"{mistake.true} taken for {mistake.guess} ({mistake.times:,} times)"
        for mistake in evaluation.frequent_mistakes(3)
    ]
    without = int((evaluation.y_pred == NO_GUESS).sum())
    overflown = (
        f" For {without:,} digits its numbers overflowed: they have no guess, count as wrong, and "
        "stand in no cell of the table."
    )
    most = f" Most often: {listed(frequent)}." if frequent else ""
    return words + most + overflown * bool(without)


def _render_matrix(evaluated: EvaluatedRun) -> None:
    with st.container(key="cells-shown"):
        shares = st.segmented_control(
            "The cells show",
            ("Counts", "Shares of the row in %"),
            default="Counts",
            required=True,
            key="cells",
            persist_state="session",
            help=explain("confusion matrix"),
        )
    render_confusion_matrix(
        evaluated.evaluation.confusion,
        label="A row is a true digit, a column a guess. Choose one, or a cell.",
        key="chart-confusion",
        shares=shares != "Counts",
        chosen=_choice(),
        on_choose=_choose,
    )


def _render_filters() -> tuple[str, str]:
    with st.container(horizontal=True):
        st.selectbox("True digit", ALL_OR_ONE, key="true_digit", bind="query-params", width=110)
        st.selectbox("Guess", ALL_OR_ONE, key="guess", bind="query-params", width=110)
        order = st.selectbox(
            "Sort by",
            ORDERS,
            format_func=lambda name: ORDERS[name].capitalize(),
            key="order",
            persist_state="session",
        )
    with st.container(horizontal=True):
        kind = st.segmented_control(
            "Show",
            (WRONG, UNSURE),
            default=WRONG,
            required=True,
            key="kind",
            help=f"Unsure is a guess with a confidence below {UNSURE_BELOW * 100:.0f} %.",
        )
        st.slider(
            "Confidence in %", *FULL_RANGE, FULL_RANGE, key="confidence", help=explain("confidence")
        )
    return kind, order


def _selected(evaluated: EvaluatedRun, kind: str, order: str) -> npt.NDArray[np.intp]:
    low, high = st.session_state["confidence"]
    return evaluated.evaluation.select(
        _kind_of(kind),
        true=_choice().true,
        guess=_choice().guess,
        confidence=(low / 100, high / 100),
        order=order,
    )


def _kind_of(kind: str) -> str:
    """The diagonal holds what was read right: there, wrong digits can't be meant."""
    if kind == UNSURE:
        return "unsure"
    choice = _choice()
    return "right" if choice.true is not None and choice.true == choice.guess else "wrong"


def _render_title(positions: npt.NDArray[np.intp], kind: str) -> None:
    choice = _choice()
    which = [
        "" if choice.true is None else f"true digit {choice.true}",
        "" if choice.guess is None else f"guess {choice.guess}",
    ]
    words = ", ".join(filter(None, which)) or "all digits"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{len(positions):,} {ADJECTIVES[_kind_of(kind)]}: {words}", anchor=False)
        if choice != EVERYTHING:
            st.button("Show all mistakes", on_click=_choose, args=(EVERYTHING,), type="tertiary")


def _render_digits(evaluated: EvaluatedRun, positions: npt.NDArray[np.intp]) -> None:
    if len(positions):
        st.caption("The true digit → the guess. Choose one to see it in full.")
        if not evaluated.evaluation.right[positions].all():
            st.caption(_about_outliers(evaluated))
        render_gallery(evaluated, positions, "gallery-mistakes")
    else:
        message.info(
            "No digit is left by these filters. Choose another cell, or show all mistakes."
        )


def _about_outliers(evaluated: EvaluatedRun) -> str:
    """Name what even a good network reads wrong, and say whether these digits are such."""
    outliers = f"{linked_term('outlier', 'outliers')}: images unlike all others"
    if evaluated.evaluation.accuracy < SKILLED:
        return (
            "A better network would read many of these right. What even a good one reads wrong "
            f"are {outliers}."
        )
    return f"What even a good network like this one reads wrong are {outliers}."


def _choice() -> Choice:
    chosen = (st.session_state.get(key, ALL) for key in ("true_digit", "guess"))
    return Choice(*(None if digit == ALL else int(digit) for digit in chosen))


def _choose(choice: Choice) -> None:
    """Show just what the cell counts: no other filter holds back a digit."""
    for key, digit in zip(("true_digit", "guess"), choice, strict=True):
        st.session_state[key] = ALL if digit is None else str(digit)
    st.session_state["kind"] = WRONG
    st.session_state["confidence"] = FULL_RANGE
