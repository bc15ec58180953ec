"""What somebody of a class predicts, on their own device, and how near it was."""

import functools

import streamlit as st

from mnist_core.evaluation.accuracy import score_expectation
from mnist_core.evaluation.guesses import score_guesses
from mnist_core.formatting import percent
from mnist_core.lesson.glossary import explain
from mnist_core.store import GuessRound, Run, Seat
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import with_refusals_shown
from pages.text import message
from pages.views.guess.shown import render_question
from pages.views.shared.follow import follow
from pages.views.shared.prediction import render_prediction, sent_prediction
from pages.views.shared.run_result import measured_accuracy


def render_own_guess(seat: Seat) -> None:
    """Draw what the class is asked at the moment; it goes on by itself."""
    read = functools.partial(get_store().read_guess_round, seat.school_class.id)
    asked = read()
    follow(read, asked)
    with st.container(key="own-guess", width=600):
        if asked is None:
            message.info("Your class is asked nothing at the moment. This page goes on by itself.")
        else:
            _render_round(asked, get_store().read_guess(asked.id, owner=seat.member.owner))


def _render_round(asked: GuessRound, sent: float | None) -> None:
    render_question(asked.config)
    if asked.is_open:
        _render_field(asked, sent)
    elif asked.test_accuracy is None:
        yours = "You sent none" if sent is None else f"Yours is {percent(sent)}"
        message.info(
            "Predictions are closed. {yours}. It trains in front of the class.", yours=yours
        )
    else:
        for run in get_store().find_runs(filter(None, [asked.run_id])):
            st.metric("Test accuracy", percent(run.test_accuracy), help=explain("test"))
            _render_score(asked, run, sent)


def _render_field(asked: GuessRound, sent: float | None) -> None:
    key = f"guess-{asked.id}"
    with st.form(f"{key}-form", border=False):
        render_prediction(key, None if sent is None else round(100 * sent, 2))
        st.form_submit_button(
            "Send" if sent is None else "Change it",
            type="primary",
            on_click=_send,
            args=(asked.id, key),
            icon=":material/send:",
        )
    if sent is not None:
        message.success(
            "Sent: {sent}. You can change it until your teacher closes this.", sent=percent(sent)
        )


def _render_score(asked: GuessRound, run: Run, sent: float | None) -> None:
    accuracy = measured_accuracy(run)
    if sent is not None:
        st.markdown(score_expectation(sent, accuracy).sentence(is_mine=True))
    expected = [each.expected_accuracy for each in get_store().list_guesses(asked.id)]
    if len(expected) > 1:
        st.markdown(f"Your class: {score_guesses(expected, accuracy).sentence}")


@with_refusals_shown
def _send(round_id: str, key: str) -> None:
    get_store().give_guess(round_id, sent_prediction(key), owner=owner())
