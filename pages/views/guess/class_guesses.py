"""The teacher's view of what a class predicts, made for a projector."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.charts import count_guesses
from mnist_core.config import TrainingConfig
from mnist_core.evaluation.accuracy import score_expectation
from mnist_core.evaluation.guesses import score_guesses
from mnist_core.formatting import listed
from mnist_core.store import Guess, GuessRound, Run, SchoolClass
from pages.services.server import get_store
from pages.session.address import link_to_guess
from pages.session.open_task import noted_settings
from pages.session.person import read_link_to_train, read_task
from pages.session.teacher import for_teachers
from pages.session.watched_run import watch
from pages.text.markdown import plain
from pages.views.guess.shown import (
    render_before_training,
    render_histogram,
    render_question,
    render_state,
    render_training,
)
from pages.views.shared.follow import follow
from pages.views.shared.new_run import prepare_run
from pages.views.shared.run_result import measured_accuracy
from pages.views.shared.speed import chosen_pace

_AS_ON_TRAIN, _CLASS_TASK, _BY_LINK = "As on Train", "The class's task", "A link to Train"
_CHOICE, _LINK = "guesses-network", "guesses-link"


def render_class_guesses(opened: SchoolClass) -> None:
    """Draw what the class is asked, how many have answered, and once it is closed, what."""
    if opened.archived_at:
        st.markdown("This class is archived: nobody is in it.")
        return
    asked = get_store().read_guess_round(opened.id)
    if asked is None:
        st.markdown("Everybody predicts how well a network will read. Then it trains, here.")
        _render_new(opened)
        return
    if asked.is_open:
        _render_open(opened, asked)
    else:
        _render_closed(asked)
    with st.expander("Ask about another network"):
        st.markdown("The predictions shown here are deleted then.")
        _render_new(opened)


def _render_new(opened: SchoolClass) -> None:
    """Draw the choice of a network, and the button that asks the class about it."""
    settings = _settings(opened)
    chosen = st.radio(
        "Which network?",
        [*settings, _BY_LINK],
        key=_CHOICE,
        format_func=lambda name: (
            f"{name}: {settings[name].describe()}" if name in settings else name
        ),
    )
    if chosen == _BY_LINK:
        st.text_input("Address of Train", key=_LINK, placeholder="As it stands in the browser")
    st.button(
        "Ask the class",
        type="primary",
        on_click=_ask,
        args=(opened,),
        icon=":material/contact_support:",
    )


def _settings(opened: SchoolClass) -> dict[str, TrainingConfig]:
    task = read_task(dict(opened.rules.task))
    settings = {_AS_ON_TRAIN: noted_settings()}
    return settings if task is None else settings | {_CLASS_TASK: task.settings}


def _render_open(opened: SchoolClass, asked: GuessRound) -> None:
    def read() -> tuple[GuessRound | None, int]:
        return store.read_guess_round(opened.id), store.count_guesses(asked.id)

    store = get_store()
    _, given = now = read()
    follow(read, now)
    people = sum(each.is_approved for each in store.list_members(opened.id))
    render_question(asked.config)
    st.metric("Predictions", f"{given} of {people}")
    st.markdown(
        f"Everybody of the class sends one at `{link_to_guess()}`, or from behind their name in "
        "the head of each page."
    )
    with st.container(horizontal=True):
        st.button(
            "Close and train",
            type="primary",
            on_click=_train,
            args=(asked,),
            icon=":material/play_arrow:",
        )
        st.button(
            "Close",
            on_click=_close,
            args=(asked,),
            icon=":material/lock:",
            help="Shows what was predicted. The training begins when you say so.",
        )
    render_before_training(asked.config)


def _render_closed(asked: GuessRound) -> None:
    guesses = get_store().list_guesses(asked.id)
    runs = get_store().find_runs(filter(None, [asked.run_id]))
    columns = st.columns([2, 3], gap="medium") if runs else [st.container()]
    with columns[0]:
        render_question(asked.config)
        counts = count_guesses(each.expected_accuracy for each in guesses)
        render_histogram(counts, asked.test_accuracy)
        for run in runs:
            render_state(run)
            if run.test_accuracy is not None:
                _render_score(asked, guesses, run)
        if asked.may_train:
            st.button(
                "Train",
                type="primary",
                on_click=_train,
                args=(asked,),
                icon=":material/play_arrow:",
            )
            render_before_training(asked.config)
    for run in runs:
        with columns[1]:
            render_training(run)


def _render_score(asked: GuessRound, guesses: Sequence[Guess], run: Run) -> None:
    if not guesses:
        st.markdown("Nobody sent a prediction.")
        return
    accuracy = measured_accuracy(run)
    score = score_guesses([each.expected_accuracy for each in guesses], accuracy)
    st.markdown(score.sentence)
    if st.toggle("Name who was nearest", key=f"nearest-{asked.id}"):
        nearest = [
            plain(each.name)
            for each in guesses
            if score_expectation(each.expected_accuracy, accuracy).error == score.smallest_error
        ]
        st.markdown(f"Nearest: **{listed(nearest)}**")
    st.page_link(
        "results.py",
        label="See the results",
        icon=":material/show_chart:",
        query_params={"run": run.id},
    )


@for_teachers
def _ask(opened: SchoolClass) -> None:
    settings = _settings(opened)
    chosen = st.session_state.get(_CHOICE, _AS_ON_TRAIN)
    if chosen in settings:
        config = settings[chosen]
    else:
        config = read_link_to_train(str(st.session_state.get(_LINK) or "")).settings
    get_store().ask_for_guesses(opened.id, config)


@for_teachers
def _close(asked: GuessRound) -> None:
    get_store().close_guesses(asked.id)


@for_teachers
def _train(asked: GuessRound) -> None:
    run = get_store().train_guessed(asked.id, **prepare_run(asked.config), pace=chosen_pace())
    watch(run.id)
