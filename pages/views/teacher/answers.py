"""What a class has handed in for a task, as it comes; what of it hangs on the wall."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_core.export import answers_archive, answers_csv
from mnist_core.formatting import counted, time_of_day
from mnist_core.lesson.worksheets import worksheet_about
from mnist_core.serving.run_words import in_short
from mnist_core.store import Answer, Member, Run, SchoolClass
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER, TASK_PARAMETER
from pages.session.person import read_task
from pages.session.refusal import render_refusal
from pages.session.teacher import for_teachers, is_teacher
from pages.text.markdown import plain
from pages.views.shared.take_away import ICON, ZIP, render_download

LOOK_SECONDS = 3.0
_TASK = "answers-task"
_LONGEST_TITLE = 80
_TABLE_HEIGHT = 200  # pixels


@st.fragment(run_every=LOOK_SECONDS)
def render_answers(opened: SchoolClass) -> None:
    """Draw the choice of a task and its answers, and draw them again every few seconds."""
    if not is_teacher():
        st.rerun()
    with st.container(key="answers", width=900):
        render_refusal()  # of a click in this part
        titles = _titles(opened)
        if not titles:
            st.markdown("Nobody has handed in yet. Who has a task open on **Train** can.")
            return
        task = st.selectbox("Task", titles, key=_TASK, format_func=titles.__getitem__)
        _render_task(opened, task)


def _titles(opened: SchoolClass) -> dict[str, str]:
    """Name the class's own task, and all for which somebody has handed in, by their keys."""
    questions = {}
    own = read_task(dict(opened.rules.task))
    if own is not None and own.question:
        questions[own.key] = own.question
    for each in get_store().list_answered_tasks(opened.id):
        questions[each.key] = each.question
    titles: dict[str, str] = {}
    for key, question in questions.items():
        title = _title(question)
        # A choice comes back from the browser as its words.
        titles[key] = f"{title} ({key[:4]})" if title in titles.values() else title
    return titles


def _title(question: str) -> str:
    sheet = worksheet_about(question)
    if sheet is not None:
        return sheet.title
    line = " ".join(question.split()) or "A task without a question"
    return line if len(line) <= _LONGEST_TITLE else f"{line[:_LONGEST_TITLE]} …"


def _render_task(opened: SchoolClass, task: str) -> None:
    store = get_store()
    answers = store.list_answers(opened.id, task)
    runs = {run.id: run for run in store.find_runs([i for each in answers for i in each.run_ids])}
    people = [each for each in store.list_members(opened.id) if each.is_approved]
    st.subheader(
        f"{len(answers)} of {counted(len(people), 'person', 'people')} handed in", anchor=False
    )
    if missing := _missing(people, answers):
        st.caption(f"Not yet: {', '.join(map(plain, missing))}.")
    with st.container(horizontal=True, vertical_alignment="center"):
        _render_closing(opened, task)
        _render_downloads(opened, task, answers)
        st.page_link(
            "wall.py",
            label="The wall",
            icon=":material/dashboard:",
            query_params={CLASS_PARAMETER: opened.id, TASK_PARAMETER: task},
        )
    for each in answers:
        _render_answer(opened, each, runs)


def _missing(people: Sequence[Member], answers: Sequence[Answer]) -> list[str]:
    there = {each.member_id for each in answers}
    return [each.name for each in people if each.id not in there]


def _render_closing(opened: SchoolClass, task: str) -> None:
    if get_store().are_answers_closed(opened.id, task):
        st.button(
            "Open it again", on_click=_open, args=(opened.id, task), icon=":material/lock_open:"
        )
        return
    st.button(
        "Close",
        on_click=_close,
        args=(opened.id, task),
        icon=":material/lock:",
        help="Nobody hands in or changes an answer to this task any more.",
    )


def _render_downloads(opened: SchoolClass, task: str, answers: Sequence[Answer]) -> None:
    download = st.popover(
        "Download", icon=ICON, key="download-answers", disabled=not answers, on_change="rerun"
    )
    if not download.open:
        return
    store = get_store()
    with download:
        render_download(
            "Download all answers (.zip)",
            lambda: answers_archive(store, store.list_answers(opened.id, task)),
            "answers.zip",
            ZIP,
            "Each answer with its runs as a page for any browser, and the table.",
        )
        render_download(
            "Download the table (.csv)",
            lambda: answers_csv(store, store.list_answers(opened.id, task)).encode("utf-8-sig"),
            "answers.csv",
            "text/csv",
            "A row an answer, for a spreadsheet.",
        )
        st.caption("Where downloads are blocked, copy the table:")
        table = answers_csv(store, answers)
        st.code(table, language=None, wrap_lines=True, height=_TABLE_HEIGHT)


def _render_answer(opened: SchoolClass, each: Answer, runs: Mapping[str, Run]) -> None:
    with st.container(border=True, key=f"answer-{each.id}"):
        changed = "" if each.last_at == each.first_at else f", changed {time_of_day(each.last_at)}"
        st.markdown(f"**{plain(each.name)}** · {time_of_day(each.first_at)}{changed}")
        st.markdown(plain(each.answer))
        st.markdown("  \n".join(_linked(run_id, runs.get(run_id)) for run_id in each.run_ids))
        key = f"on-wall-{each.id}"
        st.session_state[key] = each.on_wall is not None
        st.checkbox("On the wall", key=key, on_change=_hang, args=(opened.id, each, key))
        if each.on_wall not in (None, each.answer):
            st.caption("Changed since: the wall has the words that you chose.")


def _linked(run_id: str, run: Run | None) -> str:
    if run is None:
        return f"A run that is gone ({run_id[:4]})"
    return f":material/show_chart: [{plain(in_short(run))}](results?run={run.id})"


@for_teachers
def _close(class_id: str, task: str) -> None:
    get_store().close_answers(class_id, task)


@for_teachers
def _open(class_id: str, task: str) -> None:
    get_store().open_answers(class_id, task)


@for_teachers
def _hang(class_id: str, each: Answer, key: str) -> None:
    if st.session_state.get(key):
        get_store().put_on_wall(class_id, each.id, each.answer)
    else:
        get_store().take_off_wall(class_id, each.id)
