"""The task on the Train page: what is asked above the sliders, the answer below the run."""

from collections.abc import Mapping

import streamlit as st

from mnist_core.config import LONGEST_ANSWER
from mnist_core.export import answer_document
from mnist_core.lesson.answer import LONGEST_NAME, file_name
from mnist_core.lesson.assignment import Assignment
from mnist_core.lesson.worksheets import Worksheet, worksheet_about
from mnist_core.serving.drafts import draft_url
from mnist_core.serving.run_words import in_short, unchanging_name
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.draft import (
    ANSWER,
    NAME,
    RUNS_AT_MOST,
    field_key,
    is_restored,
    note_runs,
    noted_runs,
    runs_started,
    typed_words,
)
from pages.session.open_task import put_away, set_controls, take_up
from pages.session.person import class_task
from pages.session.rights import may_change
from pages.session.watched_run import RUNS_OFFERED
from pages.text.markdown import plain
from pages.views.train.hand_in import HandIn, find_hand_in, render_button, render_receipt
from pages.views.train.settings import LABELS
from pages.widgets.typed_words import render_typed_words

Runs = Mapping[str, Run]

_KEPT = "What you write is kept for this browser, without your name."
_KEPT_IN_CLASS = (
    "What you write is kept for you. Your teacher reads it when you hand it in, with your name in "
    "the class."
)


def my_runs(task: Assignment) -> Runs:
    """Return the runs that an answer may be about, by their ids, the newest first.

    Those of the answer stay among them, however many runs a class has started since.
    """
    store, noted = get_store(), noted_runs(task)
    return {
        run.id: run
        for run in (*store.list_runs(RUNS_OFFERED), *store.find_runs(noted))
        if may_change(run) and (run.epochs_done or run.id in noted)
    }


def render_class_task() -> None:
    """Offer what the class is to do; nothing where there is no such thing."""
    offered = class_task()
    if offered is None:
        return
    if offered == Assignment(settings=offered.settings):
        st.button(
            "Your class's settings",
            on_click=set_controls,
            args=(offered.settings,),
            icon=":material/tune:",
            help=offered.settings.describe(),
        )
    else:
        st.button(
            "Your class's task",
            on_click=take_up,
            args=(offered,),
            icon=":material/assignment:",
            help=plain(offered.question),
        )


def render_task(task: Assignment, mine: Runs) -> None:
    """Draw the head of the page: what is asked, what can't be changed, and what is done."""
    sheet = worksheet_about(task.question)
    with st.container(key="task-title"):
        st.title("Train", anchor=False)
    with st.container(border=True, key="task"):
        compared = f" **Compare:** {sheet.compared}" if sheet else ""
        st.markdown(f"**Your task.** {plain(task.question)}{compared}")
        if task.locked:
            names = [label for name, label in LABELS.items() if name in task.locked]
            st.markdown(f":material/lock: Locked for this task: {', '.join(names)}.")
        st.markdown(" · ".join(_steps(task, sheet, mine)))
        with st.container(horizontal=True, vertical_alignment="center"):
            if sheet is not None:
                _render_trainings(sheet)
            st.page_link("worksheets.py", label="All worksheets", icon=":material/assignment:")
            st.button("Put the task away", on_click=put_away, type="tertiary")


def _steps(task: Assignment, sheet: Worksheet | None, mine: Runs) -> list[str]:
    """Name what the task asks for, in order, with a tick at what is there."""
    trained = {run.config for run in _chosen(task, mine) if run.epochs_done == run.config.epochs}
    steps = {"Training": bool(trained)}
    if sheet is not None:
        steps = {"Training 1": sheet.baseline in trained, "Training 2": sheet.settings in trained}
    steps["Answer"] = bool(typed_words(task)[ANSWER].strip())
    if found := find_hand_in(task):
        steps["Handed in"] = found.kept is not None
    return [f"**{name} ✓**" if done else name for name, done in steps.items()]


def _render_trainings(sheet: Worksheet) -> None:
    """Draw what sets the controls as each of the two trainings needs them."""
    for number, config in enumerate((sheet.baseline, sheet.settings), start=1):
        st.button(
            f"Set up training {number}",
            key=f"set-up-{number}",
            on_click=take_up,
            args=(Assignment(sheet.question, config),),
            icon=":material/tune:",
        )


def render_answer(task: Assignment, mine: Runs) -> None:
    """Draw a place for the answer, or the finished answer; it goes with the runs into a file.

    A finished answer has no field to type in: a download begins before the page has heard of
    words that were typed just now, and would lack them.
    """
    with st.container(border=True, key="answer"):
        st.subheader("Your answer", anchor=False)
        if st.session_state.get(_finished_key(task)):
            _render_finished(task, mine, find_hand_in(task))
        else:
            _render_fields(task, mine, find_hand_in(task))


def _render_fields(task: Assignment, mine: Runs, found: HandIn | None) -> None:
    typed, key = typed_words(task), field_key(task)
    st.text_area(
        "My answer",
        typed[ANSWER],
        key=key,
        max_chars=LONGEST_ANSWER,
        placeholder="What did you see? Why is it so?",
        on_change=lambda: typed.update({ANSWER: st.session_state[key]}),
    )
    render_typed_words(draft_url(task.key), f"typing-{task.key}")
    _pick_runs(task, mine)
    st.text_input(
        "My name",
        typed[NAME],
        key=f"name-{task.key}",
        max_chars=LONGEST_NAME,
        placeholder="If you like",
        on_change=lambda: typed.update({NAME: st.session_state[f"name-{task.key}"]}),
        help="It goes into your download, and is kept nowhere else."
        + " What you hand in has your name in the class." * (found is not None),
    )
    chosen = _chosen(task, mine)
    with st.container(horizontal=True):
        if found:
            render_button(task, found, chosen)
        st.button("Finish my answer", on_click=_finish, args=(task,), icon=":material/check:")
    if found:
        render_receipt(task, found, chosen)
    restored = "Restored: you wrote this here before. " if is_restored(task) else ""
    kept = _KEPT_IN_CLASS if found else _KEPT
    st.caption(restored + (_what_is_missing(task, mine, found) or kept))


def _render_finished(task: Assignment, mine: Runs, found: HandIn | None) -> None:
    typed, runs = typed_words(task), _chosen(task, mine)
    st.markdown(plain(typed[ANSWER]))
    if typed[NAME].strip():
        st.markdown(f"My name: {plain(typed[NAME])}")
    missing = _what_is_missing(task, mine, found)
    for run in runs:
        st.markdown(f":material/show_chart: {plain(in_short(run))}")
    with st.container(horizontal=True):
        st.download_button(
            "Download my answer and the runs",
            answer_document(
                get_store(),
                task.question,
                typed[ANSWER],
                [run.id for run in runs],
                typed[NAME],
            ),
            file_name(typed[NAME]),
            "text/html",
            key="download-answer",
            type="primary",
            disabled=bool(missing),
            on_click="ignore",
            icon=":material/download:",
        )
        st.button("Change my answer", on_click=_change, args=(task,), icon=":material/edit:")
        if found:
            render_button(task, found, runs)
    if found:
        render_receipt(task, found, runs)
    if missing:
        st.caption(missing)


def _finish(task: Assignment) -> None:
    if not _missing(task, my_runs(task)):
        st.session_state[_finished_key(task)] = True


def _change(task: Assignment) -> None:
    st.session_state.pop(_finished_key(task), None)


def _finished_key(task: Assignment) -> str:
    return f"finished-{task.key}"


def _chosen(task: Assignment, mine: Runs) -> list[Run]:
    return [mine[run_id] for run_id in noted_runs(task) if run_id in mine]


def _pick_runs(task: Assignment, mine: Runs) -> None:
    """Draw which runs go into the file; at first, those trained for this task in this tab."""
    key = f"answer-runs-{task.key}-{runs_started(task)}"
    picked = st.session_state.get(key, noted_runs(task))
    st.session_state[key] = [run_id for run_id in picked if run_id in mine]
    st.multiselect(
        "My runs for this answer",
        mine,
        key=key,
        format_func=lambda run_id: unchanging_name(mine[run_id]),
        max_selections=RUNS_AT_MOST,
        placeholder="None yet: train a network",
        on_change=lambda: note_runs(task, st.session_state[key]),
        help="Every run that you start during this task is added here.",
    )


def _missing(task: Assignment, mine: Runs) -> str:
    """Name what has to be there before there is something to download; empty where all is."""
    wanted = []
    if not any(run.epochs_done for run in _chosen(task, mine)):
        wanted.append("train a network")
    if not typed_words(task)[ANSWER].strip():
        wanted.append("write your answer")
    return " and ".join(wanted)


def _what_is_missing(task: Assignment, mine: Runs, found: HandIn | None) -> str:
    """Say what has to be there before; nothing where all is."""
    missing = _missing(task, mine)
    wanted = "hand it in or download it" if found else "download it"
    return f"Before you can {wanted}: {missing}." if missing else ""
