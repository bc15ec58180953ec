"""The label court: digits that most runs get wrong with confidence, and what people say of them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.evaluation.label_errors import (
    FEWEST_RUNS,
    RULE,
    LabelError,
    accuracy_without,
    find_label_errors,
)
from mnist_core.formatting import article, listed, percent
from mnist_core.store import Ruling, Run, Verdict
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import render_refusal, with_refusals_shown
from pages.text import message
from pages.text.markdown import plain
from pages.views.shared.evaluated_run import TEST, EvaluatedRun, evaluate
from pages.widgets.digit_grid import render_digit_grid

RULINGS = {
    Ruling.LABEL_WRONG: "The label is wrong",
    Ruling.UNREADABLE: "Unreadable",
    Ruling.MODEL_WRONG: "The model is wrong",
}
RUNS_HEARD = 20
READS_WELL = 0.9
CASE = "court_case"
NAME = "court_name"


def render_label_errors(evaluated: EvaluatedRun) -> None:
    """Draw the disputed digits, one of them to judge, and the accuracy without them."""
    if evaluated.part != TEST:
        message.info("The court judges test digits. Choose “Test” above.")
        return
    heard = _heard(evaluated.run)
    if len(heard) < FEWEST_RUNS:
        message.info(
            "The court hears at least {fewest} runs on the same data that read {well} of the test "
            "digits or more; so far there are {heard}. Train another network, or the same with "
            "another seed.",
            fewest=FEWEST_RUNS,
            well=percent(READS_WELL),
            heard=len(heard),
        )
        return
    render_refusal()
    label_errors = find_label_errors([each.evaluation for each in heard])
    verdicts = get_store().read_verdicts(evaluated.run.dataset_digest)
    _render_accuracy(evaluated, verdicts)
    if not label_errors:
        message.info(
            "There is no digit that most of these {heard} runs get wrong with confidence.",
            heard=len(heard),
        )
        return
    _render_cases(evaluated, label_errors, verdicts, len(heard))


def _heard(shown: Run) -> list[EvaluatedRun]:
    """Return the newest runs on the same data that read well: others doubt every label."""
    runs = [
        run
        for run in get_store().list_runs()
        if run.dataset_digest == shown.dataset_digest and (run.test_accuracy or 0) >= READS_WELL
    ]
    return [found for run in runs[:RUNS_HEARD] if (found := evaluate(run)) is not None]


def _render_accuracy(evaluated: EvaluatedRun, verdicts: Sequence[Verdict]) -> None:
    disputed = disputed_digits(verdicts)
    plain_accuracy = evaluated.evaluation.accuracy
    with st.container(horizontal=True):
        st.metric("Test accuracy", percent(plain_accuracy))
        st.metric(
            f"Without the {len(disputed)} that people doubt",
            percent(accuracy_without(evaluated.evaluation, disputed)),
            help="Of which more people say, below, that the label is wrong or the digit "
            "unreadable than that the model is wrong.",
        )


def disputed_digits(verdicts: Sequence[Verdict]) -> npt.NDArray[np.intp]:
    """Name the digits that more people doubt than defend.

    Returns:
        intp (n,), indices of test digits, ascending.
    """
    doubts: Counter[int] = Counter()
    for verdict in verdicts:
        doubts[verdict.digit] += -1 if verdict.ruling is Ruling.MODEL_WRONG else 1
    return np.array(sorted(digit for digit, count in doubts.items() if count > 0), np.intp)


def _render_cases(
    evaluated: EvaluatedRun,
    label_errors: Sequence[LabelError],
    verdicts: Sequence[Verdict],
    runs: int,
) -> None:
    st.subheader(f"{len(label_errors):,} digits before the court", anchor=False)
    st.caption(
        f"{runs} runs were heard. {RULE} Under each: the label → what the runs say. Choose one to "
        "judge it."
    )
    positions = [case.position for case in label_errors]
    chosen = st.session_state.get(CASE)
    if chosen not in positions:
        chosen = positions[0]
    render_digit_grid(
        evaluated.images(np.array(positions)),
        [f"{case.true} → {case.claim}" for case in label_errors],
        [_describe(evaluated, case) for case in label_errors],
        label="Digits before the court",
        key="court-digits",
        numbers=positions,
        chosen=chosen,
        on_choose=lambda position: st.session_state.update({CASE: position}),
    )
    _render_case(evaluated, label_errors[positions.index(chosen)], verdicts, runs)


def _describe(evaluated: EvaluatedRun, case: LabelError) -> str:
    return f"{evaluated.name(case.position)}, label {case.true}, most runs say {case.claim}"


def _render_case(
    evaluated: EvaluatedRun, case: LabelError, verdicts: Sequence[Verdict], heard: int
) -> None:
    picture, judgement = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with picture:
        render_digit_grid(
            evaluated.images(np.array([case.position])),
            [""],
            [_describe(evaluated, case)],
            label="The digit before the court",
            key="court-case",
            picture_size=14,
        )
    with judgement:
        st.markdown(
            f"**{evaluated.name(case.position).capitalize()}.** The label says that this is "
            f"{article(case.true)} **{case.true}**. {case.runs} of {heard} runs say that "
            f"it is {article(case.claim)} **{case.claim}**, {percent(case.confidence)} "
            "sure on average."
        )
        st.text_input(
            "My name", key=NAME, max_chars=80, persist_state="session",
            help="Stands beside your verdict, for everybody to read. It may stay empty.",
        )  # fmt: skip
        _render_rulings(evaluated.run.dataset_digest, case.position, verdicts)
        st.markdown(_said(case.position, verdicts))


def _render_rulings(digest: str, position: int, verdicts: Sequence[Verdict]) -> None:
    mine = {verdict.digit: verdict.ruling for verdict in verdicts if verdict.owner == owner()}
    with st.container(horizontal=True):
        for ruling, words in RULINGS.items():
            st.button(
                words,
                key=f"ruling-{ruling}",
                type="primary" if mine.get(position) is ruling else "secondary",
                on_click=_rule,
                args=(digest, position, ruling),
            )
        st.button(
            "Take my verdict back",
            disabled=position not in mine,
            on_click=_take_back,
            args=(digest, position),
            type="tertiary",
        )


@with_refusals_shown
def _rule(digest: str, position: int, ruling: Ruling) -> None:
    name = st.session_state.get(NAME, "")  # as typed: the script may not have seen it yet
    get_store().give_verdict(digest, position, ruling, owner=owner(), name=name)


@with_refusals_shown
def _take_back(digest: str, position: int) -> None:
    get_store().take_back_verdict(digest, position, owner=owner())


def _said(position: int, verdicts: Sequence[Verdict]) -> str:
    said = [
        f"{plain(verdict.name) or 'somebody'}: {RULINGS[verdict.ruling].lower()}"
        for verdict in verdicts
        if verdict.digit == position
    ]
    return f"Verdicts: {listed(said)}." if said else "Nobody has judged this digit yet."
