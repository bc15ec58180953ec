"""The exercise: put the lines of the program into their order, then find the one that is wrong."""

import random
from dataclasses import dataclass

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.lesson.assignment import control_values
from mnist_core.lesson.line_order import STEPS, WRONG_STEPS, WrongStep, first_problem
from pages.session.open_task import current_task
from pages.text import message
from pages.views.train import actions
from pages.widgets.line_sorter import render_line_sorter

_ROUND = "line_order_round"
TEXTS = {step.key: step.text for step in STEPS}


@dataclass
class Round:
    """A round of the exercise.

    Attributes:
        number: which one this is, so that its widgets are new ones.
        start: keys of the steps as they are shown first.
        wrong: the wrong step of the second part.
        checked: the order that was checked last; None before.
        chosen: the key of the line that was taken for the wrong one.
    """

    number: int
    start: list[str]
    wrong: WrongStep
    checked: list[str] | None = None
    chosen: str | None = None


@st.fragment
def render_line_order() -> None:
    """Draw the part of the exercise that comes next."""
    played = st.session_state.setdefault(_ROUND, _new_round(1))
    if played.checked is not None and first_problem(played.checked) is None:
        _render_wrong_line(played, played.checked)
    else:
        _render_sorter(played)


def _new_round(number: int) -> Round:
    """Shuffle until something is wrong with the order."""
    start = [step.key for step in STEPS]
    while first_problem(start) is None:
        random.shuffle(start)
    return Round(number, start, random.choice(WRONG_STEPS))  # noqa: S311 - a game


def _render_sorter(played: Round) -> None:
    st.caption("Drag the lines, or move them by their arrows, until the program would run.")
    problem = first_problem(played.checked) if played.checked else None
    order = render_line_sorter(
        [(key, TEXTS[key]) for key in played.start],
        marked=problem[0] if problem else None,
        key=f"line-sorter-{played.number}",
    )
    if problem is not None:
        place, why = problem
        message.warning("Line {number} can't work there: {why}.", number=place + 1, why=why)
    st.button(
        "Check the order",
        key="check-order",
        on_click=_check,
        args=(played, order or played.start),
        icon=":material/rule:",
    )


def _check(played: Round, order: list[str]) -> None:
    played.checked = [*order]


def _render_wrong_line(played: Round, order: list[str]) -> None:
    st.markdown("**This order works.** Now one of the lines is wrong. Which one?")
    lines = TEXTS | {played.wrong.key: played.wrong.text}
    for number, key in enumerate(order, start=1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Line {number}",
                key=f"wrong-line-{key}",
                on_click=_choose,
                args=(played, key),
                width=110,
            )
            st.code(lines[key], language="python", wrap_lines=True)
    if played.chosen is None:
        return
    number = order.index(played.chosen) + 1
    if played.chosen != played.wrong.key:
        message.warning("Nothing is wrong with line {number}. Look for another.", number=number)
        return
    message.success("Line {number} it is. {mistake}", number=number, mistake=played.wrong.words)
    with st.container(horizontal=True):
        if current_task() is None and st.button(
            "Train the network you built",
            key="train-what-was-built",
            type="primary",
            on_click=_train,
            icon=":material/play_arrow:",
        ):
            st.rerun()  # the whole page: above, the run begins
        st.button(
            "Once more",
            key="order-again",
            on_click=_again,
            args=(played,),
            icon=":material/replay:",
        )


def _choose(played: Round, key: str) -> None:
    played.chosen = key


def _train() -> None:
    st.session_state.update(control_values(TrainingConfig()))
    actions.start()


def _again(played: Round) -> None:
    st.session_state[_ROUND] = _new_round(played.number + 1)
