"""The challenges of a class: who leads, who ties; and, once, what the test digits say."""

import streamlit as st

from mnist_core.evaluation.challenges import (
    CHALLENGES,
    HOW_THEY_COUNT,
    Challenge,
    Place,
    Standing,
)
from mnist_core.formatting import date_and_time, percent
from mnist_core.serving.class_board import ClassBoard
from mnist_core.store import Run, SchoolClass
from pages.services.board import read_board
from pages.services.server import get_store
from pages.session.browser import is_mine
from pages.session.teacher import for_teachers
from pages.text.markdown import plain

PLACES = 2
NAMED = 5
"""So many of those who share a place have a line; the others are counted."""


def render_challenges(board: ClassBoard) -> None:
    """Draw the challenges side by side."""
    columns = st.columns(len(CHALLENGES), gap="large")
    for column, challenge in zip(columns, CHALLENGES, strict=True):
        with column:
            _render_challenge(challenge, board)
    st.caption(HOW_THEY_COUNT)


def _render_challenge(challenge: Challenge, board: ClassBoard) -> None:
    st.header(challenge.title, anchor=False)
    st.markdown(challenge.goal)
    places = board.places[challenge.key]
    if not places:
        st.markdown("Nobody has got there yet.")
    looked_at = board.state.looked_at.get(challenge.key)
    for place in places[:PLACES]:
        is_tested = looked_at is not None and place.number == 1
        _render_place(challenge, place, board, is_tested=is_tested)
    if looked_at is not None:
        st.markdown(
            f"Over since {date_and_time(looked_at)}: the test digits were looked at, and runs that "
            "ended later do not count."
        )


def _render_place(
    challenge: Challenge, place: Place, board: ClassBoard, *, is_tested: bool
) -> None:
    runs = {run.id: run for run in board.runs}
    own_first = sorted(place.standings, key=lambda standing: not is_mine(runs[standing.best.key]))
    lines = [
        f"- {_line(challenge, standing, runs[standing.best.key], board, is_tested=is_tested)}"
        for standing in own_first[:NAMED]
    ]
    left = len(place.standings) - NAMED
    if left > 0:
        lines.append(f"- and {left} more")
    st.subheader(place.words, anchor=False)
    st.markdown("\n".join(lines))


def _line(
    challenge: Challenge, standing: Standing, run: Run, board: ClassBoard, *, is_tested: bool
) -> str:
    name = board.name_of(run)
    who = f"{plain(name)}: " if name else ""
    mine = " (yours)" if is_mine(run) else ""
    tries = f", best of {standing.tries} runs" if standing.tries > 1 else ""
    test = f", **test {percent(run.test_accuracy)}**" if is_tested else ""
    result = challenge.written(standing.score.value)
    settings = plain(run.config.describe(without={"seed"}))
    return f"{who}**{result}**{test} with {settings}{tries}{mine}"


def render_test_looks(opened: SchoolClass) -> None:
    """Draw, for the teacher, the button that ends a challenge, as long as it goes on."""
    board = read_board(opened.id)
    with st.container(horizontal=True, key="test-looks"):
        for challenge in CHALLENGES:
            if challenge.key not in board.state.looked_at:
                _render_test_look(opened, challenge, board)


def _render_test_look(opened: SchoolClass, challenge: Challenge, board: ClassBoard) -> None:
    with st.popover(f"{challenge.title}: look at the test digits", icon=":material/lock_open:"):
        st.markdown(
            "Test digits are looked at once, at the end: whoever chooses by them has no test left. "
            f"This ends **{challenge.title}** for good."
        )
        st.button(
            "Look at the test digits",
            key=f"look-{challenge.key}",
            type="primary",
            disabled=not board.places[challenge.key],
            on_click=_look,
            args=(opened.id, challenge.key),
        )


@for_teachers
def _look(class_id: str, challenge: str) -> None:
    get_store().look_at_test(class_id, challenge)
    read_board.clear(class_id)
